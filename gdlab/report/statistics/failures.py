"""Failed runs: counted, and worse than every run that did not fail."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


def charge(values: ArrayLike, failed: ArrayLike | None = None, *, lowest: bool = True) -> Floats:
    """Give each failed run the worst value that there is.

    A run that diverged, failed or went down without bound must not win by the value it happened to end at, and leaving
    it out would flatter whoever fails often. So it counts as +∞ where low is good, as −∞ where high is good, and so
    does each value that is no finite number, −∞ included.

    Args:
        values: any shape.
        failed: which runs failed, broadcast against `values`; unset: those whose value is not finite.
        lowest: whether the lowest value is the best.

    Returns:
        A new array of the shape of `values`, without NaN.
    """
    x = np.array(values, dtype=np.float64)
    worst = math.inf if lowest else -math.inf
    x[~np.isfinite(x)] = worst
    if failed is not None:
        x[np.broadcast_to(np.asarray(failed, dtype=bool), x.shape)] = worst
    return x
