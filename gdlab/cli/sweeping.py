"""A sweep on the command line: what it will be, how far it is, what it came to."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.cli.console import tell, write
from gdlab.cli.progress import sweep_progress

if TYPE_CHECKING:
    from gdlab.config.sweep.cells import Sweep
    from gdlab.experiment.sweep.execute import Finished
    from gdlab.experiment.sweep.options import Options
    from gdlab.experiment.sweep.plan import Plan

SHOWN = 6  # cells that a dry run shows at each end


@dataclass(frozen=True)
class How:
    """How sweeps are run.

    Args:
        root: the runs folder.
        engine: its name.
        workers: how many work at once.
        address: of a scheduler.
        shard: which part of each sweep, such as `1/4`.
        options: what is run again, and when to stop.
        flags: of the command, for the record.
        show: whether to show progress.
    """

    root: Path
    engine: str
    workers: int
    address: str | None
    shard: str
    options: "Options"
    flags: tuple[str, ...]
    show: bool


def run_sweep(sweep: "Sweep", how: How, stopped: Callable[[], int]) -> "Finished":
    """Run the cells that are not done.

    Raises:
        UsageError: if the engine cannot be had.
        StoreError: if the sweep cannot be stored, or another process runs it.
    """
    from gdlab.experiment.sweep.engines import engine
    from gdlab.experiment.sweep.execute import execute_sweep

    order = _order(sweep, how)
    place = engine(how.engine, how.workers, how.address)
    with sweep_progress(sweep.name, show=how.show) as told:
        told.stopped = lambda: bool(stopped())
        try:
            return execute_sweep(order, how.root, place, told, how.options)
        finally:
            place.close()


def describe_sweep(sweep: "Sweep", how: How, *, as_json: bool) -> None:
    """Print what would run: the cells, how many are done, how they run, and how long it takes, about."""
    from gdlab.experiment.sweep.execute import done_cells, stored_cells
    from gdlab.experiment.sweep.plan import Job, plan
    from gdlab.store.left import find_sweep

    order = _order(sweep, how)
    folder = None if how.options.force else find_sweep(how.root, order.key)
    before = frozenset() if folder is None else done_cells(stored_cells(folder), how.options)
    if as_json:
        for cell in order.cells:
            told = {"cell": cell.index, "seed": cell.seed, "settings": cell.settings, "key": cell.key}
            write(json.dumps({**told, "done": cell.index in before}))
        return
    planned = plan([Job(cell.index, cell.experiment) for cell in order.cells if cell.index not in before], how.workers)
    write(f"{sweep.name}: {len(order.cells):,} cells, {len(before):,} done, {len(planned):,} to run")
    _cells(order.cells)
    _how(planned, how)


def _cells(cells: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    from gdlab.cli.console import stdout
    from gdlab.report.numbers import setting

    keys = list(dict.fromkeys(key for cell in cells for key in cell.settings))
    table = Table(box=None, pad_edge=False, show_edge=False)
    for key in ("cell", *keys, "seed"):
        table.add_column(key, justify="right" if key in ("cell", "seed") else "left")
    last = len(cells) - SHOWN
    for place, cell in enumerate(cells):
        if SHOWN <= place < last:
            if place == SHOWN:
                table.add_row(*["…"] * (len(keys) + 2))
            continue
        values = [Text(setting(cell.settings[key])) if key in cell.settings else Text("-") for key in keys]
        table.add_row(str(cell.index), *values, str(cell.seed))
    stdout().print(table)


def _how(planned: "Plan", how: How) -> None:
    from gdlab.experiment.sweep.estimate import seconds
    from gdlab.report.numbers import duration

    if not len(planned):
        return
    groups = sum(piece.laned for piece in planned.pieces)
    if planned.laned:
        write(f"{planned.laned:,} run side by side, as lanes of {_counted(groups, 'program')}")
    for reason, cells in planned.alone.items():
        write(f"{cells:,} {'runs' if cells == 1 else 'run'} one by one: {reason}")
    took = seconds(planned.pieces, how.workers)
    if took is not None:
        write(f"about {duration(took)} with {_counted(how.workers, 'process', 'processes')}")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def report_sweep(finished: "Finished", sweep: "Sweep", *, as_json: bool, quiet: bool) -> None:
    """Print what a sweep came to, in a line."""
    from gdlab.report.numbers import duration

    if quiet:
        write(str(finished.folder))
    elif as_json:
        told = {"id": finished.folder.name, "folder": str(finished.folder), "name": sweep.name}
        numbers = {"cells": finished.total, "before": finished.before, "ran": finished.ran}
        write(json.dumps({**told, **numbers, "counts": dict(finished.counts), "seconds": finished.seconds}))
    else:
        counts = ", ".join(f"{count:,} {status}" for status, count in sorted(finished.counts.items(), key=_most))
        rate = f", {finished.ran / finished.seconds:,.0f} cells/s" if finished.ran else ""
        write(f"{sweep.name}: {counts or 'no cell done'}  {duration(finished.seconds)}{rate}  {finished.folder}")
        _tell_rest(finished, sweep.name)
    sys.stdout.flush()


def _tell_rest(finished: "Finished", name: str) -> None:
    """Say why cells failed, mostly, and what was not run."""
    if finished.failures:
        reason, many = max(finished.failures.items(), key=lambda item: item[1])
        of = sum(finished.failures.values())
        tell(f"{name}: {f'{many:,} of {of:,}' if many < of else f'{of:,}'} failed: {reason}")
        tell(f"{name}: gdlab show {finished.folder.name} tells more, and --retry-failed runs them again")
    if not finished.done:
        why = "stopped at a failure" if finished.failures else "stopped"
        tell(f"{name}: {why}, {finished.left:,} not run; the same command goes on with them")


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _order(sweep: "Sweep", how: How) -> Any:
    from gdlab.config.dump import dump
    from gdlab.experiment.sweep.execute import Order
    from gdlab.experiment.sweep.shard import Shard, shard

    cells = list(sweep)
    tags = cells[0].experiment.tags if cells else ()
    if how.shard:
        part = Shard.read(how.shard)
        cells = shard(cells, part.i, part.n)
    argv = ("gdlab", "run", str(sweep.source), *how.flags)
    return Order(sweep.name, cells, sweep.data, dump(sweep.data), tags, argv, how.shard)
