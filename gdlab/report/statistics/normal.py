"""Normal approximations of rank statistics."""

import math

import numpy as np

from gdlab.report.statistics.failures import Floats

_ERFC = np.vectorize(math.erfc, otypes=[np.float64])  # NumPy has none


def two_sided(statistic: Floats | int, mean: Floats | float, variance: Floats | float, step: float) -> Floats:
    """p = erfc(z/√2),  z = max(0, |statistic − mean| − step/2) / √variance; 1 where the variance is 0.

    Args:
        statistic: a number or an array.
        mean: its mean if nothing differs, of the same shape.
        variance: its variance then.
        step: the distance between values of the statistic, half of which is the correction for continuity.
    """
    spread = np.sqrt(np.asarray(variance, dtype=np.float64))
    off = np.maximum(0.0, np.abs(np.asarray(statistic, dtype=np.float64) - mean) - step / 2)
    z = off / np.where(spread > 0, spread, np.inf)
    return np.asarray(_ERFC(z / math.sqrt(2)), dtype=np.float64)
