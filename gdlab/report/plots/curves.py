"""Curves of logged columns: one panel for each problem or setting, one colour and line style for each optimizer."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from gdlab.report.numbers import number
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.columns import X_AXES, ProblemOf
from gdlab.report.plots.heights import above_zero, heights, leaving
from gdlab.report.plots.legend import draw_legend, draw_scales, end_mark, entries
from gdlab.report.plots.looks import Look
from gdlab.report.plots.points import few, finite_lines
from gdlab.report.plots.series import Panel, panels
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.strokes import Stroke, strokes
from gdlab.report.plots.style import inked, scale
from gdlab.report.text import literal
from gdlab.report.view import HUGE, Array, View
from gdlab.store.run import Curve, Run

MOST_PANELS = 12

_WORDS = {"lr": "learning rate", "grad_norm": "norm of the gradient", "suboptimality": "loss − infimum"}
_BANDS = 12  # series of a panel up to which bands are drawn: more would hide each other, as those of a ramp do


@dataclass(frozen=True)
class _Layout:
    """Sizes in inches, and what fits into them."""

    columns: int
    width: float
    height: float
    entries: int

    @property
    def title(self) -> int:
        """Characters in a line of the title."""
        return int(self.width * 14)


_SINGLE = _Layout(columns=1, width=5.0, height=3.6, entries=20)
_FEW = _Layout(columns=1, width=5.0, height=2.6, entries=14)  # below each other: still as wide as a page
_MANY = _Layout(columns=2, width=3.6, height=2.6, entries=14)
_FEW_PANELS = 3


def draw_curves(
    runs: Sequence[tuple[Run, Curve]],
    x: str = "step",
    y: str = "loss",
    *,
    facet: str | None = None,
    problem_of: ProblemOf = lambda run: None,
    sheet: Sheet = PAPER,
) -> Picture:
    """Draw a logged column of runs over steps, or over what was spent.

    Runs that differ in their seed alone are folded into their median and the band between their quartiles, in which a
    run that broke, failed, was interrupted or still runs counts as infinite after its last point. The y axis is
    logarithmic if that is honest. Points that are not finite are not drawn; the end of a run that diverged, has no
    bound or became non-finite is marked.

    Args:
        runs: the runs and their curves.
        x: a key of `X_AXES`.
        y: any logged column, or `suboptimality`, the loss above the known infimum.
        facet: a setting that has a panel for each value; unset: one panel for each problem.
        problem_of: makes the problem of a run, whose infimum and rows are asked for where they are needed.
        sheet: what it is drawn on.

    Raises:
        UsageError: if there is no such column, style or setting, or nothing finite to draw.
    """
    lines, notes = finite_lines(runs, x, y, problem_of)
    every = panels(lines, facet)
    drawn = every[:MOST_PANELS]
    if len(drawn) < len(every):
        notes.append(f"only {len(drawn)} of {len(every)} panels are drawn: name fewer runs to see the others")
    layout = _SINGLE if len(drawn) == 1 else _FEW if len(drawn) <= _FEW_PANELS else _MANY
    made = [strokes(panel, y) for panel in drawn]
    seen = _views(drawn, made, y, together=facet is not None)
    outside = []
    with sheet.styled():
        figure = _figure(drawn, layout, sheet)
        for axes, panel, its, window in zip(figure.axes, drawn, made, seen, strict=True):
            outside += _draw_panel(axes, panel, its, window, layout, x, y)
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, (*notes, *few(outside, most=3, what=" curves that leave the picture")))


def _views(drawn: Sequence[Panel], made: Sequence[Sequence[Stroke]], y: str, together: bool) -> list[View]:
    """The y axis of each panel; where a setting has a panel for each value, those of one problem share it."""
    found: dict[object, View] = {}
    for place, panel in enumerate(drawn):
        key = panel.problem if together else place
        if key not in found:
            mates = [i for i, other in enumerate(drawn) if (other.problem == key if together else i == place)]
            found[key] = heights([stroke for i in mates for stroke in made[i]], y)
    return [found[panel.problem if together else place] for place, panel in enumerate(drawn)]


def _figure(drawn: Sequence[Panel], layout: _Layout, sheet: Sheet) -> Figure:
    """An empty figure with as many axes as panels, and room for their legends."""
    longest = max(len(label) for panel in drawn for label, _ in entries(panel, layout.entries))
    columns, rows = layout.columns, -(-len(drawn) // layout.columns)
    scales = max(0.17 * layout.width * len(panel.ramps) for panel in drawn)
    width = layout.width + 1.1 + max(0.068 * longest, scales - 0.6)
    figure = sheet.figure(columns * width, rows * (layout.height + 0.4))
    for place in range(len(drawn)):
        figure.add_subplot(rows, columns, place + 1)
    return figure


def _draw_panel(
    axes: Axes, panel: Panel, made: Sequence[Stroke], seen: View, layout: _Layout, x: str, y: str
) -> list[str]:
    """Draw the curves of one problem; return sentences on what lies outside."""
    _set_limits(axes, [line.x for one in panel.series for line in one.lines], seen)
    width = _width(len(made)) * scale()
    inside = {place for ramp in panel.ramps for place in ramp.members}
    banded = len(made) - len(inside) <= _BANDS
    for place, stroke in enumerate(made):
        _draw(axes, stroke, seen, width, len(made) - place, banded=banded and place not in inside)
    _draw_ends(axes, panel, seen)
    if x != "seconds":
        axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
    axes.set_xlabel(X_AXES[x])
    label = _WORDS.get(y, literal(y.replace("_", " ")))
    axes.set_ylabel(label if seen.unit == 1 else f"{label} / {number(seen.unit)}", parse_math=False)
    axes.set_title("\n".join(textwrap.wrap(panel.title, layout.title)), parse_math=False)
    told = entries(panel, layout.entries)
    draw_legend(axes, told)
    draw_scales(axes, panel, len(told))
    return leaving(panel, made, seen, y)


def _set_limits(axes: Axes, across: Sequence[Array], seen: View) -> None:
    """Set them before anything is drawn: matplotlib's own choice overflows near the largest floats."""
    left, right = min(float(x.min()) for x in across), max(float(x.max()) for x in across)
    margin = 0.02 * (right - left) or 1.0
    if seen.log:
        axes.set_yscale("log")
    axes.set_xlim(left - margin, right + margin)
    axes.set_ylim(seen.low, seen.high)
    if seen.log and (seen.high > HUGE or seen.low < 1 / HUGE):
        # matplotlib's own locator looks further than floats go.
        low, high = np.log10((seen.low, seen.high))
        powers = MaxNLocator(nbins=8, integer=True).tick_values(low, high)
        axes.yaxis.set_major_locator(FixedLocator([10.0**power for power in powers if low <= power <= high]))
        axes.yaxis.set_minor_locator(NullLocator())


