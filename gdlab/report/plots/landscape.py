"""The level lines of a function of two parameters, and the window that shows what happens on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from gdlab.autodiff import AtPoints
from gdlab.problems.base import Problem
from gdlab.report.plots.looks import GREY
from gdlab.report.plots.style import ground
from gdlab.report.view import Array

_POINTS = 161  # of the grid in each direction
_LEVELS = 16
_MARGIN = 0.08
_LANES = 64
_AWAY = 50.0  # times that size: how far the nearest minimum may be and still be shown, and _REACH all others
_REACH = 3.0  # times the size of what must be seen: how far a run that breaks is followed


@dataclass(frozen=True)
class Window:
    """The part of the plane that is shown."""

    left: float
    right: float
    low: float
    high: float

    def on(self, axes: Axes) -> None:
        """Show it; with equal scales where it is not too long for that."""
        axes.set_xlim(self.left, self.right)
        axes.set_ylim(self.low, self.high)
        wide, high = self.right - self.left, self.high - self.low
        if 1 / 2 < wide / high < 2:
            axes.set_aspect("equal", adjustable="box")


def window(problem: Problem, whole: Sequence[Array], broken: Sequence[Array]) -> Window:
    """Around the minima that are near, and all ways; those that break are followed a little way.

    Args:
        problem: of two parameters.
        whole: the ways of the runs that ended well, each (steps + 1, 2).
        broken: likewise of those that did not.
    """
    must = [way[np.isfinite(way).all(axis=1)] for way in whole] + [way[:1] for way in broken]
    seen = np.concatenate(must)
    size = max(float(np.ptp(seen, axis=0).max()), 1e-3 * float(np.abs(seen).max()), 1e-12)
    if len(seen) <= len(broken) and problem.domain is not None:
        size = max(size, float((problem.domain[1] - problem.domain[0]).max()) / 4)
    elif len(seen) <= len(broken):
        size = max(size, float(np.abs(seen).max()), 1.0)
    middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
    far = sorted((float(np.abs(point - middle).max()), place) for place, point in enumerate(problem.minimizers))
    near = [problem.minimizers[i] for k, (away, i) in enumerate(far) if away <= (_REACH if k else _AWAY) * size]
    followed = [way[np.abs(way - middle).max(axis=1) <= _REACH * size] for way in broken]
    shown = np.concatenate([seen, *followed, *(point[None] for point in near)])
    low, high = shown.min(axis=0), shown.max(axis=0)
    span = np.maximum(high - low, 0.55 * float((high - low).max()) or max(1.0, 1e-3 * float(np.abs(shown).max())))
    low, high = (low + high - span) / 2 - _MARGIN * span, (low + high + span) / 2 + _MARGIN * span
    return Window(float(low[0]), float(high[0]), float(low[1]), float(high[1]))


def draw_levels(axes: Axes, problem: Problem, shown: Window) -> None:
    """Draw level lines, closer to each other towards the lowest value in the window, and shade what is low."""
    across, up = np.linspace(shown.left, shown.right, _POINTS), np.linspace(shown.low, shown.high, _POINTS)
    x, y = np.meshgrid(across, up)
    points = np.stack([x.ravel(), y.ravel()])
    with np.errstate(all="ignore"):
        values = AtPoints(problem.loss, points[:, 0].copy(), _LANES)(points).reshape(x.shape)
    finite = values[np.isfinite(values)]
    if not finite.size or finite.min() == finite.max():
        return
    low, high = float(finite.min()), float(np.quantile(finite, 0.98))
    # Level lines are even in the fourth root of the height above the lowest: the floor of a valley is seen as well.
    heights = np.clip(np.nan_to_num(values, nan=np.inf) - low, 0, max(high - low, 1e-300)) ** 0.25
    levels = np.linspace(0, float(heights.max()), _LEVELS)
    dark = ground() < "#808080"
    axes.contourf(x, y, heights, levels=levels, cmap="Greys_r" if not dark else "Greys", alpha=0.35, zorder=0)
    axes.contour(x, y, heights, levels=levels[1:], colors=GREY, linewidths=0.5, alpha=0.8, zorder=1)


def draw_minima(axes: Axes, problem: Problem, shown: Window) -> bool:
    """Mark the minima that are in the window; whether there are any."""
    inside = [p for p in problem.minimizers if shown.left <= p[0] <= shown.right and shown.low <= p[1] <= shown.high]
    for point in inside:
        axes.plot(
            *point[:, None], linestyle="none", marker="*", markersize=13, color="#f0c000", zorder=6,
            markeredgecolor="black", markeredgewidth=0.8,
        )  # fmt: skip
    return bool(inside)
