"""How far a loss is from the lowest there is."""

import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats

ROUNDING = 1e-12  # relative; a sum of thousands of terms is off by no more


def suboptimality(loss: ArrayLike, infimum: float | None) -> Floats:
    """loss − infimum, where it is known.

    A loss at the minimum may come out lower than the infimum by rounding: a difference between −(ε + 1e-12·max(|loss|,
    |infimum|)) and 0 is 0, with ε = 2.2e-16. A loss that is lower by more stays negative, for then the infimum is
    wrong, or the loss is one of a minibatch, and nobody should be told that the minimum was reached.

    Args:
        loss: any shape.
        infimum: the known infimum; −∞ if the problem is unbounded below, None or NaN if it is not known.

    Returns:
        The shape of `loss`: NaN where the infimum is not known or the loss is NaN or −∞, +∞ where the problem is
        unbounded.
    """
    x = np.asarray(loss, dtype=np.float64)
    if infimum is None or math.isnan(infimum):
        return np.full(x.shape, math.nan)
    if infimum == -math.inf:
        return np.where(np.isnan(x) | (x == -math.inf), math.nan, math.inf)
    with np.errstate(over="ignore"):
        gap = np.where(x == -math.inf, math.nan, x - infimum)
        rounding = np.finfo(np.float64).eps + ROUNDING * np.maximum(np.abs(x), abs(infimum))
    return np.where((gap < 0) & (gap >= -rounding), 0.0, gap)
