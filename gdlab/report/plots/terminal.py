"""Curves drawn with characters: for a terminal, a pipe, or a machine without a screen."""

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from gdlab.report.numbers import number
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.columns import X_AXES, ProblemOf
from gdlab.report.plots.heights import above_zero, heights, leaving
from gdlab.report.plots.points import few, finite_lines
from gdlab.report.plots.series import Panel, panels
from gdlab.report.plots.strokes import Stroke, strokes
from gdlab.report.text import elide, literal
from gdlab.report.view import Array, View
from gdlab.store.run import Curve, Run

NARROWEST = 30  # columns: below, axes take all the room

_ROWS = 16
_MOST_SERIES = 12  # more than that nobody tells apart
_MOST_PANELS = 6
_LETTERS = string.ascii_lowercase
_COLORS = ("red", "blue", "green", "magenta", "cyan", "yellow", "white")
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # bits of a cell: two across, four down


@dataclass(frozen=True)
class Screen:
    """What can be drawn on.

    Args:
        width: characters in a line.
        color: whether colours are shown.
        ascii_only: whether nothing but ASCII can be written.
    """

    width: int = 80
    color: bool = False
    ascii_only: bool = False


def draw_on_terminal(
    runs: Sequence[tuple[Run, Curve]],
    x: str = "step",
    y: str = "loss",
    *,
    facet: str | None = None,
    problem_of: ProblemOf = lambda run: None,
    screen: Screen | None = None,
) -> tuple[Text, list[str]]:
    """Draw curves with characters, and tell what is not drawn.

    Several series are letters, or dots in colours where there are colours; one alone is dots.

    Args:
        runs: the runs and their curves.
        x: a key of `X_AXES`.
        y: any logged column, or `suboptimality`.
        facet: a setting that has a panel for each value; unset: one panel for each problem.
        problem_of: makes the problem of a run.
        screen: what is drawn on.

    Raises:
        UsageError: if there is no such column or setting, or nothing finite to draw.
    """
    screen = screen or Screen()
    lines, notes = finite_lines(runs, x, y, problem_of)
    every = panels(lines, facet)
    if len(every) > _MOST_PANELS:
        notes.append(f"only {_MOST_PANELS} of {len(every)} panels are drawn: name fewer runs to see the others")
    drawn = [(panel, strokes(panel, y)) for panel in every[:_MOST_PANELS]]
    seen = [heights(made, y) for _, made in drawn]
    parts = [_panel(*one, view, x, y, screen) for one, view in zip(drawn, seen, strict=True)]
    outside = [note for one, view in zip(drawn, seen, strict=True) for note in leaving(*one, view, y)]
    return Text("\n\n").join(parts), [*notes, *few(outside, most=3, what=" curves that leave the picture")]


def _panel(panel: Panel, drawn: Sequence[Stroke], seen: View, x: str, y: str, screen: Screen) -> Text:
    left = min(float(line.x.min()) for one in panel.series for line in one.lines)
    right = max(float(line.x.max()) for one in panel.series for line in one.lines)
    labels = [number(value * seen.unit, 3) for value in _marks(seen)]
    gutter = max(map(len, labels)) + 2
    width = max(10, max(screen.width, NARROWEST) - gutter - 1)
    shown = drawn[:_MOST_SERIES]
    dotted = not screen.ascii_only and (len(shown) == 1 or screen.color)
    cells = _cells(shown, seen, left, right, width, dotted)
    text = Text(elide(panel.title, screen.width), style="bold")
    scale = ", log scale" if seen.log else ""
    text.append(f"\n{literal(y.replace('_', ' '))}{scale}\n", style="not bold")
    bar, corner, flat = ("|", "+", "-") if screen.ascii_only else ("┤", "└", "─")
    for row in range(_ROWS):
        label = labels[_AT.index(row)] if row in _AT else ""
        text.append(f"{label:>{gutter - 1}} {bar}", style="not bold dim")
        for sign, owner in (cells[row][column] for column in range(width)):
            text.append(sign, style=f"not bold {_COLORS[owner % len(_COLORS)]}" if screen.color else "not bold")
        text.append("\n")
    text.append(" " * gutter + corner + flat * width + "\n", style="not bold dim")
    ends, name = (number(left, 4), number(right, 4)), X_AXES[x]
    room = width - len(ends[0]) - len(ends[1])
    middle = f"{elide(name, max(1, room - 2)):^{max(0, room)}}" if room > 4 else " " * max(1, room)
    text.append(" " * (gutter + 1) + ends[0] + middle + ends[1], style="not bold dim")
    return text + _legend(panel, shown, screen, dotted)


