"""What a run has spent, in any of the units that costs are counted in."""

from collections.abc import Mapping

import numpy as np

from gdlab.report.statistics.failures import Floats
from gdlab.store.metrics import PASSES
from gdlab.store.run import Curve

ALL_PASSES = "passes"
COUNTERS = (*PASSES, ALL_PASSES)


def spent(curve: Curve, unit: str) -> Floats:
    """What had been spent at each logged row.

    passes = evaluations + dual passes + reverse passes, each pass over the function being one

    Args:
        curve: the logged columns, each of shape (rows,).
        unit: `passes`, or a logged column such as `step`, `evaluations` or `seconds`.

    Returns:
        Shape (rows,), NaN where it was not counted.
    """
    if unit != ALL_PASSES:
        return curve.get(unit, np.full(_rows(curve), np.nan))
    counted = [curve[name] for name in PASSES if name in curve]
    return np.sum(counted, axis=0) if counted else np.full(_rows(curve), np.nan)


def spent_in_all(summary: Mapping[str, float], unit: str) -> float:
    """What a run spent until it ended, from the numbers at its end; NaN if it was not counted."""
    if unit != ALL_PASSES:
        return summary.get(unit, np.nan)
    counted = [summary[name] for name in PASSES if name in summary]
    return sum(counted) if counted else np.nan


def is_uncounted(cost: Floats, unit: str) -> bool:
    """Whether a run went on and its counter stayed at 0, as that of evaluations where dual numbers do the work."""
    return unit in COUNTERS and cost.size > 1 and not cost.any()


def _rows(curve: Curve) -> int:
    return max((len(column) for column in curve.values()), default=0)
