"""Quantiles of numbers of which some are infinite."""

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats


def quantile(values: ArrayLike, q: ArrayLike) -> Floats:
    """Quantiles along the last axis.

    With x₀ ≤ … ≤ xₙ₋₁ and h = (n−1)q:  Q(q) = x₍⌊h⌋₎ + (h − ⌊h⌋)·(x₍⌊h⌋₊₁₎ − x₍⌊h⌋₎)

    Unlike `np.quantile`, to which it is equal on finite numbers, it takes infinite ones: strictly between a finite and
    an infinite number it is infinite, so that the median of four runs of which two failed is +∞. Nor does it overflow.

    Args:
        values: shape (…, n), without NaN.
        q: between 0 and 1, a number or shape (k,).

    Returns:
        Shape (…) or (…, k). NaN if n is 0, and strictly between −∞ and +∞.

    Source: Hyndman & Fan 1996, definition 7, the default of NumPy, R and spreadsheets.
    """
    x = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    q = np.asarray(q, dtype=np.float64)
    n = x.shape[-1]
    if n == 0:
        return np.full(x.shape[:-1] + q.shape, np.nan)
    h = (n - 1) * q
    below = np.floor(h).astype(np.intp)
    return interpolate(x[..., below], x[..., np.minimum(below + 1, n - 1)], h - below)


def median(values: ArrayLike) -> Floats:
    """The median along the last axis, shape (…): the middle value, or the mean of the two in the middle."""
    return quantile(values, 0.5)


def interpolate(low: Floats, high: Floats, t: ArrayLike) -> Floats:
    """(1−t)·low + t·high for 0 ≤ t < 1, exact where t is 0 or both are equal; infinite numbers are allowed."""
    t = np.asarray(t, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ − ∞ is NaN, as said
        between = np.where(np.isinf(low) | np.isinf(high), low + high, (1 - t) * low + t * high)
    # Rounding must not lead out of the interval, nor tell equal numbers apart.
    return np.where((t == 0) | (low == high), low, np.clip(between, np.minimum(low, high), np.maximum(low, high)))
