"""Loss curves: one panel for each problem, one colour for each optimizer."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from gdlab.errors import UsageError, join, unknown
from gdlab.report.numbers import number
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.legend import draw_legend, end_mark, entries
from gdlab.report.plots.series import Line, Panel, panels
from gdlab.report.plots.style import Look, style
from gdlab.report.text import literal
from gdlab.report.view import HUGE, Array, View, view
from gdlab.store.run import Curve, Run

X_AXES = {"step": "step", "evaluations": "evaluations of the loss", "seconds": "seconds"}

MOST_PANELS = 12


@dataclass(frozen=True)
class Picture:
    """A figure, and what the reader must know that it does not show."""

    figure: Figure
    notes: tuple[str, ...]


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


def draw_curves(runs: Sequence[tuple[Run, Curve]], x: str = "step", y: str = "loss") -> Picture:
    """Draw a logged column of runs over steps, evaluations or seconds.

    The y axis is logarithmic if that is honest. Points that are not finite are not drawn; the end of a run that
    diverged, has no bound or became non-finite is marked.

    Args:
        runs: the runs and their curves.
        x: a key of `X_AXES`.
        y: any logged column.

    Raises:
        UsageError: if there is no such column, or nothing finite in it.
    """
    lines, notes = _lines(runs, x, y)
    every = panels(lines)
    drawn = every[:MOST_PANELS]
    if len(drawn) < len(every):
        notes.append(f"only {len(drawn)} of {len(every)} problems are drawn: name fewer runs to see the others")
    layout = _SINGLE if len(drawn) == 1 else _FEW if len(drawn) <= _FEW_PANELS else _MANY
    outside = []
    with style():
        figure = _figure(drawn, layout)
        for axes, panel in zip(figure.axes, drawn, strict=True):
            outside += _draw_panel(axes, panel, layout, x, y)
    return Picture(figure, (*notes, *_cut(outside, most=3, what=" curves that leave the picture")))


def _lines(runs: Sequence[tuple[Run, Curve]], x: str, y: str) -> tuple[list[Line], list[str]]:
    """The finite points of each run, and sentences on the runs that have none."""
    if x not in X_AXES:
        raise UsageError(unknown("--x", x, X_AXES))
    columns = dict.fromkeys(name for _, curve in runs for name in curve)
    if y not in columns and columns:
        raise UsageError(unknown("--y", y, columns))
    lines = []
    missing: dict[str, list[str]] = {}
    for run, curve in runs:
        line = _line(run, curve, x, y)
        if isinstance(line, Line):
            lines.append(line)
        else:
            missing.setdefault(line, []).append(literal(run.name))
    if not lines:
        raise UsageError(f"there is nothing to draw: {' and '.join(missing) or 'there are no runs'}")
    return lines, [f"not drawn, {why}: {join(_cut(names, most=5))}" for why, names in missing.items()]


def _line(run: Run, curve: Curve, x: str, y: str) -> Line | str:
    """The finite points of a run, or why there is nothing to draw."""
    across, up = (curve.get(name, np.empty(0)) for name in (x, y))
    kept = np.isfinite(across) & np.isfinite(up) if across.size == up.size else np.zeros(up.size, dtype=bool)
    if not kept.any():
        return f"no finite {y} is logged"
    if x != "step" and kept.sum() > 1 and not across[kept].any():
        return f"no {x} are counted"  # such as evaluations where dual numbers do the work
    return Line(run, across[kept], up[kept])


def _cut(words: list[str], most: int, what: str = "") -> list[str]:
    return words if len(words) <= most else [*words[:most], f"{len(words) - most} more{what}"]


def _figure(drawn: Sequence[Panel], layout: _Layout) -> Figure:
    """An empty figure with as many axes as panels, and room for their legends."""
    longest = max(len(label) for panel in drawn for label, _ in entries(panel.series, layout.entries))
    columns, rows = layout.columns, -(-len(drawn) // layout.columns)
    width = layout.width + 1.1 + 0.068 * longest
    figure = Figure(figsize=(columns * width, rows * (layout.height + 0.4)), layout="constrained")
    for place in range(len(drawn)):
        figure.add_subplot(rows, columns, place + 1)
    return figure


def _draw_panel(axes: Axes, panel: Panel, layout: _Layout, x: str, y: str) -> list[str]:
    """Draw the curves of one problem; return sentences on what lies outside."""
    lines = [line for one in panel.series for line in one.lines]
    broken = [line.y for line in lines if line.run.status in BROKEN]
    seen = view([line.y for line in lines if line.run.status not in BROKEN], broken)
    shown = {id(line): _shown(line, seen) for line in lines}
    _set_limits(axes, [across for across, _ in shown.values()], seen)
    for place, one in enumerate(panel.series):
        drawn = [(line.run.status, *shown[id(line)]) for line in one.lines]
        _draw_series(axes, one.look, drawn, _width(len(lines)), len(panel.series) - place)
    if x != "seconds":
        axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
    axes.set_xlabel(X_AXES[x])
    label = literal(y.replace("_", " "))
    axes.set_ylabel(label if seen.unit == 1 else f"{label} / {number(seen.unit)}", parse_math=False)
    axes.set_title("\n".join(textwrap.wrap(panel.title, layout.title)), parse_math=False)
    draw_legend(axes, entries(panel.series, layout.entries))
    return [_outside(line, seen, label) for line in lines if line.run.status not in BROKEN and not seen.holds(line.y)]


def _outside(line: Line, seen: View, label: str) -> str:
    low, high = float(line.y.min()), float(line.y.max())
    way = f"down to {number(low)}" if seen.holds(line.y[line.y == high]) else f"up to {number(high)}"
    return f"{literal(line.run.name)} leaves the picture: its {label} goes {way}"


def _shown(line: Line, seen: View) -> tuple[Array, Array]:
    return seen.cut(line.x, line.y) if line.run.status in BROKEN else (line.x, seen.scaled(line.y))


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


def _draw_series(axes: Axes, look: Look, drawn: Sequence[tuple[str, Array, Array]], width: float, above: int) -> None:
    """Draw the runs of a series, each with its status; the best series lies above the others."""
    several = len(drawn) > 1
    for place, (status, x, y) in enumerate(drawn):
        marker = look.marker if place == 0 else ""
        axes.plot(
            x, y, color=look.color, linestyle=look.dashes, marker=marker or ("o" if x.size == 1 else ""), markersize=4,
            markevery=(0.005 * (above % 20), 0.1) if x.size > 1 else None, linewidth=0.6 * width if several else width,
            alpha=0.6 if several else 1.0, zorder=2 + above / 1000,
        )  # fmt: skip
        if status in BROKEN:
            mark = end_mark(status, look.color)
            mark.set_data(x[-1:], y[-1:])
            mark.set(clip_on=False, zorder=4)
            axes.add_line(mark)


def _width(lines: int) -> float:
    return 1.5 if lines <= 12 else 1.2 if lines <= 40 else 0.9
