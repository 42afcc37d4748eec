"""The ways of optimizers over the level lines of a problem of two parameters."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gdlab.experiment.spec import Experiment
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.again import Again, first_of, trained_again
from gdlab.report.plots.film import FRAMES
from gdlab.report.plots.landscape import draw_levels, draw_minima, window
from gdlab.report.plots.legend import ENDS, LONGEST, draw_legend
from gdlab.report.plots.points import few
from gdlab.report.plots.series import grouped, problem_titles
from gdlab.report.plots.sheet import PAPER, Film, Picture, Sheet
from gdlab.report.plots.style import ground, ink, inked, scale
from gdlab.report.settings import identity, settings
from gdlab.report.text import elide, literal
from gdlab.report.view import Array
from gdlab.store.run import Run

MOST_RUNS = 24
MOST_PANELS = 6

_DRAWN = 3000  # points of a way, beyond which more are not seen
_DOTS = 40  # steps up to which each is a dot
_FAR = 1e6  # coordinates beyond it are not drawn: they overflow


def draw_path(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Picture:
    """Draw where each run went, over level lines: all with the budget of the one that has the fewest steps.

    The runs are trained again, to the same bits, for their ways are not stored. The start is a circle, the minimum a
    star, where a run ended a dot, or the mark of how it broke.

    Raises:
        UsageError: if no problem has two parameters, or there is no such style.
    """
    film = animate_path(runs, sheet=sheet)
    with sheet.styled():
        film.show(film.frames - 1)
    return Picture(film.figure, film.notes)


def animate_path(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Film:
    """The same as a film, in which all take their steps at the same time.

    Raises:
        UsageError: as `draw_path`.
    """
    every = trained_again(runs)
    flat = [one for one in every if one.experiment.problem.dim == 2]
    refused = [
        f"{literal(one.run.name)} has {one.experiment.problem.dim} parameters, and a plane has 2"
        for one in every
        if one.experiment.problem.dim != 2
    ]
    kept, notes = first_of(flat, refused, MOST_RUNS)
    told = {one.run.id: settings(one.run.config) for one in kept}
    problems = [*grouped(kept, lambda one: identity(told[one.run.id], "problem")).values()][:MOST_PANELS]
    titles = problem_titles([told[members[0].run.id] for members in problems])
    with sheet.styled():
        figure, every_axes = sheet.panels(len(problems), 6.4, 4.6, across=2)
        panels = [_Panel(*parts) for parts in zip(every_axes, titles, problems, strict=True)]
        if sheet.title is not None:
            sheet.head(figure)

    def show(frame: int) -> None:
        for panel in panels:
            panel.show(frame)

    frames = min(FRAMES, max(panel.budget for panel in panels) + 1)
    for panel in panels:
        panel.frames = frames
    notes += few([note for panel in panels for note in panel.leaving], most=3, what=" runs that leave the picture")
    return Film(figure, frames, show, tuple(notes))


class _Panel:
    """One problem, and the ways over it."""

    def __init__(self, axes: Axes, title: str, members: Sequence[Again]) -> None:
        self.axes, self.title, self.members = axes, title, members
        self.frames = 1
        self.budget = min(one.experiment.steps for one in members)
        self.ways = [one.points[: self.budget + 1] for one in members]
        broken = [one.run.status in BROKEN for one in members]
        whole = [way for way, breaks in zip(self.ways, broken, strict=True) if not breaks]
        shown = window(members[0].problem, whole, [w for w, breaks in zip(self.ways, broken, strict=True) if breaks])
        draw_levels(axes, members[0].problem, shown)
        least = draw_minima(axes, members[0].problem, shown)
        shown.on(axes)
        axes.grid(visible=False)
        axes.set_xlabel("w₁")
        axes.set_ylabel("w₂")
        self.leaving = [
            f"{one.label} leaves the picture"
            for one, way in zip(members, self.ways, strict=True)
            if not (shown.left <= way[-1, 0] <= shown.right and shown.low <= way[-1, 1] <= shown.high)
        ]
        self.lines = [self._line(one) for one in members]
        self.tips = [self._tip(one) for one in members]
        for start in np.unique([way[0] for way in self.ways], axis=0):
            axes.plot(*start[:, None], "o", markersize=8, markerfacecolor=ground(), markeredgecolor=ink(), zorder=7)
        told = [(elide(one.label, LONGEST), line) for one, line in zip(members, self.lines, strict=True)]
        draw_legend(axes, [*told, ("start", _sample("o", markerfacecolor=ground())), *_least(least)])

    def show(self, frame: int) -> None:
        """All ways up to the step of a frame."""
        step = self.budget if frame >= self.frames - 1 else round(self.budget * frame / (self.frames - 1))
        for way, line, tip, one in zip(self.ways, self.lines, self.tips, self.members, strict=True):
            part = np.clip(_thinned(way[: step + 1]), -_FAR, _FAR)
            line.set_data(part[:, 0], part[:, 1])
            line.set_marker("." if len(part) <= _DOTS else "")
            tip.set_data(part[-1:, 0], part[-1:, 1])
            tip.set_marker(ENDS[one.run.status] if one.run.status in BROKEN and step >= len(way) - 1 else "o")
        upto = "up to " * any(len(way) - 1 < step for way in self.ways)  # some end before
        head = f"{self.title} · {upto}{step:,} step{'s' * (step != 1)}{' each' * (len(self.members) > 1)}"
        self.axes.set_title("\n".join(textwrap.wrap(head, 72)), loc="left", parse_math=False)

    def _line(self, one: Again) -> Line2D:
        (line,) = self.axes.plot(
            [], [], color=inked(one.look.color), linestyle=one.look.dashes, linewidth=1.4 * scale(), zorder=3,
        )  # fmt: skip
        return line

    def _tip(self, one: Again) -> Line2D:
        (tip,) = self.axes.plot(
            [], [], linestyle="none", marker="o", markersize=6, color=inked(one.look.color), zorder=5,
            markeredgecolor=ground(), markeredgewidth=0.8,
        )  # fmt: skip
        return tip


def _least(shown: bool) -> list[tuple[str, Line2D]]:
    return [("minimum", _sample("*", markersize=11, markerfacecolor="#f0c000", markeredgecolor="black"))] * shown


def _sample(marker: str, **look: Any) -> Line2D:
    return Line2D([], [], **({"linestyle": "none", "marker": marker, "markeredgecolor": ink()} | look))


def _thinned(way: Array) -> Array:
    """The finite part of a way, with no more points than are seen."""
    bad = np.flatnonzero(~np.isfinite(way).all(axis=1))
    whole = way[: max(1, bad[0])] if bad.size else way
    every = -(-len(whole) // _DRAWN)
    return whole if every == 1 else np.concatenate([whole[::every], whole[-1:]])
