"""How long the gradient of each layer of a network is while it learns."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from gdlab.autodiff import METHODS
from gdlab.experiment.spec import Experiment
from gdlab.problems.networks.base import NetworkProblem
from gdlab.report.plots.again import Again, first_of, first_seeds, trained_again
from gdlab.report.plots.looks import BLACK, BLUE, DASH_DOT, DASHED, GREEN, LONG, ORANGE, PURPLE, SKY, SOLID, VERMILION
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.style import inked, scale
from gdlab.report.text import elide, literal
from gdlab.report.view import Array, view
from gdlab.store.run import Run

MOST_PANELS = 9

_POINTS = 200  # of each run at which the gradient is taken
_COLORS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
_DASHES = (SOLID, DASHED, DASH_DOT, LONG)


def draw_gradients(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Picture:
    """Draw the Euclidean norm of the gradient by the parameters of each layer, over all rows: one panel for each run.

    The runs are trained again, to the same bits; of those that differ in their seed alone, the first.

    Raises:
        UsageError: if no run trains a network, or there is no such style.
    """
    every = first_seeds(trained_again(runs))
    networks = [one for one in every if isinstance(one.problem, NetworkProblem)]
    refused = [
        f"{literal(one.run.name)} has no layers: its problem is {one.problem.name}"
        for one in every
        if not isinstance(one.problem, NetworkProblem)
    ]
    kept, notes = first_of(networks, refused, MOST_PANELS)
    with sheet.styled():
        figure, every_axes = sheet.panels(len(kept), 5.6, 3.4, across=2)
        for axes, one in zip(every_axes, kept, strict=True):
            _draw(axes, one)
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, tuple(notes))


def layer_norms(one: Again) -> tuple[Array, Array]:
    """Steps, shape (points,), and the norm of the gradient by each layer there, shape (points, layers)."""
    problem, points = one.problem, one.points
    assert isinstance(problem, NetworkProblem)  # noqa: S101 - others are refused
    at = np.unique(np.linspace(0, len(points) - 1, min(_POINTS, len(points))).round().astype(int))
    derivatives = METHODS["reverse"]().bind(problem.loss, points[0])
    norms = np.empty((len(at), len(problem.network.layers)))
    with np.errstate(all="ignore"):
        for row, step in enumerate(at):
            gradient = derivatives.gradient(points[step])
            norms[row] = [np.linalg.norm(gradient[layer.begin : layer.end]) for layer in problem.network.layers]
    return at.astype(float), norms


def _draw(axes: Axes, one: Again) -> None:
    problem = one.problem
    assert isinstance(problem, NetworkProblem)  # noqa: S101 - others are refused
    steps, norms = layer_norms(one)
    finite = [column[np.isfinite(column)] for column in norms.T]
    seen = view([column for column in finite if column.size] or [np.zeros(1)], [])
    axes.set_yscale("log" if seen.log else "linear")
    axes.set_ylim(seen.low, seen.high)
    last = len(problem.network.layers)
    for k, (column, layer) in enumerate(zip(norms.T, problem.network.layers, strict=True)):
        color, dashes = inked(_COLORS[k % len(_COLORS)]), _DASHES[k // len(_COLORS) % len(_DASHES)]
        place = " (first)" if k == 0 and last > 1 else " (last)" if k == last - 1 and last > 1 else ""
        label = f"layer {k + 1}: {layer.inputs}→{layer.outputs}{place}"
        ok = np.isfinite(column)
        axes.plot(
            steps[ok], seen.scaled(column[ok]), color=color, linestyle=dashes, label=label, linewidth=1.4 * scale()
        )
    axes.set_xlabel("step")
    axes.set_ylabel("norm of the gradient, all training rows")
    axes.set_title(elide(one.told, 60), parse_math=False)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, borderaxespad=0)
