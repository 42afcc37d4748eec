"""Runs as flat rows: the same columns in tables, in CSV and JSON, and in pandas."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from gdlab.store.metrics import PASSES
from gdlab.store.run import Run

PARTS = ("problem", "gradient", "optimizer")
RESULTS = ("final_loss", "best_loss", "best_step", "grad_norm")
COSTS = (*PASSES, "seconds")
COUNTS = frozenset({"best_step", *PASSES})

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


def part_by_part(
    configs: Iterable[Mapping[str, Any]], make: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    """What is made of configs, each put together from what is made of the keys of its top level.

    Cells of a sweep share most of what is below those keys, so that most of it is made once.

    Args:
        configs: of runs; they are alive until it is done.
        make: takes a mapping; what it makes of two keys is what it makes of each.
    """
    made: dict[tuple[str, int], dict[str, Any]] = {}
    found = []
    for config in configs:
        whole: dict[str, Any] = {}
        for key, part in config.items():
            place = key, id(part)
            if place not in made:
                made[place] = make({key: part})
            whole |= made[place]
        found.append(whole)
    return found


def measures(runs: Sequence[Run]) -> tuple[str, ...]:
    """The measures that any of the runs has, such as `accuracy`, in the order of their first appearance."""
    known = {*RESULTS, *COSTS}
    return tuple(dict.fromkeys(name for run in runs for name in run.summary if name not in known))


def columns(runs: Sequence[Run]) -> tuple[str, ...]:
    """The columns of the rows: who, what, how it ended, results, costs, and every setting as `optimizer.lr`."""
    return _columns(runs, part_by_part([run.config for run in runs], flatten))


def _columns(runs: Sequence[Run], flat: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    dotted = [key for key in dict.fromkeys(chain.from_iterable(flat)) if "." in key]
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
    flat = part_by_part([run.config for run in runs], flatten)
    absent = dict.fromkeys(_columns(runs, flat))
    rows = []
    for run, config in zip(runs, flat, strict=True):
        known = _known(run, config)
        rows.append({**absent, **{name: value for name, value in known.items() if name in absent}})
    return rows


def _known(run: Run, config: FlatRun) -> FlatRun:
    own = {name: getattr(run, name) for name in ("id", "name", "reason", "step", "seed")}
    own |= {"status": str(run.status), "folder": str(run.folder)}
    own |= {"started": run.started.isoformat(), "tags": list(run.tags)}
    # Where the same word comes twice, the first of run, summary and config has it.
    return config | {name: _whole(name, value) for name, value in run.summary.items()} | own


def _whole(name: str, value: float) -> float | int:
    """Counts are stored as floats, and are none."""
    return int(value) if name in COUNTS and float(value).is_integer() else value
