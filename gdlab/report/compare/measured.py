"""The value of each run by some metrics; curves are read only if one of them is made of the curve."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.errors import StoreError
from gdlab.report.compare.metrics import Metric
from gdlab.report.compare.target import Target
from gdlab.report.outcomes import SOUND
from gdlab.report.spending import is_uncounted, spent, spent_in_all
from gdlab.report.statistics.area import area
from gdlab.report.statistics.failures import Bools, Floats
from gdlab.report.statistics.suboptimality import suboptimality
from gdlab.report.statistics.targets import cost_to_target
from gdlab.store.run import Curve, Run

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
        uncounted: by metric, for a cost the runs whose counter stayed at 0 though they went on.
        unread: why curves could not be read.
    """

    values: dict[str, Floats]
    failed: Bools
    succeeded: Bools
    levels: Floats
    spent: dict[str, Floats]
    uncounted: Mapping[str, tuple[Run, ...]]
    unread: tuple[str, ...] = ()


def measure(runs: Sequence[Run], metrics: Sequence[Metric], target: Target | None, infimum_of: InfimumOf) -> Measured:
    """Measure runs.

    Args:
        runs: which.
        metrics: by what.
        target: what counts as a success, and what costs are counted to.
        infimum_of: the known infimum of the problem of a run.
    """
    statuses = {status.value for status in SOUND}
    failed = np.array([str(run.status) not in statuses for run in runs], dtype=bool)
    needs_infimum = any(metric.kind == "suboptimality" for metric in metrics) or (target is not None and target.above)
    infima = _infima(runs, infimum_of) if needs_infimum else [None] * len(runs)
    levels = np.array([math.nan if target is None else target.level(infimum) for infimum in infima])
    values = {metric.name: _at_end(runs, metric, infima) for metric in metrics}
    curved = [metric for metric in metrics if metric.kind in ("area", "cost", "ert")]
    unread: dict[str, None] = {}
    uncounted: dict[str, list[Run]] = {}
    if curved:
        for i, curve in _curves(runs, unread):
            for metric in curved:
                values[metric.name][i] = _of_curve(curve, metric, float(levels[i]), runs[i])
                if metric.needs_target and is_uncounted(spent(curve, metric.column), metric.column):
                    uncounted.setdefault(metric.name, []).append(runs[i])
    reached = ~failed
    if target is not None:
        reached &= _summary(runs, "best_loss") <= levels
    paid = {metric.name: _paid(runs, metric.column) for metric in metrics if metric.kind == "ert"}
    told = {name: tuple(some) for name, some in uncounted.items()}
    return Measured(values, failed, reached, levels, paid, told, tuple(unread))


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


def _of_curve(curve: Curve, metric: Metric, level: float, run: Run) -> float:
    loss = curve.get("loss", np.empty(0))
    if metric.kind == "area":
        budget = run.config.get("steps")
        return area(loss, curve.get("step", np.arange(len(loss))), end=None if budget is None else float(budget))
    return math.inf if math.isnan(level) else float(cost_to_target(loss, spent(curve, metric.column), level))


def _paid(runs: Sequence[Run], unit: str) -> Floats:
    return np.array([spent_in_all(run.summary, unit) for run in runs], dtype=np.float64)
