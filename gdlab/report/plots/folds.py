"""Many curves folded into a median and a band."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.report.statistics.quantiles import median, quantile
from gdlab.report.view import Array

MOST_POINTS = 512  # of a fold of curves that were logged at different places


@dataclass(frozen=True)
class Fold:
    """Quartiles over runs, at each x.

    Args:
        x: ascending, shape (points,).
        median, lower, upper: shape (points,); infinite where broken runs reach into them, NaN between −∞ and +∞.
    """

    x: Array
    median: Array
    lower: Array
    upper: Array

    @property
    def finite(self) -> tuple[Array, Array]:
        """The part of the median that can be drawn, up to where it ends for good; may be empty."""
        ok = np.isfinite(self.median)
        return self.x[ok], self.median[ok]


def fold(curves: Sequence[tuple[Array, Array]], ends: Sequence[float]) -> Fold:
    """Fold curves, each a step function: between two logged rows the earlier one holds.

    Args:
        curves: x ascending and y, finite, each of shape (points,), at least one.
        ends: what each is beyond its last point: NaN to go on at its last value, as a run does that has arrived; ±∞ for
            one that broke, so that leaving it out flatters nobody.

    Source: quantiles by definition 7 of Hyndman & Fan 1996.
    """
    grid = _grid([x for x, _ in curves])
    rows = np.stack([_on(grid, x, y, end) for (x, y), end in zip(curves, ends, strict=True)], axis=-1)
    quartiles = quantile(rows, (0.25, 0.5, 0.75))
    return Fold(grid, quartiles[:, 1], quartiles[:, 0], quartiles[:, 2])


def beyond(curves: Sequence[tuple[Array, Array]], ends: Sequence[float]) -> float:
    """What the median is after the last point of all curves: not finite if as many as half broke.

    Args:
        curves: as in `fold`.
        ends: likewise.
    """
    last = [y[-1] if np.isnan(end) else end for (_, y), end in zip(curves, ends, strict=True)]
    return float(median(last))


def _grid(every: Sequence[Array]) -> Array:
    """All x that occur, or as many as are seen."""
    longest = max(every, key=lambda x: (x[-1], x.size))
    if all(x.size <= longest.size and np.array_equal(x, longest[: x.size]) for x in every):
        return longest
    grid = np.unique(np.concatenate(every))
    if grid.size <= MOST_POINTS:
        return grid
    return np.linspace(grid[0], grid[-1], MOST_POINTS)


def _on(grid: Array, x: Array, y: Array, end: float) -> Array:
    """A curve at the points of a grid."""
    if x.size <= grid.size and np.array_equal(x, grid[: x.size]):
        rest = np.full(grid.size - x.size, y[-1] if np.isnan(end) else end)
        return np.concatenate([y, rest])
    values: Array = y[np.clip(np.searchsorted(x, grid, side="right") - 1, 0, None)]
    return values if np.isnan(end) else np.where(grid > x[-1], end, values)
