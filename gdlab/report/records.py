"""Runs as rows: one flat record a run, with the same names in every output."""

from collections.abc import Sequence
from typing import Any

from gdlab.report.settings import PARTS, flatten
from gdlab.report.text import literal
from gdlab.store.run import Run

Record = dict[str, Any]

RESULTS = ("final_loss", "best_loss", "best_step", "grad_norm")
COSTS = ("evaluations", "dual_passes", "reverse_passes", "seconds")
COUNTS = frozenset({"best_step", "evaluations", "dual_passes", "reverse_passes"})

_TITLES = {"name": "run", "status": "outcome", "step": "steps", "steps": "budget", "seconds": "time"}


def head(column: str) -> str:
    """The title of a column: `final loss` for final_loss, and other words where they are clearer."""
    return _TITLES.get(column, literal(column.replace("_", " ")))


def measures(runs: Sequence[Run]) -> tuple[str, ...]:
    """The measures that any of the runs has, such as `accuracy`, in the order of their first appearance."""
    known = {*RESULTS, *COSTS}
    return tuple(dict.fromkeys(name for run in runs for name in run.summary if name not in known))


def records(runs: Sequence[Run]) -> list[Record]:
    """One record a run: who, what, how it ended, results, costs, and every setting as `optimizer.lr`.

    All records have the same keys in the same order; what a run does not have is None. Numbers are raw.
    """
    extra = measures(runs)
    flat = [flatten(run.config) for run in runs]
    parts = dict.fromkeys(part for run in runs for part in run.config)
    every = dict.fromkeys(key for one in flat for key in one if "." in key)
    keys = [key for part in parts for key in every if key.startswith(f"{part}.")]
    return [_record(run, one, extra) | {key: one.get(key) for key in keys} for run, one in zip(runs, flat, strict=True)]


def _record(run: Run, flat: Record, extra: tuple[str, ...]) -> Record:
    parts = {part: flat.get(part) for part in PARTS}
    ends = {"status": str(run.status), "reason": run.reason, "step": run.step, "steps": flat.get("steps")}
    numbers = {name: _whole(name, run.summary.get(name)) for name in (*RESULTS, *extra, *COSTS)}
    told = {"started": run.started.isoformat(), "tags": list(run.tags), "folder": str(run.folder)}
    return {"id": run.id, "name": run.name} | parts | ends | {"seed": run.seed} | numbers | told


def _whole(name: str, value: float | None) -> float | int | None:
    """Counts are stored as floats, and are none."""
    return int(value) if name in COUNTS and value is not None and float(value).is_integer() else value
