"""What is drawn of a series: one line, and a band around it if it stands for several runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.report.outcomes import BROKEN, SOUND
from gdlab.report.plots.folds import beyond, fold
from gdlab.report.plots.looks import Look
from gdlab.report.plots.series import Line, Panel, Series
from gdlab.report.view import Array
from gdlab.store.status import Status


@dataclass(frozen=True)
class Stroke:
    """A line to draw.

    Args:
        look: how.
        x, y: finite, at least one point: those of the run, or the median of several.
        breaks: whether it ends because its run, or as many as half of several, broke.
        band: x, lower and upper quartile of several runs, which may be infinite.
        whole: values that the picture must show, as far as runs ended well.
        broken: values that it follows a little way.
    """

    look: Look
    x: Array
    y: Array
    breaks: bool
    band: tuple[Array, Array, Array] | None
    whole: tuple[Array, ...]
    broken: tuple[Array, ...]


def strokes(panel: Panel, y: str = "loss") -> list[Stroke]:
    """One for each series of a panel.

    Args:
        panel: of the series.
        y: the column, which tells at which end of it runs stand that broke: an accuracy is worst at the lower one.
    """
    worst = -np.inf if y.endswith("accuracy") else np.inf
    return [_stroke(one, worst) for one in panel.series]


def _stroke(series: Series, worst: float) -> Stroke:
    lines, look = series.lines, series.look
    if len(lines) == 1:
        (line,) = lines
        breaks = line.run.status in BROKEN
        return Stroke(look, line.x, line.y, breaks, None, () if breaks else (line.y,), (line.y,) if breaks else ())
    curves, broken = [(line.x, line.y) for line in lines], [_broken(line, worst) for line in lines]
    folded = fold(
        curves, [_unfinished(line, worst) if np.isnan(end) else end for line, end in zip(lines, broken, strict=True)]
    )
    x, y = folded.finite
    if not x.size:  # most have ended at once
        first = min(lines, key=lambda line: float(line.x[0]))
        x, y = first.x[:1], first.y[:1]
    # Not whether the median ends before the last point: runs that all break at the same step have it up to there.
    breaks = not np.isfinite(beyond(curves, broken))
    edges = _finite([folded.lower, folded.upper])
    band = (folded.x, folded.lower, folded.upper)
    if breaks:
        return Stroke(look, x, y, True, band, (), (y,))
    # Before some break they lift the upper quartile to where the others would no longer be seen.
    if any(not np.isnan(end) for end in broken):
        return Stroke(look, x, y, False, band, (y,), tuple(edges))
    return Stroke(look, x, y, False, band, (y, *edges), ())


def _broken(line: Line, worst: float) -> float:
    """What a run is beyond its last point if it broke, else NaN."""
    if line.run.status not in BROKEN:
        return np.nan
    return -np.inf if line.run.status == Status.UNBOUNDED else worst


def _unfinished(line: Line, worst: float) -> float:
    """What a run that did not break is after its last point: NaN if it has arrived, else as bad as one that did."""
    return np.nan if line.run.status in SOUND else worst


def _finite(edges: Sequence[Array]) -> list[Array]:
    kept = [edge[np.isfinite(edge)] for edge in edges]
    return [edge for edge in kept if edge.size]
