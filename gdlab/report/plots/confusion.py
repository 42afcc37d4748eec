"""Which classes a classifier takes for which, on rows that it has never seen."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from gdlab.experiment.spec import Experiment
from gdlab.problems.networks.base import NetworkProblem
from gdlab.report.numbers import number
from gdlab.report.plots.again import Again, first_of, first_seeds, trained_again
from gdlab.report.plots.looks import GREY
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.style import scale
from gdlab.report.text import elide, literal
from gdlab.report.view import Array
from gdlab.store.run import Run

MOST_PANELS = 9
MOST_CLASSES = 40

_WRITTEN = 20  # classes up to which the counts are written


def draw_confusion(runs: Sequence[tuple[Run, Experiment]], *, sheet: Sheet = PAPER) -> Picture:
    """Draw how many test rows of each class are taken for each: one panel for each run.

    The runs are trained again, to the same bits; of those that differ in their seed alone, the first. The shade is the
    share of a class, so that each row sums to 1.

    Raises:
        UsageError: if no run has classes and rows to test on, or there is no such style.
    """
    every = first_seeds(trained_again(runs))
    refused = {one.run.id: why for one in every if (why := _refusal(one)) is not None}
    kept, notes = first_of([one for one in every if one.run.id not in refused], [*refused.values()], MOST_PANELS)
    with sheet.styled():
        most = max(len(_problem(one).split.train.classes) for one in kept)
        size = min(9.0, 2.6 + 0.32 * most)
        figure, every_axes = sheet.panels(len(kept), size + 0.6, size)
        for axes, one in zip(every_axes, kept, strict=True):
            _draw(axes, one)
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, tuple(notes))


def confusion(one: Again) -> Array:
    """How many test rows of each class (down) are taken for each (across), an int array of shape (classes, classes)."""
    problem = _problem(one)
    test = problem.split.test
    assert test is not None  # noqa: S101 - others are refused
    amount = len(test.classes)
    counts = np.zeros((amount, amount), int)
    for rows in test.pieces():
        inputs, targets = test.take(rows)
        np.add.at(counts, (targets, problem.predict(one.result.solution, inputs)), 1)
    return counts


def _problem(one: Again) -> NetworkProblem:
    assert isinstance(one.problem, NetworkProblem)  # noqa: S101 - others are refused
    return one.problem


def _refusal(one: Again) -> str | None:
    """Why there is nothing to count."""
    problem, name = one.problem, literal(one.run.name)
    if not isinstance(problem, NetworkProblem):
        return f"{name} is no classifier: its problem is {problem.name}"
    if not problem.head.classes:
        return f"{name} has numbers as targets, and no classes"
    if problem.split.test is None:
        return (
            f"{name} keeps no rows apart to test on: give its data a share of them, such as "
            f"`data: {{name: {problem.design.data.name}, test: 0.2}}`"
        )
    amount = len(problem.split.test.classes)
    return None if amount <= MOST_CLASSES else f"{name} has {amount} classes, and at most {MOST_CLASSES} can be read"


def _draw(axes: Axes, one: Again) -> None:
    counts = confusion(one)
    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(total, 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    names = [elide(literal(name), 14) for name in _problem(one).split.train.classes]
    places = range(len(names))
    turned = 90 if max(map(len, names)) > 3 and len(names) > 4 else 0
    for axis, rotation in ((axes.xaxis, turned), (axes.yaxis, 0)):
        axis.set_ticks(places)
        axis.set_ticklabels(names, rotation=rotation, parse_math=False)
    if len(names) <= _WRITTEN:
        for i in places:
            for j in places:
                color = "white" if shares[i, j] > 0.55 else "black" if counts[i, j] else GREY
                axes.text(j, i, str(counts[i, j]), ha="center", va="center", color=color, fontsize=7.5 * scale())
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    right = number(np.trace(counts) / max(1, counts.sum()), 3)
    axes.set_title(f"{elide(one.told, 44)}\naccuracy {right} on {counts.sum():,} test rows", parse_math=False)
