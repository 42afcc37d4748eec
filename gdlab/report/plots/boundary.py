"""Where a classifier of two inputs draws its line, over the data that it learned from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from gdlab.experiment.spec import Experiment
from gdlab.problems.data.base import Split, Table
from gdlab.problems.networks.base import NetworkProblem
from gdlab.report.numbers import number
from gdlab.report.plots.again import Again, first_of, first_seeds, trained_again
from gdlab.report.plots.film import FRAMES
from gdlab.report.plots.looks import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from gdlab.report.plots.sheet import PAPER, Film, Picture, Sheet
from gdlab.report.plots.style import ground, ink, scale
from gdlab.report.text import elide, literal
from gdlab.report.view import Array
from gdlab.store.run import Run

MOST_PANELS = 9

_COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, "#6b4c2a", "#777777", "#000000", "#F0E442")
_MARKERS = "os^Dvp<>hX"
_POINTS, _FINE = 120, 400  # of the grid in each direction: of a frame, and of a picture that is looked at for longer
_MARGIN = 0.15
_MOST_ROWS = 3000  # that are drawn as points


def draw_boundary(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Picture:
    """Draw what a classifier of two inputs makes of every point, and the rows of its data: one panel for each run.

    The runs are trained again, to the same bits; of those that differ in their seed alone, the first. Rows to test on
    are hollow.

    Raises:
        UsageError: if no run has two inputs and classes, or there is no such style.
    """
    every, notes = _flat(runs)
    with sheet.styled():
        figure, every_axes = sheet.panels(len(every), 4.8, 3.7)
        for axes, one in zip(every_axes, every, strict=True):
            panel = _Panel(axes, one, _FINE)
            panel.show(one.result.solution, one.result.outcome.step)
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, tuple(notes))


def animate_boundary(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Film:
    """The same as a film over the steps.

    Raises:
        UsageError: as `draw_boundary`.
    """
    every, notes = _flat(runs)
    with sheet.styled():
        figure, every_axes = sheet.panels(len(every), 4.8, 3.7)
        panels = [_Panel(axes, one, _POINTS) for axes, one in zip(every_axes, every, strict=True)]
        if sheet.title is not None:
            sheet.head(figure)
    longest = max(len(one.points) for one in every)
    frames = min(FRAMES, longest)

    def show(frame: int) -> None:
        # More frames while much happens: their steps are evenly spaced in the square root.
        step = round((longest - 1) * (frame / max(1, frames - 1)) ** 2)
        for panel, one in zip(panels, every, strict=True):
            at = min(step, len(one.points) - 1)
            panel.show(one.points[at], at)

    return Film(figure, frames, show, tuple(notes))


def _flat(runs: Sequence[tuple[Run, Experiment]]) -> tuple[list[Again], list[str]]:
    every = first_seeds(trained_again(runs))
    refused = {one.run.id: why for one in every if (why := _refusal(one)) is not None}
    return first_of([one for one in every if one.run.id not in refused], [*refused.values()], MOST_PANELS)


def _refusal(one: Again) -> str | None:
    """Why there is no boundary to draw."""
    problem, name = one.problem, literal(one.run.name)
    if not isinstance(problem, NetworkProblem):
        return f"{name} is no classifier: its problem is {problem.name}"
    if not problem.head.classes:
        return f"{name} has numbers as targets, and no classes"
    inputs = problem.split.train.inputs.shape[1]
    if inputs != 2:
        return f"{name} has {inputs} input{'s' * (inputs != 1)}, and a plane has 2"
    return None if problem.split.train.resident else f"the rows of {name} stay in their file"


class _Panel:
    """One run: its data, and what its parameters of the moment make of the plane."""

    def __init__(self, axes: Axes, one: Again, points: int) -> None:
        self.points = points
        assert isinstance(one.problem, NetworkProblem)  # noqa: S101 - others are refused
        self.axes, self.problem, self.label = axes, one.problem, one.told
        split = self.problem.split
        rows = np.concatenate([split.train.inputs, *([split.test.inputs] if split.test is not None else [])])
        span = np.maximum(np.ptp(rows, axis=0), 1e-9)
        low, high = rows.min(axis=0) - _MARGIN * span, rows.max(axis=0) + _MARGIN * span
        self.x, self.y = np.meshgrid(*(np.linspace(low[k], high[k], points) for k in (0, 1)))
        self.drawn: list[Any] = []
        self.names = split.train.classes
        self.colors = [_COLORS[k % len(_COLORS)] for k in range(len(self.names))]
        for table, hollow in ((split.train, False), (split.test, True)):
            if table is not None:
                self._scatter(_raw(split, table.inputs), table, hollow)
        axes.grid(visible=False)
        axes.set_xlabel(literal(split.train.columns[0]) if split.train.columns else "x₁", parse_math=False)
        axes.set_ylabel(literal(split.train.columns[1]) if split.train.columns else "x₂", parse_math=False)
        self.corners = _raw(split, np.stack([low, high]))
        axes.set_xlim(*self.corners[:, 0])
        axes.set_ylim(*self.corners[:, 1])
        if split.test is not None:
            axes.scatter([], [], s=16, facecolors="none", edgecolors=ink(), label="test rows")
        if len(self.names) <= len(_COLORS):
            # A place of its own: to look for the best one takes as long as all else, in each frame.
            legend = axes.legend(
                loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, handletextpad=0.2, borderaxespad=0
            )
            for text in legend.get_texts():
                text.set_parse_math(False)

    def show(self, w: Array, step: int) -> None:
        """What parameters make of the plane."""
        for one in self.drawn:
            one.remove()
        grid = np.stack([self.x.ravel(), self.y.ravel()], axis=1)
        with np.errstate(all="ignore"):
            scores = self.problem.scores(w, grid)
            classes = np.asarray(self.problem.head.predict(scores)).reshape(self.x.shape)
            right = float(self.problem.accuracy(w))
        left, low, right_end, high = (float(side) for corner in self.corners for side in corner)
        look: dict[str, Any] = {
            "cmap": ListedColormap(self.colors),
            "vmin": -0.5,
            "vmax": len(self.names) - 0.5,
            "alpha": 0.25,
        }
        mesh = self.axes.imshow(
            classes, origin="lower", extent=(left, right_end, low, high), aspect="auto", zorder=0,
            interpolation="nearest", **look,
        )  # fmt: skip
        self.drawn = [mesh]
        edges = [k + 0.5 for k in range(len(self.names) - 1) if (classes <= k).any() and (classes > k).any()]
        if edges:
            across, up = np.linspace(left, right_end, self.points), np.linspace(low, high, self.points)
            self.drawn.append(
                self.axes.contour(across, up, classes, levels=edges, colors=ink(), linewidths=1.1 * scale())
            )
        title = f"{elide(self.label, 46)}\nstep {step:,} · accuracy {number(right, 3)} on training rows"
        self.axes.set_title(title, loc="left", parse_math=False)

    def _scatter(self, inputs: Array, table: Table, hollow: bool) -> None:
        every = -(-len(table) // _MOST_ROWS)
        inputs, targets = inputs[::every], table.targets[::every]
        for k, (name, color) in enumerate(zip(self.names, self.colors, strict=True)):
            chosen = inputs[targets == k]
            look: dict[str, Any] = (
                {"facecolors": "none", "edgecolors": color, "linewidths": 1.0}
                if hollow
                else {"facecolors": color, "edgecolors": ground(), "linewidths": 0.4}
            )
            size = (60 if len(inputs) <= 20 else 16) * scale()
            marker = _MARKERS[k % len(_MARKERS)]
            # Matplotlib leaves a label that begins with an underscore out of the legend.
            label = "" if hollow else "\u200b" * name.startswith("_") + elide(literal(name), 20)
            self.axes.scatter(chosen[:, 0], chosen[:, 1], s=size, marker=marker, label=label or None, zorder=3, **look)


def _raw(split: Split, inputs: Array) -> Array:
    """Inputs as they were before they were standardized."""
    return inputs if split.mean is None or split.deviation is None else inputs * split.deviation + split.mean
