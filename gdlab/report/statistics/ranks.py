"""Ranks with ties."""

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats, charge


def average_ranks(values: ArrayLike) -> Floats:
    """Ranks along the last axis, 1 for the lowest; equal values share the mean of their ranks.

    Args:
        values: shape (…, n), without NaN; infinite values tie with each other.

    Returns:
        Shape (…, n); each row sums to n(n+1)/2.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.shape[-1] == 0:
        return np.empty(x.shape)
    order = np.argsort(x, axis=-1, kind="stable")
    ascending = np.take_along_axis(x, order, axis=-1)
    place = np.broadcast_to(np.arange(x.shape[-1], dtype=np.float64), x.shape)
    other = ascending[..., 1:] != ascending[..., :-1]
    edge = np.ones((*x.shape[:-1], 1), dtype=bool)
    starts, ends = np.concatenate((edge, other), axis=-1), np.concatenate((other, edge), axis=-1)
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, place, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(x.shape)
    np.put_along_axis(ranks, order, 1 + (first + last) / 2, axis=-1)
    return ranks


def mean_ranks(values: ArrayLike, failed: ArrayLike | None = None, *, lowest: bool = True) -> Floats:
    """The mean rank of each optimizer over problems or seeds.

    Args:
        values: one row for each problem or seed, one column for each optimizer, shape (rows, k).
        failed: which runs failed, shape (rows, k): they share the last ranks of their row.
        lowest: whether the lowest value is the best.

    Returns:
        Shape (k,), between 1 and k; NaN without rows.
    """
    x = charge(values, failed, lowest=lowest)
    ranks = average_ranks(x if lowest else -x)
    means: Floats = ranks.mean(axis=0) if len(ranks) else np.full(ranks.shape[-1], np.nan)
    return means
