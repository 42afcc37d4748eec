"""When a logarithmic axis is honest."""

from collections.abc import Iterable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

DECADES = 1.0  # below that range a linear axis shows as much, and is easier to read


def is_log_honest(curves: Iterable[Array]) -> bool:
    """Whether a logarithmic axis shows every finite value, and more than a linear one would.

    That is if all finite values are positive and the largest is more than ten times the smallest.
    """
    finite = [values[np.isfinite(values)] for values in curves]
    finite = [values for values in finite if values.size]
    if not finite:
        return False
    low, high = min(values.min() for values in finite), max(values.max() for values in finite)
    return bool(low > 0 and np.log10(high) - np.log10(low) > DECADES)
