"""What a gradient costs by each method as the number of parameters grows: measured, not quoted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from gdlab.autodiff import Method
from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse, Symbolic
from gdlab.errors import UsageError
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.report.plots.looks import BLACK, BLUE, DASH_DOT, DASHED, DOTTED, GREEN, GREY, LONG, ORANGE, SOLID, VERMILION
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.style import inked, scale
from gdlab.report.view import Array

SIZES = tuple(2**k for k in range(1, 13))  # numbers of parameters

_METHODS: dict[str, tuple[Callable[[], Method], str, Any, str]] = {
    "numeric, central": (Numeric, ORANGE, SOLID, "o"),
    "numeric, forward": (lambda: Numeric(scheme="forward"), VERMILION, DASHED, "s"),
    "dual": (DualNumbers, BLUE, DASH_DOT, "^"),
    "symbolic": (Symbolic, BLACK, DOTTED, "h"),
    "reverse": (Reverse, GREEN, LONG, "D"),
}
_MOST_SYMBOLIC = 64  # parameters: its formulas are written out element by element
_WHY = "symbolic stops at n = {n}: its formulas are written out element by element, and take too long beyond"
_PATIENCE = 0.15  # seconds that one gradient may take before a method goes no further
_LEAST = 0.004  # seconds that are measured at least
_REPEATS = 3


@dataclass(frozen=True)
class Measured:
    """What one gradient costs.

    Args:
        label: the method.
        n: numbers of parameters, shape (sizes,).
        seconds: of one gradient, the least of some repetitions, shape (sizes,).
        passes: what it is charged: evaluations and passes together, shape (sizes,).
    """

    label: str
    n: Array
    seconds: Array
    passes: Array


def measure(problem: str = "rosenbrock", sizes: Sequence[int] = SIZES) -> list[Measured]:
    """Time one gradient by each method on a problem of growing size, and the function itself first.

    A method goes no further than where a gradient takes a seventh of a second. Compiling is not part of it: it is done
    once for a run.

    Args:
        problem: the name of one that has any number of parameters.
        sizes: n, ascending.

    Raises:
        UsageError: if the problem has a fixed number of parameters, or there is none of that name.
    """
    scalable = [name for name, each in PROBLEMS.items() if "dim" in {p.name for p in each.parameters()}]
    if problem not in scalable:
        raise UsageError(f"the cost over n takes a problem of any size, not {problem!r}: {', '.join(scalable)}")
    kind: Any = PROBLEMS[problem]
    made: list[Problem] = [kind(dim=n) for n in sizes]
    points = [one.initial(np.random.default_rng(0)) for one in made]
    value = [_seconds(partial(one.loss, w)) for one, w in zip(made, points, strict=True)]
    found = [Measured("the value alone", np.array(sizes, float), np.array(value), np.ones(len(sizes)))]
    return [*found, *(_method(label, method(), made, points) for label, (method, *_) in _METHODS.items())]


def draw_cost(
    problem: str = "rosenbrock", *, sheet: Sheet = PAPER, measured: Sequence[Measured] | None = None
) -> Picture:
    """Draw seconds and passes of one gradient over the number of parameters, each on logarithmic axes.

    Args:
        problem: as in `measure`.
        sheet: what it is drawn on.
        measured: what was measured before; unset, it is measured now.

    Raises:
        UsageError: as `measure`.
    """
    every = measure(problem) if measured is None else measured
    with sheet.styled():
        figure, (left, right) = sheet.panels(2, 4.6, 3.9)
        for axes, column in ((left, "seconds"), (right, "passes")):
            for one in every:
                _draw(axes, one, column)
            axes.set_xscale("log", base=2)
            axes.set_yscale("log")
            axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
            axes.set_xlabel("n, the number of parameters")
        left.set_ylabel("seconds")
        left.set_title(f"One gradient of {problem}, in seconds")
        right.set_ylabel("evaluations and passes")
        right.set_title("… and in evaluations and passes")
        right.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, borderaxespad=0, handlelength=3.8)
        if sheet.title is not None:
            sheet.head(figure)
    last = max(float(one.n[-1]) for one in every)
    stopped = [one for one in every if one.label == "symbolic" and one.n[-1] < last]
    return Picture(figure, tuple(_WHY.format(n=int(one.n[-1])) for one in stopped))


def _method(label: str, method: Method, problems: Sequence[Problem], points: Sequence[Array]) -> Measured:
    rows = []
    for problem, w in zip(problems, points, strict=True):
        if method.name == "symbolic" and w.size > _MOST_SYMBOLIC:
            break
        derivatives = method.bind(problem.loss, w)
        seconds = _seconds(partial(derivatives.gradient, w))
        rows.append((w.size, seconds, sum(derivatives.cost_of_gradient.counts())))
        if seconds > _PATIENCE:
            break
    return Measured(label, *np.array(rows, float).T)


def _seconds(call: Callable[[], Any]) -> float:
    """The least time of some repetitions, after a first call that may compile."""
    call()
    start = perf_counter()
    call()
    once = perf_counter() - start
    if once > _PATIENCE:
        return once
    amount = max(1, int(_LEAST / max(once, 1e-7)))
    best = once
    for _ in range(_REPEATS):
        start = perf_counter()
        for _ in range(amount):
            call()
        best = min(best, (perf_counter() - start) / amount)
    return best


def _draw(axes: Axes, one: Measured, column: str) -> None:
    _, color, dashes, marker = _METHODS.get(one.label, (None, GREY, SOLID, ""))
    axes.plot(
        one.n, getattr(one, column), color=inked(color), linestyle=dashes, marker=marker, markersize=4, label=one.label,
        linewidth=1.5 * scale(),
    )  # fmt: skip
