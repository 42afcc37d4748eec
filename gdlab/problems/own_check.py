"""A first look at a user's own problem before it runs: is it a loss, and is its gradient that of its values?"""

import dataclasses
from typing import Any

import numpy as np

from gdlab.autodiff.methods import Method, Numeric
from gdlab.errors import BranchError, DifferentiationError, Fault, OwnCodeError
from gdlab.own_code import fault_in_own_code, shown_at_its_line
from gdlab.problems.base import Array, Problem
from gdlab.problems.own import FunctionProblem
from gdlab.problems.own_place import fault_at
from gdlab.problems.own_slopes import Slope, slope_along, unit

NEAR = 0.05  # how far the second point is from the start, relative to max(1, |wᵢ|)
_DIRECTIONS = 3
_AXES = 100  # along which it is looked for the parameter that a fault is of


def check_own(
    problem: Problem, method: Method | None, rng: np.random.Generator, batch: int | None = None
) -> list[Fault]:
    """Call a problem from the user's own file, and hold its gradient to differences, at its start and near it.

    A slope is compared along random directions, so that the cost is some evaluations, whatever the number of
    parameters.

    Args:
        problem: from a file.
        method: the gradient method of the run; None if it needs no gradient.
        rng: draws the start as the run will.
        batch: how many rows the run takes at once; None if it takes all.

    Returns:
        Warnings: kinks, where the gradient is one of several that could be meant; rows that make no difference; an
        infimum that the start is below.

    Raises:
        OwnCodeError: if the function raises an error, writes into its argument, returns no single number, one that is
            not finite at its start, or another at each call, is no mean over its rows, cannot be differentiated, or
            its gradient is not that of its values; shows its line.
    """
    with shown_at_its_line(), np.errstate(all="ignore"):
        start = _start(problem, rng)
        value = _value(problem, start)
        if not np.isfinite(value):
            raise _refusal(problem, f"is {value} at its start {_shown(start)}", "start where it is a finite number")
        if value != _value(problem, start):
            raise _refusal(
                problem, "gives another value each time it is called; draw random numbers once, outside of it"
            )
        draws = np.random.default_rng(0)
        near = start + NEAR * np.maximum(1, np.abs(start)) * draws.standard_normal(start.shape)
        warnings = [_below(problem, float(value)), _check_rows(problem, (start, near), batch)]
        if method is not None:
            _bound(problem, method, start, batch)
            if not isinstance(method, Numeric):
                warnings += [
                    _compare(problem, method, w, draws, where)
                    for w, where in ((start, "at its start"), (near, "near it"))
                ]
        return [warning for warning in warnings if warning is not None]


def _start(problem: Problem, rng: np.random.Generator) -> Array:
    start = np.asarray(problem.initial(rng))
    if start.ndim != 1 or start.size == 0 or start.dtype.kind not in "fiu" or not np.all(np.isfinite(start)):
        shown = f"has the shape {start.shape}" if start.ndim != 1 or not start.size else "is not all finite numbers"
        raise _refusal(problem, f"starts at what {shown}; a start is a vector of finite numbers", of="initial")
    return start.astype(float) if start.dtype.kind in "iu" else start


def _value(problem: Problem, w: Array, rows: Array | None = None) -> Any:
    """The loss at w, which it may read and not write, as a NumPy number."""
    seen = w.copy()
    seen.flags.writeable = False
    try:
        found = problem.loss(seen, rows)
    except ValueError as error:
        fault = fault_in_own_code(error) if "read-only" in str(error) else None
        if fault is None:
            raise
        message = f"{problem.name} writes into its argument; work on a copy, as in w = w.copy()"
        raise OwnCodeError(dataclasses.replace(fault, message=message)) from error
    if found is None:
        raise _refusal(problem, "returns nothing", "a loss ends with return and a number", of_return=True)
    if isinstance(found, str | bytes | dict) or not hasattr(found, "__float__") or isinstance(found, bool | np.bool_):
        kind = type(found).__name__
        raise _refusal(problem, f"returns a {kind}, and a loss is one number", of_return=True)
    array = np.asarray(found)
    if array.shape != ():
        hint = "return one of its elements, or reduce it with np.sum or np.mean"
        raise _refusal(
            problem, f"returns an array of shape {array.shape}, and a loss is one number", hint, of_return=True
        )
    if array.dtype.kind not in "fiu":
        raise _refusal(problem, f"returns {found!r}, and a loss is one real number", of_return=True)
    return array[()]


