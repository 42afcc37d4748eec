"""Bootstrap intervals of medians."""

import functools
import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats
from gdlab.report.statistics.quantiles import interpolate, quantile

RESAMPLES = 2000


def median_interval(values: ArrayLike, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The percentile bootstrap interval of the median.

    The values are drawn anew, n of n with repetition, `RESAMPLES` times; the interval holds the middle part of the
    medians. Percentile and not BCa: the acceleration of BCa is a jackknife, which fails for a median (Efron &
    Tibshirani 1993, section 11.6), and percentiles do not change when values are mapped to their logarithms. With
    few values the ends are among few, and 95 % may be 89 % (n = 25).

    Args:
        values: shape (n,), without NaN; may be infinite.
        confidence: how much of the medians the interval holds.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        Its two ends, NaN if n is 0.

    Source: Efron & Tibshirani 1993, chapter 13.
    """
    return _middle(resampled_medians(values, seed), confidence)


def shift_interval(a: ArrayLike, b: ArrayLike, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The percentile bootstrap interval of median(a) − median(b) for independent a and b, as in `median_interval`."""
    first, second = resampled_medians(a, seed), resampled_medians(b, seed + 1)
    with np.errstate(invalid="ignore", over="ignore"):
        shift = first - second
    return _middle(np.where(np.isnan(shift), 0.0, shift), confidence)  # ∞ − ∞: both failed alike


def resampled_medians(values: ArrayLike, seed: int = 0) -> Floats:
    """The medians of `RESAMPLES` resamples, shape (RESAMPLES,); NaN if there are no values."""
    x = np.sort(np.asarray(values, dtype=np.float64).ravel())
    if x.size == 0:
        return np.full(RESAMPLES, math.nan)
    low, high = _middle_places(x.size, seed)
    return interpolate(x[low], x[high], 0.5)


@functools.lru_cache(maxsize=64)
def _middle_places(n: int, seed: int) -> tuple["np.ndarray[tuple[int], np.dtype[np.intp]]", ...]:
    """Which of n values in order are the two middle ones of each resample; they do not depend on the values."""
    places = np.random.default_rng(seed).integers(n, size=(RESAMPLES, n), dtype=np.intp)
    middle = ((n - 1) // 2, n // 2)
    places.partition(middle, axis=-1)
    return tuple(places[:, at].copy() for at in middle)


def _middle(medians: Floats, confidence: float) -> tuple[float, float]:
    if np.isnan(medians).any():
        return math.nan, math.nan
    low, high = quantile(medians, ((1 - confidence) / 2, (1 + confidence) / 2)).tolist()
    return low, high
