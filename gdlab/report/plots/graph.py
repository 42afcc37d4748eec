"""The graph of a formula as a picture: inputs below, the result on top, value and adjoint in every box."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from gdlab.autodiff.walk import Step, Walk
from gdlab.errors import UsageError
from gdlab.report.numbers import number
from gdlab.report.plots.layers import Spot, lay_out
from gdlab.report.plots.looks import BLUE, GREY, VERMILION
from gdlab.report.plots.style import style
from gdlab.report.text import elide, literal

_MOST = 60  # steps of a picture that can still be read
_WIDE, _HIGH = 1.7, 1.05  # inches of a box with the space around it
_ROOM = np.array([0.3, 0.15])  # that a number on an arrow takes, in boxes and rows
_WIDEST = 70  # characters of the title
_FILLS = {"input": "#dceaf5", "constant": "#eeeeee", "operation": "#ffffff"}


def draw_walk(walk: Walk, title: str) -> Figure:
    """Draw a walk: arrows go where a value is used, and carry the derivative by it.

    Args:
        walk: the steps.
        title: what was walked through.

    Raises:
        UsageError: if there are too many steps for a picture.
    """
    if len(walk.steps) > _MOST:
        raise UsageError(
            f"a picture of {len(walk.steps)} steps cannot be read; at most {_MOST} are drawn (--dot has all)"
        )
    edges = [(step.name, use.by) for step in walk.steps for use in step.uses]
    layout = lay_out([step.name for step in walk.steps], edges)
    spots = [*layout.places.values(), *(spot for route in layout.routes.values() for spot in route)]
    left, right = min(x for x, _ in spots) - 0.55, max(x for x, _ in spots) + 0.55
    top = max(y for _, y in spots) + 0.5
    with style():
        figure = Figure(figsize=(max(3.6, _WIDE * (right - left)), _HIGH * (top + 0.5) + 0.6), layout="constrained")
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_title(_escaped(literal(title), _WIDEST))
        axes.set_xlim(left, right)
        axes.set_ylim(-0.5, top)
        for word, color, shift in (("value", BLUE, 0), ("adjoint", VERMILION, 32), ("∂user/∂step", GREY, 74)):
            axes.annotate(
                word, (0, 1), (shift, 0), "axes fraction", "offset points", va="top", fontsize=8.5, color=color
            )
        boxes = {step.name: _box(axes, step, layout.places[step.name]) for step in walk.steps}
        taken = list(layout.places.values())
        for step in walk.steps:
            for k, use in enumerate(step.uses):
                again = sum(other.by == use.by for other in step.uses[:k])
                twice = sum(other.by == use.by for other in step.uses) > 1
                points = [layout.places[step.name], *layout.routes[step.name, use.by], layout.places[use.by]]
                local = "" if use.partial is None or np.ndim(use.partial) else number(use.partial, 3)
                bend = (0.15 + 0.1 * again) * (-1) ** again if twice else 0.0
                _arrow(axes, points, boxes[use.by], bend)
                _label(axes, points, local, bend, taken)
    return figure


def _box(axes: Axes, step: Step, spot: Spot) -> Text:
    x, y = spot
    name = _escaped(f"{step.name} = {step.text}", 22)
    value, adjoint = _short(step.value), _short(step.adjoint)
    # The box is that of a text without colour, which is as wide as what is then written into it.
    room = "0" * (2 * max(len(value), len(adjoint)) + 3)
    look = {"boxstyle": "round,pad=0.35", "facecolor": _FILLS[step.kind], "edgecolor": GREY, "linewidth": 0.8}
    box = axes.text(x, y, f"{name}\n{room}", ha="center", va="center", fontsize=8.5, color="none", bbox=look, zorder=3)
    for text, shift, ha, va, color in (
        (name, (0, 1), "center", "bottom", "black"),
        (value, (-4, -1), "right", "top", BLUE),
        (adjoint, (4, -1), "left", "top", VERMILION),
    ):
        axes.annotate(text, spot, shift, "data", "offset points", ha=ha, va=va, color=color, fontsize=8.5, zorder=4)
    return box


def _arrow(axes: Axes, points: list[Spot], target: Text, bend: float) -> None:
    """A line through all points, with its head at the edge of a box."""
    *_, before, end = points
    if len(points) > 2:
        axes.plot(*zip(*points[:-1], strict=True), color=GREY, linewidth=0.9, zorder=1, solid_joinstyle="round")
    arrow = {
        "arrowstyle": "-|>",
        "color": GREY,
        "linewidth": 0.9,
        "shrinkA": 0,
        "shrinkB": 1,
        "patchB": target.get_bbox_patch(),
        "connectionstyle": f"arc3,rad={bend}",
    }
    axes.annotate("", end, before, arrowprops=arrow, zorder=1)


def _label(axes: Axes, points: list[Spot], label: str, bend: float, taken: list[Spot]) -> None:
    """The number of an arrow, on its first piece, where it is furthest from the numbers that stand already."""
    if not label:
        return
    start, then = (np.array(spot) * (_WIDE, _HIGH) for spot in points[:2])
    along = then - start
    middle = (start + then) / 2 + bend * np.array([along[1], -along[0]])  # as matplotlib bends an arc
    t = np.array([0.45, 0.38, 0.52, 0.32, 0.58, 0.64, 0.7])[:, None]
    places = ((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * then) / (_WIDE, _HIGH)
    # In units of the room that a number takes; what is more than one apart does not overlap.
    gaps = np.abs(places[:, None] - np.array(taken)) / _ROOM
    x, y = places[np.argmax(np.minimum(np.min(np.max(gaps, axis=2), axis=1), 1.0))]
    taken.append((x, y))
    patch = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axes.text(x, y, label, fontsize=7.5, color=GREY, ha="center", va="center", zorder=2, bbox=patch)


def _short(value: Any) -> str:
    return number(value, 4) if np.ndim(value) == 0 else "×".join(map(str, np.shape(value)))


def _escaped(text: str, width: int) -> str:
    return elide(text, width).replace("$", r"\$")