def _below(problem: Problem, value: float) -> Fault | None:
    """Whether the start is below what is said to be the greatest lower bound."""
    infimum = problem.infimum
    if infimum is None or value >= infimum - 1e-9 * (1 + abs(infimum)):
        return None
    return _fault(problem, f"{problem.name} is {value:.6g} at its start, below its infimum = {infimum:g}")


def _check_rows(problem: Problem, points: tuple[Array, ...], batch: int | None) -> Fault | None:
    """Hold the loss of all rows to the mean of those of two unequal parts, weighted by their sizes."""
    many = problem.rows
    if many < 2 or not problem.resident:
        return None
    parts = np.split(np.arange(many), [max(1, many // 3)])
    same = True
    for w in points:
        value = _value(problem, w)
        whole, (first, second) = float(value), (float(_value(problem, w, part)) for part in parts)
        mean = (len(parts[0]) * first + len(parts[1]) * second) / many
        error = 100 * np.sqrt(unit(value)) * (abs(whole) + abs(first) + abs(second))
        if abs(whole - mean) > error:
            is_sum = abs(whole - first - second) <= error
            what = "is the sum over its rows" if is_sum else "of all rows is not the mean of those of its parts"
            hint = "use np.mean in place of np.sum" if is_sum else "use np.mean, over the rows that are given"
            raise _refusal(problem, f"{what}, and a loss with rows is their mean", hint, of_return=True)
        same = same and whole == first == second
    if not same or batch is None:
        return None
    return _fault(problem, f"{problem.name} is the same for whatever rows it is given, so that batches change nothing")


def _bound(problem: Problem, method: Method, w: Array, batch: int | None) -> None:
    """Differentiate once, on all rows and on as many as a run takes at once."""
    try:
        method.bind(problem.loss, w).value_and_gradient(w)
        if batch is not None and problem.rows:
            rows = np.arange(min(batch, problem.rows))
            method.bind(problem.loss, w, rows).value_and_gradient(w, rows)
    except DifferentiationError as error:
        fault = fault_in_own_code(error)
        if fault is None:
            raise
        reason = str(error).removeprefix(f"{fault.source}:{fault.line}: ")
        message = f"{problem.name} cannot be differentiated by {method.name}: {reason}"
        retraced = "{name: reverse, retrace: true} or " if isinstance(error, BranchError) else ""
        hint = f"or set gradient: {retraced}numeric" if method.name != "numeric" else ""
        raise OwnCodeError(dataclasses.replace(fault, message=message, hint=hint)) from error


def _compare(problem: Problem, method: Method, w: Array, rng: np.random.Generator, where: str) -> Fault | None:
    """Hold slopes along random directions to differences; a kink that explains one that differs is returned."""
    if not np.isfinite(_value(problem, w)):
        return None
    gradient = np.asarray(method.bind(problem.loss, w).value_and_gradient(w)[1])

    def suspect(v: Array) -> Slope | None:
        slope = slope_along(lambda at: _value(problem, at), w, v, gradient)
        return slope if slope is not None and (slope.differs or slope.is_kink) else None

    directions = rng.standard_normal((_DIRECTIONS, w.size))
    found = next((slope for v in directions if (slope := suspect(v))), None)
    if found is None:
        return None
    axes = ((k, suspect(v)) for k, v in enumerate(np.eye(min(w.size, _AXES), w.size)))
    k, slope = next(((k, slope) for k, slope in axes if slope is not None), (None, found))
    along = "along a random direction" if k is None else f"by w[{k}]"
    if slope.is_kink:
        message = f"{problem.name} has a kink {where}: its slope {along} is {slope.left:.4g} on one side and "
        return _fault(problem, f"{message}{slope.right:.4g} on the other, and {method.name} takes {slope.given:.4g}")
    raise _refusal(
        problem,
        f"has another gradient {where} than its values say: {method.name} gives {slope.given:.6g} for the slope "
        f"{along}, and differences {slope.middle:.6g}",
        "is a declared derivative wrong?",
    )


def _shown(w: Array) -> str:
    return f"[{', '.join(f'{x:.6g}' for x in w[:6])}{', …' * (w.size > 6)}]"


def _refusal(problem: Problem, what: str, hint: str = "", *, of: str = "loss", of_return: bool = False) -> OwnCodeError:
    return OwnCodeError(_fault(problem, f"{problem.name} {what}", hint, of=of, of_return=of_return))


def _fault(problem: Problem, message: str, hint: str = "", *, of: str = "loss", of_return: bool = False) -> Fault:
    function: Any = problem.whole_loss if isinstance(problem, FunctionProblem) else getattr(type(problem), of)
    file = str(problem.origin.file) if problem.origin else problem.name
    return fault_at(function, message, hint, file=file, of_return=of_return)
