"""The stored runs at a glance."""

from collections.abc import Sequence
from datetime import datetime

from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import count, number
from gdlab.report.outcomes import outcome
from gdlab.report.text import ago, literal
from gdlab.store.flat import flat_runs
from gdlab.store.run import Run
from gdlab.store.strict_json import dumps


def list_runs(runs: Sequence[Run], now: datetime) -> Grid:
    """A table of id, name, status, step, final loss and when each was started, in the given order."""
    finals = [number(run.summary.get("final_loss")) for run in runs]
    return Grid(
        [
            Column("id", [Cell(literal(run.id)) for run in runs]),
            Column("name", [Cell(literal(run.name)) for run in runs], rank=4),
            Column("status", [outcome(run.status) for run in runs]),
            Column("step", [Cell(count(run.step)) for run in runs], right=True, rank=2),
            Column("final loss", [Cell(final) for final in finals], right=True, rank=1),
            Column("started", [Cell(ago(run.started, now)) for run in runs], rank=3),
        ],
        hint="a wider terminal shows them, --json has all",
    )


def list_as_json(runs: Sequence[Run]) -> str:
    """A list of objects, one a run, with everything that is known of it but its curve."""
    return dumps(flat_runs(runs)).decode()
