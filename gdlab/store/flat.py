"""Runs as flat rows: the same columns in tables, in CSV and JSON, and in pandas."""

from collections.abc import Mapping, Sequence
from typing import Any

from gdlab.store.run import Run

PARTS = ("problem", "gradient", "optimizer")
RESULTS = ("final_loss", "best_loss", "best_step", "grad_norm")
COSTS = ("evaluations", "dual_passes", "reverse_passes", "seconds")
COUNTS = frozenset({"best_step", "evaluations", "dual_passes", "reverse_passes"})

_CHOOSING = ("name", "schedule")  # keys of a mapping that say which of several it is

FlatRun = dict[str, Any]


def flatten(config: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Flatten a resolved config: `{"optimizer": "adam", "optimizer.lr": 0.001, "seed": 0}`.

    A mapping goes by its `name`, or its `schedule`, and what else is in it stands behind a dot, to any depth:
    `optimizer.lr` is `cosine`, and `optimizer.lr.start` where it starts.
    """
    flat: dict[str, Any] = {}
    for name, value in config.items():
        key = above + name
        if not isinstance(value, Mapping):
            flat[key] = value
            continue
        chosen = next((word for word in _CHOOSING if word in value), None)
        if chosen is not None:
            flat[key] = value[chosen]
        flat |= flatten({inner: item for inner, item in value.items() if inner != chosen}, f"{key}.")
    return flat


def measures(runs: Sequence[Run]) -> tuple[str, ...]:
    """The measures that any of the runs has, such as `accuracy`, in the order of their first appearance."""
    known = {*RESULTS, *COSTS}
    return tuple(dict.fromkeys(name for run in runs for name in run.summary if name not in known))


def columns(runs: Sequence[Run]) -> tuple[str, ...]:
    """The columns of the rows: who, what, how it ended, results, costs, and every setting as `optimizer.lr`."""
    dotted = dict.fromkeys(key for run in runs for key in flatten(run.config) if "." in key)
    parts = dict.fromkeys(key.partition(".")[0] for key in dotted)
    settings = [key for part in parts for key in dotted if key.partition(".")[0] == part]
    ends = ("status", "reason", "step", "steps", "seed")
    told = ("started", "tags", "folder")
    every = ("id", "name", *PARTS, *ends, *RESULTS, *measures(runs), *COSTS, *told, *settings)
    return tuple(dict.fromkeys(every))


def flat_runs(runs: Sequence[Run]) -> list[FlatRun]:
    """One row a run. All rows have the same columns in the same order; what a run does not have is None.

    Numbers are raw. `step` counts the steps done, `steps` is the budget; `started` is a time with its zone.
    """
    names = columns(runs)
    return [{name: known.get(name) for name in names} for known in map(_known, runs)]


def _known(run: Run) -> FlatRun:
    own = {name: getattr(run, name) for name in ("id", "name", "reason", "step", "seed")}
    own |= {"status": str(run.status), "folder": str(run.folder)}
    own |= {"started": run.started.isoformat(), "tags": list(run.tags)}
    # Where the same word comes twice, the first of run, summary and config has it.
    return flatten(run.config) | {name: _whole(name, value) for name, value in run.summary.items()} | own


def _whole(name: str, value: float) -> float | int:
    """Counts are stored as floats, and are none."""
    return int(value) if name in COUNTS and float(value).is_integer() else value
