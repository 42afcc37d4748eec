"""What can stand on the axes of curves: logged columns, and what follows from them."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from gdlab.errors import UsageError, unknown
from gdlab.problems.base import Problem
from gdlab.report.spending import ALL_PASSES, spent
from gdlab.report.statistics.suboptimality import suboptimality
from gdlab.report.view import Array
from gdlab.store.metrics import PASSES
from gdlab.store.run import Curve, Run

ProblemOf = Callable[[Run], Problem | None]  # the problem of a run, if it can still be made

# What spending is counted in, by the name that options have for it, and as the axis is called.
X_AXES: Mapping[str, str] = {
    "step": "step",
    "epoch": "epoch",
    "evaluations": "evaluations of the loss",
    "dual_passes": "dual passes",
    "reverse_passes": "reverse passes",
    "passes": "evaluations and passes",
    "seconds": "seconds",
}

SUBOPTIMALITY = "suboptimality"


def check_axes(curves: Iterable[Curve], x: str, y: str) -> None:
    """Make sure that there are such axes.

    Raises:
        UsageError: names those that there are.
    """
    if x not in X_AXES:
        raise UsageError(unknown("--x", x, X_AXES))
    columns = dict.fromkeys(name for curve in curves for name in curve)
    if columns and y not in {**columns, SUBOPTIMALITY: None}:
        raise UsageError(unknown("--y", y, [*columns, SUBOPTIMALITY]))


def across(run: Run, curve: Curve, x: str, problem_of: ProblemOf) -> Array | str:
    """What a run has spent at each logged row, or why that is not known."""
    if x == ALL_PASSES:
        return spent(curve, x) if any(name in curve for name in PASSES) else "no passes are counted"
    if x != "epoch" or "epoch" in curve:
        return curve.get(x, np.empty(0))
    problem = problem_of(run)
    if problem is None or problem.rows == 0:
        return "there are no epochs without rows of data"
    return curve.get("step", np.empty(0))  # each step looks at all rows


def up(run: Run, curve: Curve, y: str, problem_of: ProblemOf) -> Array | str:
    """A logged column, or how far the loss is from the known infimum; or why that is not known."""
    if y != SUBOPTIMALITY:
        return curve.get(y, np.empty(0))
    problem = problem_of(run)
    infimum = None if problem is None else problem.infimum
    if infimum is None or infimum == -np.inf:
        why = "is not known" if infimum is None else "is −∞"
        return f"the infimum of its problem {why}"
    return suboptimality(curve.get("loss", np.empty(0)), infimum)


def floor_of(y: str) -> tuple[Array, ...]:
    """What an axis must show beside the values: a fraction such as accuracy begins at 0, and is not logarithmic."""
    return (np.zeros(1),) if y.endswith("accuracy") else ()


def falls(y: str) -> bool:
    """Whether training makes a column fall, so that growing means that it went wrong."""
    return y.endswith("loss") or y in (SUBOPTIMALITY, "grad_norm")
