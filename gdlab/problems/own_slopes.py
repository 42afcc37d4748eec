"""Is the gradient of a user's own loss that of its values? Slopes along directions, held to differences.

With u the rounding unit of the numbers that the loss returns, differences over ±h, h = ∛u·max(1, |w|), have an error
of about u|f|/h by rounding and h²|f‴|/6 by curvature. A loss that works in single precision inside and returns double
would fail for its rounding alone: what differs at the step of double precision must differ at that of single, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Value = Callable[[Array], Any]  # of a point (n,): a NumPy number, of the type that the loss returns

ALLOWED = 1e-5  # relative difference of slopes
SINGLE = float(np.finfo(np.float32).eps)


def unit(value: Any) -> float:
    """The rounding unit u of a NumPy number: that of double precision, if it is whole."""
    return float(np.finfo(value.dtype if value.dtype.kind == "f" else float).eps)


@dataclass(frozen=True)
class Slope:
    """A slope by a gradient method, and by differences.

    Args:
        given: by the method.
        middle: to both sides.
        left, right: to either side.
        differs: given and middle differ by more than their errors.
        is_kink: left and right do, and not by curvature.
    """

    given: float
    middle: float
    left: float
    right: float
    differs: bool
    is_kink: bool


def slope_along(value: Value, w: Array, v: Array, gradient: Array) -> Slope | None:
    """The slope at w along v, and what differences say of it; None where they say nothing, since values are not finite.

    Args:
        value: the loss.
        w: the point (n,).
        v: the direction (n,).
        gradient: at w, by the method (n,).
    """
    u = unit(value(w))
    found = _over(value, w, v, gradient, u)
    if found is None or not (found.differs or found.is_kink) or u >= SINGLE:
        return found
    wide = _over(value, w, v, gradient, SINGLE)
    return found if wide is None or wide.differs or wide.is_kink else wide


def _over(value: Value, w: Array, v: Array, gradient: Array, u: float) -> Slope | None:
    """What differences say whose step is fit for a rounding unit."""
    h = np.cbrt(u) * max(1.0, float(np.max(np.abs(w)))) / float(np.max(np.abs(v)))
    given = float(gradient @ v)
    f0, low, high, lower, higher = (float(value(w + k * h * v)) for k in (0, -1, 1, -2, 2))
    middle, wide = (high - low) / (2 * h), (higher - lower) / (4 * h)
    if not np.isfinite(middle + wide) or not np.isfinite(given):
        return None
    noise = 20 * u * abs(f0) / h
    rounding = 4 * u ** (2 / 3) * float(np.abs(gradient) @ np.abs(v))  # of the point, and of sums that cancel
    # What twice the step changes is error of the differences, by their curvature or by rounding.
    allowed = ALLOWED * (1 + abs(given) + abs(middle)) + 10 * abs(middle - wide) + noise + rounding
    left, right = (f0 - low) / h, (high - f0) / h
    # Curvature makes slopes of both sides differ by h|f″|, twice as much over 2h; a kink by the same over any step.
    jump, wider = abs(right - left), abs(higher + lower - 2 * f0) / (2 * h)
    differs = abs(given - middle) > allowed
    is_kink = jump > 1e-3 * (1 + abs(left) + abs(right)) + noise and (differs or abs(wider - jump) < 0.2 * jump)
    return Slope(given, middle, left, right, differs, is_kink)
