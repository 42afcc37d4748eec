"""The activations beside their derivatives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from gdlab.autodiff import gradient
from gdlab.problems.networks.activations import Activation, activation
from gdlab.report.plots import looks
from gdlab.report.plots.looks import Dashes
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.style import ground, ink, inked, scale
from gdlab.report.view import Array

_ENDS = 5.0  # z goes from −5 to 5
_POINTS = 1001  # an odd number, so that 0 is one of them
_JUMP = 0.05  # between neighbours, which a slope below 5 does not make


@dataclass(frozen=True)
class _Curve:
    """How an activation is drawn: the narrower above the wider, so that both are seen where they coincide."""

    name: Activation
    color: str
    dashes: Dashes
    width: float = 1.8
    slope: float | None = None
    note: str = ""

    @property
    def label(self) -> str:
        return self.name + (f", slope {self.slope:g}" if self.slope is not None else "") + self.note


_CURVES = (
    _Curve("identity", "#c8c8c8", looks.SOLID, 7.0),
    _Curve("step", looks.BLACK, looks.SOLID, note=", sign(z)"),
    _Curve("sigmoid", looks.BLUE, looks.LONG),
    _Curve("tanh", looks.VERMILION, looks.DASHED),
    _Curve("relu", looks.SKY, looks.SOLID, 4.4),
    _Curve("leaky_relu", looks.GREEN, looks.SHORT, 2.6, slope=0.1),
    _Curve("elu", looks.PURPLE, looks.DASH_DOT),
    _Curve("softplus", looks.ORANGE, looks.SOLID),
    _Curve("gelu", "#6b4c2a", looks.DOTTED, 2.0, note=", tanh form"),
)


def draw_activations(sheet: Sheet = PAPER) -> Picture:
    """Draw all activations from z = −5 to 5, and their derivatives, found by reverse mode, in a panel beside them.

    A line is interrupted where its function jumps. Circles mark where the lines of the step, and of its derivative, end
    at z = 0 without a value there.

    Args:
        sheet: what it is drawn on.

    Raises:
        UsageError: if there is no such style.
    """
    z = np.linspace(-_ENDS, _ENDS, _POINTS)
    with sheet.styled():
        figure = sheet.figure(10.5, 4.2)
        left, right = figure.subplots(1, 2)
        for curve in _CURVES:
            f = activation(curve.name, curve.slope)
            _draw(left, z, np.asarray(f(z), float), curve)
            _draw(right, z, _slopes(f, z), curve)
        _circles(left, (-1.0, 1.0))
        _circles(right, (0.0,))
        _frame(left, "activation", (-1.7, 3.2))
        _frame(right, "its derivative", (-0.2, 1.25))
        right.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, handlelength=4.2, borderaxespad=0)
        sheet.head(figure)
    return Picture(figure)


def _slopes(f: Callable[[Any], Any], z: Array) -> Array:
    return gradient(lambda points: np.sum(f(points)), z)


def _draw(axes: Axes, z: Array, values: Array, curve: _Curve) -> None:
    gaps = np.flatnonzero(np.abs(np.diff(values)) > _JUMP) + 1
    x, y = np.insert(z, gaps, np.nan), np.insert(values, gaps, np.nan)
    look: dict[str, Any] = {"color": inked(curve.color), "linestyle": curve.dashes, "linewidth": curve.width * scale()}
    axes.plot(x, y, label=curve.label, solid_capstyle="butt", zorder=3 - curve.width / 10, **look)


def _circles(axes: Axes, heights: tuple[float, ...]) -> None:
    """Open ends of the step at z = 0."""
    axes.plot(
        [0.0] * len(heights),
        heights,
        "o",
        markersize=5,
        markerfacecolor=ground(),
        markeredgecolor=ink(),
        zorder=5,
    )


def _frame(axes: Axes, title: str, limits: tuple[float, float]) -> None:
    axes.set_title(title)
    axes.set_xlabel("z")
    axes.set_xlim(-_ENDS, _ENDS)
    axes.set_xticks(np.arange(-_ENDS, _ENDS + 1))
    axes.set_ylim(*limits)
    axes.axvline(0, color=looks.GREY, linewidth=0.6, zorder=0)
    axes.axhline(0, color=looks.GREY, linewidth=0.6, zorder=0)
