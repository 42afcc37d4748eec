"""What differs between two runs, side by side: config, result, surroundings, and where their curves part."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdlab.errors import StoreError
from gdlab.report.numbers import ABSENT, count, number
from gdlab.report.outcomes import SOUND
from gdlab.report.statistics.failures import charge
from gdlab.report.statistics.quantiles import median
from gdlab.report.text import head
from gdlab.store.flat import COSTS, RESULTS, flatten
from gdlab.store.run import Curve, Run
from gdlab.store.sweep.stored import StoredSweep

_SURROUNDINGS = ("host", "platform", "cpus")
_UNLIKE = frozenset({"seconds"})  # what is not the same even if a run is repeated to the last bit


@dataclass(frozen=True)
class Side:
    """One of two that are compared.

    Args:
        title: as it is called above its column.
        config: the fully resolved config.
        result: how it ended; empty for a config that has not been run.
        surroundings: where it took place, and the versions of what computed.
        curve: the logged columns; None if there are none.
    """

    title: str
    config: Mapping[str, Any]
    result: Mapping[str, Any] = field(default_factory=dict)
    surroundings: Mapping[str, Any] = field(default_factory=dict)
    curve: Curve | None = None


@dataclass(frozen=True)
class Part:
    """One kind of what can differ.

    Args:
        title: `config`, `result` or `surroundings`.
        differ: both values by name, None where there is none.
        same: how many are equal.
    """

    title: str
    differ: Mapping[str, tuple[Any, Any]]
    same: int


@dataclass(frozen=True)
class Difference:
    """What differs.

    Args:
        titles: of the two.
        parts: config, result, surroundings; those that both have.
        curves: one sentence on the curves; empty if one has none.
    """

    titles: tuple[str, str]
    parts: tuple[Part, ...]
    curves: str


def side_of(run: Run | StoredSweep, title: str = "", curve: Curve | None = None) -> Side:
    """A stored run, a cell, or a sweep as a side.

    Args:
        run: it.
        title: unset: its id.
        curve: its logged columns, if they are to be compared.
    """
    if isinstance(run, StoredSweep):
        result = {"status": run.status, "cells": run.count, **run.counts} | _medians(run)
    else:
        known = {name: run.summary[name] for name in run.summary}
        first = [name for name in (*RESULTS, *COSTS) if name in known]
        result = {"status": str(run.status), "reason": run.reason, "steps done": run.step}
        result |= {name: known[name] for name in [*first, *(name for name in known if name not in first)]}
    around = {name: run.details.get(name) for name in _SURROUNDINGS if run.details.get(name) is not None}
    around |= {f"{name} version": told for name, told in run.details.get("versions", {}).items()}
    return Side(title or run.id, run.config, result, around, curve)


def _medians(sweep: StoredSweep) -> dict[str, float]:
    """What the cells ended at, failed ones counted as the worst."""
    try:
        cells = [*sweep.cells.values()]
    except StoreError:
        return {}
    failed = [str(run.status) not in SOUND for run in cells]
    found = {}
    for name in ("final_loss", "best_loss"):
        losses = [run.summary.get(name, math.nan) for run in cells]
        if cells:
            found[f"median {name}"] = float(median(charge(losses, failed)))
    return found


def difference(a: Side, b: Side) -> Difference:
    """Compare two runs, sweeps or configs."""
    parts = [_part("config", flatten(a.config), flatten(b.config))]
    if a.result and b.result:
        parts.append(_part("result", a.result, b.result))
    if a.surroundings and b.surroundings:
        parts.append(_part("surroundings", a.surroundings, b.surroundings))
    told = "" if a.curve is None or b.curve is None else _curves(a.curve, b.curve)
    return Difference((a.title, b.title), tuple(parts), told)


def _part(title: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Part:
    names = [name for name, value in (*a.items(), *b.items()) if value is not None]
    differ = {}
    for name in dict.fromkeys(names):
        one, other = a.get(name), b.get(name)
        if not _equal(one, other):
            differ[name] = (one, other)
    return Part(title, differ, len(dict.fromkeys(names)) - len(differ))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b)


def _curves(a: Curve, b: Curve) -> str:
    """Up to where two curves are the same, at the steps that both have logged."""
    if "step" not in a or "step" not in b:
        return ""
    steps, first, second = np.intersect1d(a["step"], b["step"], assume_unique=True, return_indices=True)
    names = [name for name in ("loss", *a) if name in a and name in b and name not in ("step", *_UNLIKE)]
    if not steps.size or not names:
        return "the curves have no step in common"
    differ = {name: _differ(a[name][first], b[name][second]) for name in names}
    apart = {name: int(np.argmax(places)) for name, places in differ.items() if places.any()}
    if not apart:
        more = "" if len(a["step"]) == len(b["step"]) == steps.size else ", at the steps that both have logged"
        return f"the curves are the same to the last bit{more}"
    name = next(iter(apart))
    at = apart[name]
    told = f"{number(a[name][first[at]])} and {number(b[name][second[at]])}"
    start = "from the start" if at == 0 else f"after step {count(steps[at - 1])}"
    return f"the curves differ {start}: {head(name)} at step {count(steps[at])} is {told}"


def _differ(a: Any, b: Any) -> Any:
    return ~((a == b) | (np.isnan(a) & np.isnan(b)))


def change(a: Any, b: Any) -> str:
    """How b is beside a: `×0.5`, or `+3` where there is no ratio; a dash if they are not two numbers."""
    if not (_is_number(a) and _is_number(b) and math.isfinite(a) and math.isfinite(b)):
        return ABSENT
    if a > 0 and b > 0:
        return f"×{number(b / a, 3)}" if b / a < math.inf else ABSENT
    return f"{'+' if b > a else ''}{number(float(b) - float(a), 3)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_data(found: Difference) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "titles": [*found.titles],
        **{part.title: {name: [*values] for name, values in part.differ.items()} for part in found.parts},
        "same": {part.title: part.same for part in found.parts},
        "curves": found.curves,
    }


def sentences(found: Difference) -> Iterator[str]:
    """What is the same, in a word."""
    for part in found.parts:
        if part.differ:
            yield f"{part.title}: {part.same} of {part.same + len(part.differ)} are the same"
        else:
            yield f"{part.title}: the same"
    if found.curves:
        yield found.curves


def listed_titles(titles: Sequence[str]) -> tuple[str, str]:
    """The two titles, told apart even if they are the same."""
    first, second = titles
    return (first, second) if first != second else (f"{first} (first)", f"{second} (second)")
