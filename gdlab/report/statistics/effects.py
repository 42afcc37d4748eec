"""By how much two groups of runs differ, pair by pair or as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats

RELATIVE = 1e-9


@dataclass(frozen=True)
class Tolerance:
    """What is no difference: |a − b| ≤ max(absolute, relative·max(|a|, |b|)).

    Two ways to write one rule differ by rounding, and perhaps always to the same side, so that any test would find a
    difference that nobody cares for.

    Args:
        relative: as a part of the larger.
        absolute: in the unit of the values. Of losses near an infimum of 0, where rounding decides: ε times the loss
            at the start.
    """

    relative: float = RELATIVE
    absolute: float = 0.0

    def same(self, a: ArrayLike, b: ArrayLike) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Which of the pairs do not differ, equal infinite values included."""
        x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
        with np.errstate(invalid="ignore", over="ignore"):  # what is too far apart for a number is no tie
            gap = np.abs(x - y)
            allowed = np.maximum(self.absolute, self.relative * np.maximum(np.abs(x), np.abs(y)))
            near = np.isfinite(gap) & (gap <= allowed)
        return np.asarray((x == y) | near)

    def merged(self, values: ArrayLike) -> Floats:
        """The values, shape (n,), with each chain of neighbours that do not differ replaced by its lowest."""
        x = np.asarray(values, dtype=np.float64)
        if x.size == 0:
            return x.copy()
        order = np.argsort(x, kind="stable")
        ascending = x[order]
        starts = np.append(True, ~self.same(ascending[1:], ascending[:-1]))
        merged = np.empty(x.shape)
        merged[order] = ascending[np.maximum.accumulate(np.where(starts, np.arange(x.size), 0))]
        return merged


def on_ratios(a: Floats, b: Floats) -> bool:
    """Whether two groups are compared by ratios: no value is negative, and one of each is positive and finite.

    Losses of different seeds differ by powers of ten, and a difference would be that of the worst seed.
    """
    return bool((a >= 0).all() and (b >= 0).all() and _positive(a) and _positive(b))


def _positive(values: Floats) -> bool:
    return bool((np.isfinite(values) & (values > 0)).any())


def transformed(values: Floats, ratios: bool) -> Floats:
    """The logarithms, −∞ for 0, if ratios are asked for, or the values themselves."""
    if not ratios:
        return values
    with np.errstate(divide="ignore"):
        logs: Floats = np.log(values)
    return logs


def pair_effects(a: Floats, b: Floats, ratios: bool, tolerance: Tolerance) -> Floats:
    """ln(aᵢ/bᵢ), or aᵢ − bᵢ; 0 for what does not differ, ±∞ where one of the two failed, or for a ratio is 0.

    Args:
        a: charged values of one group, shape (n,).
        b: those of the other, of the same seeds and starts, shape (n,).
        ratios: whether the effect is a ratio.
        tolerance: what is no difference.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        effects = transformed(a, ratios) - transformed(b, ratios)
    return np.where(tolerance.same(a, b), 0.0, effects)
