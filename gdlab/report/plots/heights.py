"""The y axis that strokes share, and sentences on those that leave it."""

from collections.abc import Sequence

import numpy as np

from gdlab.report.numbers import number
from gdlab.report.plots.columns import falls, floor_of
from gdlab.report.plots.series import Panel, Series
from gdlab.report.plots.strokes import Stroke
from gdlab.report.text import head, literal
from gdlab.report.view import Array, View, view


def heights(strokes: Sequence[Stroke], y: str) -> View:
    """Choose the axis: what fell is shown whole, what broke or grew is followed a little way.

    A loss of exactly zero does not forbid a logarithmic axis: it lies below the lower edge, as one of 1e-30 does.

    Args:
        strokes: of one panel or several.
        y: the column that is drawn.
    """
    whole = [*floor_of(y), *(values for one in strokes for values in one.whole)]
    broken = [values for one in strokes for values in one.broken]
    if not falls(y):
        return view(whole, broken)
    grown = [values[-1] > values[0] for values in whole]
    if not all(grown):  # else growing is all there is to see
        broken += [values for values, up in zip(whole, grown, strict=True) if up]
        whole = [values[values <= values[0]] if up else values for values, up in zip(whole, grown, strict=True)]
    if min(float(values.min()) for values in [*whole, *broken]) == 0:
        seen = view(*(_positive(values) for values in (whole, broken))) if _positive([*whole, *broken]) else None
        if seen is not None and seen.log:
            return seen
    return view(whole, broken)


def leaving(panel: Panel, strokes: Sequence[Stroke], seen: View, y: str) -> list[str]:
    """Sentences on the series that leave an axis although they did not break.

    Args:
        panel: of the series.
        strokes: one for each of them.
        seen: the axis.
        y: the column that is drawn.
    """
    pairs = zip(panel.series, strokes, strict=True)
    return [_leaves(one, its, seen, y) for one, its in pairs if not its.breaks and not seen.holds(its.y)]


def _leaves(one: Series, stroke: Stroke, seen: View, y: str) -> str:
    low, high = float(stroke.y.min()), float(stroke.y.max())
    way = f"down to {number(low)}" if seen.holds(stroke.y[stroke.y == high]) else f"up to {number(high)}"
    several = len(one.lines) > 1
    name = one.label if several else literal(one.lines[0].run.name)
    return f"{name} leaves the picture: its {'median ' * several}{head(y)} goes {way}"


def _positive(every: Sequence[Array]) -> list[Array]:
    kept = [values[values > 0] for values in every]
    return [values for values in kept if values.size]


def above_zero(values: Array, seen: View) -> Array:
    """The values with those that have no logarithm far below a logarithmic axis."""
    return np.maximum(values, np.finfo(float).smallest_subnormal) if seen.log else values
