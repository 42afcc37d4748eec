"""Wilcoxon's signed-rank test of pairs."""

import functools

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats
from gdlab.report.statistics.normal import two_sided
from gdlab.report.statistics.ranks import average_ranks

EXACT = 50  # up to so many pairs that differ the p-value is exact; the approximation is then good to two digits


def signed_rank(differences: ArrayLike) -> Floats:
    """Two-sided p-values of the hypothesis that each difference might as well have the other sign.

    W⁺ = Σ rank|dᵢ| over dᵢ > 0;  p = min(1, 2·min(P(W⁺ ≤ w), P(W⁺ ≥ w)))

    If two optimizers are the same rule, the two values of a pair can be swapped, and each of the 2ⁿ assignments of
    signs to the ranks that occur is equally likely: p is exact then, with ties too, and assumes nothing of the shape
    of the distribution. Differences of 0 say nothing and are dropped. Infinite ones have the highest rank. Beyond
    `EXACT` pairs W⁺ is taken for normal, with corrections for ties and continuity.

    Args:
        differences: shape (…, n), without NaN.

    Returns:
        Shape (…); 1 if no pair differs.

    Source: Wilcoxon 1945; the distribution given ties as in Pratt & Gibbons 1981, chapter 3. The sign test needs no
    symmetry, but finds far less.
    """
    given = np.asarray(differences, dtype=np.float64)
    if given.shape[-1] == 0:
        return np.ones(given.shape[:-1])
    d = given.reshape(-1, given.shape[-1])
    zero = d == 0
    zeros = zero.sum(axis=-1, keepdims=True)
    # Twice the rank is a whole number; zeros are the lowest and leave the others their order.
    doubled = np.where(zero, 0, np.rint(2 * (average_ranks(np.abs(d)) - zeros))).astype(np.int64)
    statistic = np.where(d > 0, doubled, 0).sum(axis=-1)
    n = d.shape[-1] - zeros[..., 0]
    p = two_sided(statistic, doubled.sum(axis=-1) / 2, np.square(doubled.astype(np.float64)).sum(axis=-1) / 4, step=2)
    for row in np.flatnonzero(n <= EXACT):
        ranks = np.sort(doubled[row])[int(zeros[row, 0]) :]
        p[row] = _exact(tuple(ranks.tolist()), int(statistic[row]))
    return p.reshape(given.shape[:-1])


def _exact(ranks: tuple[int, ...], statistic: int) -> float:
    counts = _subset_sums(ranks)
    below, above = counts[: statistic + 1].sum(), counts[statistic:].sum()
    return float(min(1.0, 2 * min(below, above) / 2 ** len(ranks)))


@functools.lru_cache(maxsize=256)
def _subset_sums(ranks: tuple[int, ...]) -> Floats:
    """How many of the subsets of the ranks have each sum, exact below 2⁵³."""
    counts = np.zeros(sum(ranks) + 1)
    counts[0] = 1
    for rank in ranks:
        counts[rank:] += counts[: counts.size - rank].copy()
    return counts
