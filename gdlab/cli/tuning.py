"""A study on the command line: its sweeps run, and what they came to printed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.interrupts import interruptible
from gdlab.cli.progress import sweep_progress

if TYPE_CHECKING:
    from gdlab.experiment.sweep.execute import Order
    from gdlab.experiment.tuning.study import Study
    from gdlab.report.tuning import Found, Goal
    from gdlab.store.run import Run


class Sweeps:
    """Runs sweeps one after the other, and reads what they came to. What is stored already is not run again.

    Args:
        root: the runs folder.
        jobs: processes to run in.
        force: begin anew, whatever is done.
        large: whether a sweep may have more than 100,000 cells.
        show: whether to show progress.

    Attributes:
        folders: where they are stored, by tag.
    """

    def __init__(self, root: Path, jobs: int, *, force: bool, large: bool, show: bool) -> None:
        self.root = root
        self.jobs = jobs
        self.force, self.large, self.show = force, large, show
        self.folders: dict[str, str] = {}

    def __call__(self, data: Mapping[str, Any], tag: str) -> "list[Run]":
        """The runs of a sweep, given as plain data, in the order of its cells."""
        from gdlab.experiment.sweep.engines import engine
        from gdlab.experiment.sweep.execute import execute_sweep
        from gdlab.experiment.sweep.options import Options
        from gdlab.store.reader import read_folder

        order = self.order(data)
        place = engine("processes", self.jobs) if self.jobs > 1 else engine("here")
        with interruptible() as stopped, sweep_progress(order.name, show=self.show) as told:
            told.stopped = lambda: bool(stopped())
            try:
                finished = execute_sweep(order, self.root, place, told, Options(force=self.force))
            except KeyboardInterrupt:  # a second Ctrl-C
                tell(_left_off(order.name))
                raise
            if stopped():
                tell(_left_off(order.name))
                raise typer.Exit(128 + stopped())
        self.folders[tag] = str(finished.folder)
        stored: Any = read_folder(finished.folder)
        return [stored.cells[cell.index] for cell in order.cells]

    def order(self, data: Mapping[str, Any]) -> "Order":
        """A sweep as it is run and stored."""
        from gdlab.config.dump import dump
        from gdlab.config.sweep.resolve import resolve_sweep_data
        from gdlab.experiment.sweep.execute import Order

        sweep = resolve_sweep_data(data, "gdlab tune", large=self.large)
        cells = list(sweep)
        return Order(sweep.name, cells, sweep.data, dump(sweep.data), cells[0].experiment.tags, sys.argv)


def describe(study: "Study", goal: "Goal", sweeps: Sweeps, *, as_json: bool) -> None:
    """Print what would be searched, how much of it is done, and how long the rest takes, about."""
    from gdlab.report.tuning_table import range_grid

    if as_json:
        told = {one.name: [one.with_setting(setting) for setting in one.settings] for one in study.candidates}
        numbers = {"seeds": [*study.seeds], "report_seeds": [*study.report_seeds], "runs": study.runs}
        steps = {one.name: one.steps or study.base["steps"] for one in study.candidates}
        write(json.dumps({"goal": goal.words, **numbers, "steps": steps, "trials": told}))
        return
    trials, many = len(study.candidates[0].settings), len(study.candidates)
    write(f"{study.base['name']}: {study.runs:,} runs; nothing is run")
    write(f"{many} × {trials} trials × {len(study.seeds)} seeds, chosen by {goal.words}: {_left(study, sweeps)}")
    write(f"{many} × 2 settings × {len(study.report_seeds)} other seeds, tuned and default, reported")
    for one in study.candidates:
        write(f"{one.name}: {one.steps or study.base['steps']:,} steps a run")
    write()
    stdout().print(range_grid(study))


def _left(study: "Study", sweeps: Sweeps) -> str:
    """How many trials are done, and how long the others take."""
    from gdlab.experiment.sweep.estimate import seconds
    from gdlab.experiment.sweep.execute import done_cells, stored_cells
    from gdlab.experiment.sweep.options import Options
    from gdlab.experiment.sweep.plan import Job, plan
    from gdlab.report.numbers import duration
    from gdlab.store.left import find_sweep

    order = sweeps.order(study.trials())
    folder = None if sweeps.force else find_sweep(sweeps.root, order.key)
    done = frozenset() if folder is None else done_cells(stored_cells(folder), Options())
    jobs = [Job(cell.index, cell.experiment) for cell in order.cells if cell.index not in done]
    took = seconds(plan(jobs, sweeps.jobs).pieces, sweeps.jobs) if jobs else 0.0
    about = f", about {duration(took)}" if took else ""
    return f"{len(done):,} done, {len(jobs):,} to run{about}"


def show(found: "Found", study: "Study", folders: Mapping[str, str], *, as_json: bool) -> None:
    """Print what was found."""
    from gdlab.report.tuning_table import cost_grid, headline, notes, result_grid, snippet, warnings

    if as_json:
        from gdlab.report.tuning_json import as_data
        from gdlab.store.strict_json import dumps

        write(dumps(as_data(found, study, folders)).decode().rstrip("\n"))
    else:
        console = stdout()
        console.print(headline(found, study))
        console.print()
        console.print(result_grid(found))
        for note in notes(found):
            console.print(note, style="dim")
        console.print("\nWhat the trials cost")
        console.print(cost_grid(found, study))
        console.print()
        for one, line in zip(study.candidates, found.lines, strict=True):
            console.print(snippet(one.with_setting(line.setting)), soft_wrap=True)
    sys.stdout.flush()
    for warning in warnings(found):
        tell(f"warning: {warning}")
    if not as_json:
        tell(f"stored: {', '.join(folders.values())}")
        tell("next: gdlab compare tuned default")


def write_best(output: Path, found: "Found", study: "Study", config: Path) -> None:
    """Write the setting that ends lowest as a config, with what is proven of it in the comment above."""
    from gdlab.config.dump import dump
    from gdlab.report.tuning_table import headline, notes, snippet

    leader = found.lowest
    others = [
        f"#   {snippet(one.with_setting(line.setting))}"
        for one, line in zip(study.candidates, found.lines, strict=True)
        if line is not leader
    ]
    head = [f"# {leader.name} for {config.name}: {headline(found, study)}.", *(f"# {note}." for note in notes(found))]
    also = ["# The best of the others:", *others] if others else []
    data = study.single(leader.name, leader.setting)
    output.write_text("\n".join([*head, *also, dump(data)]), encoding="utf-8")


def _left_off(name: str) -> str:
    return f"{name}: what is done is stored; the same command goes on with it"
