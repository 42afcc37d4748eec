"""The stored runs and sweeps at a glance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import ABSENT, count, number
from gdlab.report.outcomes import outcome
from gdlab.report.text import ago, literal
from gdlab.store.flat import flat_runs
from gdlab.store.run import Run
from gdlab.store.strict_json import dumps
from gdlab.store.sweep.stored import StoredSweep

Item = Run | StoredSweep


def list_runs(items: Sequence[Item], now: datetime) -> Grid:
    """A table of id, name, status, step, final loss and when each was started, in the given order.

    A sweep is one line, with the numbers of its cells by how they ended.
    """
    runs = [item if isinstance(item, Run) else None for item in items]
    steps = [ABSENT if run is None else count(run.step) for run in runs]
    finals = [ABSENT if run is None else number(run.summary.get("final_loss")) for run in runs]
    cells = [tally(item) if isinstance(item, StoredSweep) else ABSENT for item in items]
    columns = [
        Column("id", [Cell(literal(item.id)) for item in items]),
        Column("name", [Cell(literal(item.name)) for item in items], rank=4),
        Column("status", [outcome(item.status) for item in items]),
        Column("step", [Cell(step) for step in steps], right=True, rank=2),
        Column("final loss", [Cell(final) for final in finals], right=True, rank=1),
        Column("cells", [Cell(text) for text in cells], rank=2),
        Column("started", [Cell(ago(item.started, now)) for item in items], rank=3),
    ]
    some_runs, some_sweeps = any(run is not None for run in runs), any(run is None for run in runs)
    shown = [
        column
        for column in columns
        if (some_runs or column.head not in ("step", "final loss")) and (some_sweeps or column.head != "cells")
    ]
    return Grid(shown, hint="a wider terminal shows them, --json has all")


def tally(sweep: StoredSweep) -> str:
    """How many cells a sweep has and how they ended: `120 of 200: 100 max_steps, 20 diverged`."""
    many = str(sweep.count) if sweep.stored == sweep.count else f"{sweep.stored} of {sweep.count}"
    return f"{many}: {by_number(sweep.counts)}" if sweep.stored else many


def by_number(counts: Mapping[str, int]) -> str:
    """How many ended as what, the most first: `100 max_steps, 20 diverged`."""
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{many} {literal(status)}" for status, many in most_first if many)


def list_as_json(items: Sequence[Item]) -> str:
    """A list of objects, one a run or a sweep, with everything that is known of it but its curves."""
    rows = iter(flat_runs([item for item in items if isinstance(item, Run)]))
    return dumps([next(rows) if isinstance(item, Run) else flat_sweep(item) for item in items]).decode()


def flat_sweep(sweep: StoredSweep) -> dict[str, Any]:
    """A sweep as plain data: who, how it ended, its cells by how they ended, and where it is."""
    told = {name: getattr(sweep, name) for name in ("id", "name", "status", "reason", "count", "counts", "key")}
    found = {"started": sweep.started.isoformat(), "tags": list(sweep.tags), "folder": str(sweep.folder)}
    return {**told, **found}