_AT = (0, 5, 10, 15)  # rows that have a label


def _marks(seen: View) -> list[float]:
    low, high = (math.log10(seen.low), math.log10(seen.high)) if seen.log else (seen.low, seen.high)
    values = [high + (low - high) * (row + 0.5) / _ROWS for row in _AT]
    return [10.0**value if seen.log else value for value in values]


def _cells(
    drawn: Sequence[Stroke], seen: View, left: float, right: float, width: int, dotted: bool
) -> list[list[tuple[str, int]]]:
    """What stands in each cell, and the series that it belongs to; the best lies above the others."""
    across, down = (2, 4) if dotted else (1, 1)
    columns, rows = width * across, _ROWS * down
    cells = [[(" ", 0)] * width for _ in range(_ROWS)]
    for place in reversed(range(len(drawn))):
        bits: dict[tuple[int, int], int] = {}
        for column, row in _dots(drawn[place], seen, left, right, columns, rows):
            at = row // down, column // across
            bits[at] = bits.get(at, 0) | _DOTS[column % across][row % down]
        for (row, column), dots in bits.items():
            sign = chr(_BRAILLE + dots) if dotted else "*" if len(drawn) == 1 else _LETTERS[place]
            cells[row][column] = (sign, place)
    return cells


def _dots(stroke: Stroke, seen: View, left: float, right: float, columns: int, rows: int) -> list[tuple[int, int]]:
    """The dots of a line: one for each column that it crosses, and those between where it is steep."""
    y = above_zero(stroke.y, seen)
    x, y = seen.cut(stroke.x, y) if stroke.breaks else (stroke.x, seen.within(y))
    up = np.log10(np.clip(y, seen.low, seen.high)) if seen.log else np.clip(y, seen.low, seen.high)
    low, high = (math.log10(seen.low), math.log10(seen.high)) if seen.log else (seen.low, seen.high)
    span = right - left
    places = (x - left) / span * (columns - 1) if span > 0 else np.full(x.shape, columns // 2)
    first, last = math.floor(places.min()), math.ceil(places.max())
    at: Array = np.arange(first, last + 1)
    crossed = np.interp(at, places, up)
    row = np.clip(np.round((high - crossed) / (high - low) * rows - 0.5), 0, rows - 1).astype(int)
    dots = []
    for k, column in enumerate(at.tolist()):
        before = int(row[k - 1]) if k else int(row[k])
        step = 1 if row[k] >= before else -1
        start = before + step if before != row[k] else before
        dots += [(column, between) for between in range(start, int(row[k]) + step, step)]
    return [(int(column), between) for column, between in dots if 0 <= column < columns]


def _legend(panel: Panel, shown: Sequence[Stroke], screen: Screen, dotted: bool) -> Text:
    text = Text()
    for place, one in enumerate(panel.series[: len(shown)]):
        sign = ("*" if len(shown) == 1 else _LETTERS[place]) if not dotted else "⣿"
        status = {line.run.status for line in one.lines if line.run.status in BROKEN}
        end = f"ends at {number(float(shown[place].y[-1]), 3)}"
        told = ", ".join([end, *sorted(map(str, status))])
        text.append(f"\n  {sign} ", style=f"not bold {_COLORS[place % len(_COLORS)]}" if screen.color else "not bold")
        text.append(f"{elide(one.label, max(12, screen.width - len(told) - 6))}  {told}", style="not bold")
    if len(panel.series) > len(shown):
        text.append(f"\n    … and {len(panel.series) - len(shown)} more", style="not bold dim")
    return text