def _draw(axes: Axes, stroke: Stroke, seen: View, width: float, above: int, banded: bool) -> None:
    """Draw a series; the best lies above the others."""
    look = replace(stroke.look, color=inked(stroke.look.color))
    y = above_zero(stroke.y, seen)
    x, y = seen.cut(stroke.x, y) if stroke.breaks else (stroke.x, seen.scaled(y))
    _draw_line(axes, look, x, y, width, above)
    if banded and stroke.band is not None:
        low, high = (seen.within(np.nan_to_num(edge, nan=seen.high)) for edge in stroke.band[1:])
        axes.fill_between(stroke.band[0], low, high, color=look.color, alpha=0.18, linewidth=0, zorder=1.5)


def _draw_line(axes: Axes, look: Look, x: Array, y: Array, width: float, above: int) -> None:
    axes.plot(
        x, y, color=look.color, linestyle=look.dashes, marker=look.marker or ("o" if x.size == 1 else ""), markersize=4,
        markevery=(0.005 * (above % 20), 0.1) if x.size > 1 else None, linewidth=width, zorder=2 + above / 10_000,
    )  # fmt: skip


def _draw_ends(axes: Axes, panel: Panel, seen: View) -> None:
    """Mark where each broken run ends, or leaves the picture."""
    for one in panel.series:
        for status in BROKEN:
            ends = [seen.cut(line.x, above_zero(line.y, seen)) for line in one.lines if line.run.status == status]
            if ends:
                mark = end_mark(status, inked(one.look.color))
                mark.set_data(np.array([x[-1] for x, _ in ends]), np.array([y[-1] for _, y in ends]))
                mark.set(clip_on=False, zorder=4)
                axes.add_line(mark)


def _width(lines: int) -> float:
    return 1.5 if lines <= 12 else 1.2 if lines <= 40 else 0.9
