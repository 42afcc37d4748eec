"""A first look at a user's own problem before it runs: is it a loss, and is its gradient that of its values?"""

import ast
import dataclasses
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.autodiff.methods import Method, Numeric
from gdlab.errors import BranchError, DifferentiationError, Fault, OwnCodeError
from gdlab.own_code import fault_in_own_code, shown_at_its_line
from gdlab.problems.base import Array, Problem
from gdlab.problems.own import FunctionProblem

NEAR = 0.05  # how far the second point is from the start, relative to max(1, |wᵢ|)
STEP = 6e-6  # of central differences, ∛u
ALLOWED = 1e-5  # relative difference of slopes
_DIRECTIONS = 3

Loss = Callable[..., Any]


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
        batch: the rows of a minibatch, if the run takes such.

    Returns:
        Warnings: kinks, where the gradient is one of several that could be meant.

    Raises:
        OwnCodeError: if the function raises an error, writes into its argument, returns no single finite number, is
            another at each call, cannot be differentiated, or its gradient is not that of its values; shows its line.
    """
    with shown_at_its_line(), np.errstate(all="ignore"):
        start = _start(problem, rng)
        value = _value(problem, start)
        if value != _value(problem, start) and np.isfinite(value):
            raise _refusal(
                problem, "gives another value each time it is called; draw random numbers once, outside of it"
            )
        if method is None:
            return []
        _bound(problem, method, start, batch)
        if isinstance(method, Numeric) or not np.isfinite(value):
            return []
        draws = np.random.default_rng(0)
        near = start + NEAR * np.maximum(1, np.abs(start)) * draws.standard_normal(start.shape)
        kinks = [
            _compare(problem, method, w, draws, where) for w, where in ((start, "at its start"), (near, "near it"))
        ]
        return [kink for kink in kinks if kink is not None]


def _start(problem: Problem, rng: np.random.Generator) -> Array:
    start = np.asarray(problem.initial(rng))
    if start.ndim != 1 or start.size == 0 or start.dtype.kind not in "fiu" or not np.all(np.isfinite(start)):
        shown = f"has the shape {start.shape}" if start.ndim != 1 or not start.size else "is not all finite numbers"
        raise _refusal(problem, f"starts at what {shown}; a start is a vector of finite numbers", of="initial")
    return start.astype(float) if start.dtype.kind in "iu" else start


def _value(problem: Problem, w: Array) -> float:
    """The loss at w, which it may read and not write."""
    seen = w.copy()
    seen.flags.writeable = False
    try:
        found = problem.loss(seen, None)
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
    return float(array)


def _bound(problem: Problem, method: Method, w: Array, batch: int | None) -> None:
    """Differentiate once, on all rows and on a minibatch."""
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
    value = _value(problem, w)
    if not np.isfinite(value):
        return None
    gradient = np.asarray(method.bind(problem.loss, w).value_and_gradient(w)[1])
    directions = rng.standard_normal((_DIRECTIONS, w.size))
    wrong = next((v for v in directions if _differs(problem, w, v, gradient) is not None), None)
    if wrong is None:
        return None
    found = ((k, _differs(problem, w, v, gradient)) for k, v in enumerate(np.eye(min(w.size, 100), w.size)))
    k, apart = next(((k, a) for k, a in found if a is not None), (None, _differs(problem, w, wrong, gradient)))
    assert apart is not None  # noqa: S101 - the direction differs
    along = "along a random direction" if k is None else f"by w[{k}]"
    if apart.is_kink:
        message = f"{problem.name} has a kink {where}: its slope {along} is {apart.left:.4g} on one side and "
        return _fault(problem, f"{message}{apart.right:.4g} on the other, and {method.name} takes {apart.slope:.4g}")
    raise _refusal(
        problem,
        f"has another gradient {where} than its values say: {method.name} gives {apart.slope:.6g} for the slope "
        f"{along}, and differences {apart.middle:.6g}",
        "is a declared derivative wrong?",
    )


@dataclasses.dataclass(frozen=True)
class _Apart:
    """A slope that differs from that of differences: to both sides, and to either."""

    slope: float
    middle: float
    left: float
    right: float

    @property
    def is_kink(self) -> bool:
        return abs(self.left - self.right) > 1e-3 * (1 + abs(self.left) + abs(self.right))


def _differs(problem: Problem, w: Array, v: Array, gradient: Array) -> _Apart | None:
    length = float(np.max(np.abs(v)))
    h = STEP * max(1.0, float(np.max(np.abs(w)))) / length
    slope = float(gradient @ v)
    f0, low, high, lower, higher = (_value(problem, w + k * h * v) for k in (0, -1, 1, -2, 2))
    middle, wide = (high - low) / (2 * h), (higher - lower) / (4 * h)
    scale = 1 + abs(slope) + abs(middle)
    if not np.isfinite(middle + wide) or not np.isfinite(slope):
        return None
    # What twice the step changes is error of the differences, by their curvature or by rounding.
    if abs(slope - middle) <= ALLOWED * scale + 10 * abs(middle - wide) + 1e-9 * abs(f0) / h * STEP:
        return None
    return _Apart(slope, middle, (f0 - low) / h, (high - f0) / h)


def _refusal(problem: Problem, what: str, hint: str = "", *, of: str = "loss", of_return: bool = False) -> OwnCodeError:
    return OwnCodeError(_fault(problem, f"{problem.name} {what}", hint, of=of, of_return=of_return))


def _fault(problem: Problem, message: str, hint: str = "", *, of: str = "loss", of_return: bool = False) -> Fault:
    """A fault at the line where the function begins, or returns if it does so at one place."""
    function: Any = getattr(type(problem), of)
    if isinstance(problem, FunctionProblem):
        function = problem.whole_loss
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    if code is None:
        return Fault(message, str(problem.origin.file) if problem.origin else problem.name, hint=hint)
    line = _line(code.co_filename, code.co_firstlineno, of_return)
    text = linecache.getline(code.co_filename, line).rstrip("\n")
    begin = len(text) - len(text.lstrip())
    return Fault(message, code.co_filename, line, begin + 1, text.replace("\t", " "), len(text.strip()), hint)


def _line(file: str, first: int, of_return: bool) -> int:
    """The line of the `def` below its decorators, or of its only `return`."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return first
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and first in (node.lineno, *(d.lineno for d in node.decorator_list)):
            returns = [inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Return)]
            return returns[0] if of_return and len(returns) == 1 else node.lineno
    return first
