"""The value of each run by some metrics; curves are read only if one of them is made of the curve."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.errors import StoreError
from gdlab.report.compare.metrics import Metric
from gdlab.report.compare.target import Target
from gdlab.report.outcomes import SOUND_WORDS
from gdlab.report.spending import is_uncounted, spent, spent_in_all
from gdlab.report.statistics.area import area
from gdlab.report.statistics.failures import Bools, Floats
from gdlab.report.statistics.suboptimality import suboptimality
from gdlab.report.statistics.targets import cost_above, cost_to_target
from gdlab.store.run import Curve, Run
from gdlab.store.status import Status

InfimumOf = Callable[[Run], float | None]


@dataclass(frozen=True)
class Measured:
    """What is known of some runs. All arrays have one item for each run.

    Args:
        values: by metric, NaN where there is none; +∞ is the cost of a target that was not reached.
        failed: which runs did not end well.
        succeeded: which reached the target, or without one ended well.
        levels: the loss that each had to reach, NaN where there is none.
        spent: by metric, for a cost the whole that a run spent, whether it reached the target or not.
        above: by metric, for a cost that of the row before the one that reached the target.
        intervals: how many steps there are between two logged rows, if costs to a target are asked for.
        uncounted: by metric, for a cost the runs whose counter stayed at 0 though they went on.
        unread: why curves could not be read.
    """

    values: dict[str, Floats]
    failed: Bools
    succeeded: Bools
    levels: Floats
    spent: dict[str, Floats]
    above: dict[str, Floats]
    intervals: frozenset[float]
    uncounted: Mapping[str, tuple[Run, ...]]
    unread: tuple[str, ...] = ()

    def failed_by(self, metric: Metric) -> Bools:
        """Which runs have no value worth counting: a target that was reached counts, whatever came after."""
        return ~np.isfinite(self.values[metric.name]) if metric.needs_target else self.failed

    def succeeded_by(self, metric: Metric) -> Bools:
        """Which runs did what was asked."""
        return np.isfinite(self.values[metric.name]) if metric.needs_target else self.succeeded


def measure(runs: Sequence[Run], metrics: Sequence[Metric], target: Target | None, infimum_of: InfimumOf) -> Measured:
    """Measure runs.

    Args:
        runs: which.
        metrics: by what.
        target: what counts as a success, and what costs are counted to.
        infimum_of: the known infimum of the problem of a run.
    """
    failed = np.array([str(run.status) not in SOUND_WORDS for run in runs], dtype=bool)
    needs_infimum = any(metric.kind == "suboptimality" for metric in metrics) or (target is not None and target.above)
    infima = _infima(runs, infimum_of) if needs_infimum else [None] * len(runs)
    levels = np.array([math.nan if target is None else target.level(infimum) for infimum in infima])
    values = {metric.name: _at_end(runs, metric, infima) for metric in metrics}
    curved = [metric for metric in metrics if metric.kind in ("area", "cost", "ert")]
    floors = {metric.name: np.full(len(runs), math.nan) for metric in metrics if metric.needs_target}
    intervals: set[float] = set()
    unread: dict[str, None] = {}
    uncounted: dict[str, list[Run]] = {}
    if curved:
        for i, curve in _curves(runs, unread):
            if floors and curve.get("step", np.empty(0)).size > 1:
                intervals.add(float(np.diff(curve["step"]).max()))
            for metric in curved:
                values[metric.name][i], above = _of_curve(curve, metric, float(levels[i]), runs[i])
                if metric.needs_target:
                    floors[metric.name][i] = above
                if metric.needs_target and is_uncounted(spent(curve, metric.column), metric.column):
                    uncounted.setdefault(metric.name, []).append(runs[i])
    reached = ~failed
    if target is not None:
        reached &= _summary(runs, "best_loss") <= levels
    paid = {metric.name: _paid(runs, metric.column) for metric in metrics if metric.kind == "ert"}
    told = {name: tuple(some) for name, some in uncounted.items()}
    return Measured(values, failed, reached, levels, paid, floors, frozenset(intervals), told, tuple(unread))


def _curves(runs: Sequence[Run], unread: dict[str, None]) -> Iterator[tuple[int, Curve]]:
    for i, run in enumerate(runs):
        try:
            yield i, run.curve()
        except StoreError as error:
            unread[str(error)] = None


def _infima(runs: Sequence[Run], infimum_of: InfimumOf) -> list[float | None]:
    """Of each run; those of one problem and seed share their data, and are asked once."""
    known: dict[tuple[int, int, int], float | None] = {}
    found = []
    for run in runs:
        key = id(run.config.get("problem")), id(run.config.get("batch")), run.seed
        if key not in known:
            known[key] = infimum_of(run)
        found.append(known[key])
    return found


def _summary(runs: Sequence[Run], name: str) -> Floats:
    return np.array([run.summary.get(name, math.nan) for run in runs], dtype=np.float64)


def _at_end(runs: Sequence[Run], metric: Metric, infima: Sequence[float | None]) -> Floats:
    if metric.kind == "end":
        return _summary(runs, metric.column)
    if metric.kind == "suboptimality":
        losses = _summary(runs, metric.column)
        gaps = [suboptimality(loss, infimum) for loss, infimum in zip(losses, infima, strict=True)]
        return np.array(gaps, dtype=np.float64)
    return np.full(len(runs), math.nan)


def _of_curve(curve: Curve, metric: Metric, level: float, run: Run) -> tuple[float, float]:
    """The value, and of a cost its lower bound."""
    loss = curve.get("loss", np.empty(0))
    if metric.kind == "area":
        budget = run.config.get("steps")
        height = area(loss, curve.get("step", np.arange(len(loss))), end=None if budget is None else float(budget))
        return height, height
    if math.isnan(level) or run.status == Status.UNBOUNDED:  # what falls without bound meets any target
        return math.inf, math.inf
    cost = spent(curve, metric.column)
    return float(cost_to_target(loss, cost, level)), cost_above(loss, cost, level)


def _paid(runs: Sequence[Run], unit: str) -> Floats:
    return np.array([spent_in_all(run.summary, unit) for run in runs], dtype=np.float64)
