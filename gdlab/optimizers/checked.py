"""What a rule of the user's own returns, held to what it must return."""

import ast
import inspect
import linecache
import textwrap
from typing import Any, NoReturn

import numpy as np

from gdlab.errors import Fault, OwnCodeError, UsageError
from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.state import State, described, structure


def begun(rule: Optimizer, w: Array) -> State:
    """The state before the first step.

    Raises:
        OwnCodeError: if a rule of the user's own returns what is no state; shows the line.
    """
    state = rule.init(w)
    if not rule.built_in:
        try:
            structure(state)
        except UsageError as error:
            _refuse(type(rule).init, f"init must return a state: {error}")
    return state


def taken(rule: Optimizer, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
    """One step, of arrays or of traced values: the next w, in the shape of w, and a state built as the one before.

    Raises:
        OwnCodeError: if a rule of the user's own returns anything else; shows the line.
    """
    result = rule.step(objective, w, state)
    if not rule.built_in:
        _check(rule, w, state, result)
    return result


def _check(rule: Optimizer, w: Array, state: State, result: Any) -> None:
    shape = tuple(w.shape)
    must = f"step must return (w, state), w of shape {shape}"
    if type(result) is not tuple or len(result) != 2:
        _refuse(type(rule).step, f"{must}; it returned {described(result)}")
    after, new = result
    if not _is_vector(after) or tuple(after.shape) != shape:
        _refuse(type(rule).step, f"{must}; the w that it returned is {described(after)}")
    try:
        before, now = structure(state), structure(new)
    except UsageError as error:
        _refuse(type(rule).step, f"step must return (w, state): {error}")
    if now != before:
        _refuse(
            type(rule).step,
            f"step must return a state built like the one it was given, {described(state)}; "
            f"it returned {described(new)}",
        )


def _is_vector(w: Any) -> bool:
    if not (hasattr(w, "shape") and hasattr(w, "dtype")):
        return False
    return not isinstance(w, np.ndarray | np.generic) or w.dtype.kind in "fiu"


def _refuse(method: Any, message: str) -> NoReturn:
    """Show the one return of a method, or where it begins if it has none or many."""
    code = method.__code__
    line, column, length = _place(method)
    text = linecache.getline(code.co_filename, line).rstrip("\n").replace("\t", " ")
    raise OwnCodeError(Fault(message, code.co_filename, line, column, text or None, length))


def _place(method: Any) -> tuple[int, int, int]:
    """Line, column and how many characters to underline."""
    try:
        lines, first = inspect.getsourcelines(method)
        source = textwrap.dedent("".join(lines))
        function = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return method.__code__.co_firstlineno, 1, 1
    margin = len(lines[0]) - len(lines[0].lstrip())
    returns = list(_returns(function))
    place: Any = returns[0] if len(returns) == 1 else function
    whole = place.end_col_offset if isinstance(place, ast.Return) and place.end_lineno == place.lineno else None
    length = whole - place.col_offset if whole is not None else len(lines[place.lineno - 1].strip())
    return first + place.lineno - 1, margin + place.col_offset + 1, length


def _returns(node: ast.AST) -> Any:
    """The returns of a function, without those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from _returns(child)
