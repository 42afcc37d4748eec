"""Several comparisons at once: how not to find a difference by looking often."""

import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats


def holm(p: ArrayLike) -> Floats:
    """p-values adjusted by Holm's method.

    p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎), p₍₁₎ ≤ … ≤ p₍ₘ₎

    With all p̃ ≤ α taken for differences, the chance of one or more false ones is at most α, whatever depends on what.

    Args:
        p: shape (m,).

    Returns:
        Shape (m,), each at least as large as it was.

    Source: Holm 1979 (Scandinavian Journal of Statistics 6:65).
    """
    every = np.asarray(p, dtype=np.float64)
    order = np.argsort(every, kind="stable")
    adjusted = np.empty(every.shape)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(every[order] * np.arange(every.size, 0, -1)))
    return adjusted


def pairs_needed(comparisons: int = 1, level: float = 0.05) -> int:
    """The fewest pairs that can prove anything: with 2·2⁻ⁿ·comparisons ≤ level, all of them of one sign."""
    n = 1
    while 2.0 ** (1 - n) * comparisons > level:
        n += 1
    return n


def runs_needed(comparisons: int = 1, level: float = 0.05) -> int:
    """The fewest runs a group that can prove anything without pairs: with 2/C(2n, n)·comparisons ≤ level."""
    n = 1
    while 2 * comparisons > level * math.comb(2 * n, n):
        n += 1
    return n
