"""The area under a loss curve: one number for fast and low."""

import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats, charge
from gdlab.report.statistics.quantiles import interpolate

FLOOR = 1e-16  # about the rounding of a loss of size 1: below, a logarithm tells noise apart


def area(loss: ArrayLike, x: ArrayLike, *, log: bool = False, floor: float = FLOOR, end: float | None = None) -> float:
    """The mean height of a loss curve, by the trapezoidal rule.

    1/(x_end − x₀) · ∫ y dx,  y = loss, or log₁₀ max(loss, floor)

    Divided by the width, it has the unit of the loss, or is a power of ten, and can be compared across budgets.

    Args:
        loss: shape (rows,).
        x: where the losses were logged, in steps, evaluations, passes or seconds; shape (rows,), ascending.
        log: whether to take the logarithm, for losses that fall over several powers of ten. They must then be
            distances from the infimum, as of `suboptimality`.
        floor: what a logarithm takes for zero.
        end: the budget in the unit of x. A curve that ends before is continued at its last loss: who converges early
            is not punished; one that ends later is cut there. Unset: the last x.

    Returns:
        +∞ if the loss is not finite somewhere up to the end, NaN without rows.
    """
    y, at = charge(loss), np.asarray(x, dtype=np.float64)
    if y.size == 0:
        return math.nan
    if log:
        y = np.log10(np.maximum(y, floor))
    if end is not None:
        kept = at <= end
        y, at = np.append(y[kept], _at(end, at, y)), np.append(at[kept], end)
    if not np.isfinite(y).all():
        return math.inf
    # Widths as parts of the whole, and heights halved before they are added, so that nothing overflows.
    span = at[-1] / 2 - at[0] / 2
    if not span > 0:
        return float(y[-1])
    widths = (at[1:] / 2 - at[:-1] / 2) / span
    return float(np.sum(widths * (y[1:] / 2 + y[:-1] / 2)))


def _at(end: float, x: Floats, y: Floats) -> float:
    """The height at the end: linear between two rows, the nearest beyond them."""
    later = int(np.searchsorted(x, end, side="right"))
    if later in (0, x.size):
        return float(y[min(later, x.size - 1)])
    t = (end - x[later - 1]) / (x[later] - x[later - 1])
    return float(interpolate(y[later - 1], y[later], t))
