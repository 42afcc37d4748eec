"""The rank-sum test of Wilcoxon, Mann and Whitney for runs that are not paired."""

import functools

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats
from gdlab.report.statistics.normal import two_sided
from gdlab.report.statistics.ranks import average_ranks

EXACT = 40  # up to so many runs in all the p-value is exact


def rank_sum(a: ArrayLike, b: ArrayLike) -> float:
    """Two-sided p-value of the hypothesis that all runs might as well be of either group.

    W = Σ rank(aᵢ) among all n + m;  p = min(1, 2·min(P(W ≤ w), P(W ≥ w)))

    Exact up to `EXACT` runs in all, by counting which of the sets of n ranks have which sum, with the ties that occur;
    beyond, W is taken for normal, with corrections for ties and continuity.

    Args:
        a: shape (n,), without NaN; infinite values tie with each other.
        b: shape (m,).

    Returns:
        1 if a group is empty.

    Source: Mann & Whitney 1947; Lehmann 1975, section 1.4.
    """
    x, y = np.asarray(a, dtype=np.float64).ravel(), np.asarray(b, dtype=np.float64).ravel()
    if x.size == 0 or y.size == 0:
        return 1.0
    doubled = np.rint(2 * average_ranks(np.concatenate((x, y)))).astype(np.int64)
    statistic, total = int(doubled[: x.size].sum()), x.size + y.size
    if total <= EXACT:
        counts = _set_sums(tuple(np.sort(doubled).tolist()), x.size)
        below, above = counts[: statistic + 1].sum(), counts[statistic:].sum()
        return float(min(1.0, 2 * min(below, above) / counts.sum()))
    mean = x.size * (total + 1)
    variance = x.size * y.size / (total * (total - 1)) * np.square(doubled - float(total + 1)).sum()
    return float(two_sided(statistic, mean, variance, step=2))


@functools.lru_cache(maxsize=64)
def _set_sums(ranks: tuple[int, ...], size: int) -> Floats:
    """How many of the sets of that many ranks have each sum, exact below 2⁵³."""
    counts = np.zeros((size + 1, sum(ranks[-size:]) + 1))
    counts[0, 0] = 1
    for rank in ranks:
        # From the top row down, in one go: a rank is used once.
        counts[1:, rank:] += counts[:-1, : counts.shape[1] - rank].copy()
    last: Floats = counts[size]
    return last
