"""What it costs to reach a target."""

import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats, charge


def cost_to_target(loss: ArrayLike, cost: ArrayLike, targets: ArrayLike) -> Floats:
    """The cost of the first logged row whose loss is at or below each target.

    cost[min{i : loss[i] ≤ target}], or +∞ if there is no such row

    Between two logged rows the target may have been reached earlier: the cost is an upper bound, wider the more
    seldom a run logs.

    Args:
        loss: the logged losses, shape (rows,); what is not finite reaches nothing.
        cost: what had been spent at each row: steps, evaluations, passes or seconds, shape (rows,). An unknown cost
            (NaN) counts as +∞.
        targets: a number or shape (k,), in any order.

    Returns:
        In the unit of `cost`, of the shape of `targets`.
    """
    best = np.minimum.accumulate(charge(loss)) if np.size(loss) else np.empty(0)
    # The best loss so far falls, its negative rises: all targets are found in one bisection each.
    first = np.searchsorted(-best, -np.asarray(targets, dtype=np.float64), side="left")
    spent = np.append(np.asarray(cost, dtype=np.float64), math.inf)
    return np.where(np.isnan(spent), math.inf, spent)[first]


def cost_above(loss: ArrayLike, cost: ArrayLike, target: float) -> float:
    """The cost of the row before the first at or below the target: the target was reached after it.

    cost_above < true cost ≤ cost_to_target

    Args:
        loss: as in `cost_to_target`.
        cost: as there.
        target: a loss.

    Returns:
        In the unit of `cost`: that of the first row if it is at the target itself, +∞ if there is no such row.
    """
    reached = np.flatnonzero(charge(loss) <= target)
    if not reached.size:
        return math.inf
    before = float(np.asarray(cost, dtype=np.float64)[max(0, reached[0] - 1)])
    return math.inf if math.isnan(before) else before


def log_targets(high: float, low: float, count: int = 51) -> Floats:
    """Targets between two losses, evenly spaced on a logarithmic axis, from easy to hard, shape (count,).

    COCO takes 51 from 10² to 10⁻⁸ above the infimum (Hansen et al. 2021, section 5).

    Args:
        high: the easiest, > 0.
        low: the hardest, > 0.
        count: how many.
    """
    targets: Floats = np.geomspace(high, low, count)
    return targets
