"""The literals that options of functions are: axes, shapes, flags."""

import ast
import math
from collections.abc import Callable, Iterator
from typing import Any

from gdlab.problems.formulas.functions import Option


def plain(node: ast.expr) -> Any:
    """The value of a literal number, flag, None or tuple of literals; the node itself if it is none."""
    match node:
        case ast.Constant(value=bool() | int() | float() | None):
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Tuple() | ast.List():
            return tuple(plain(item) for item in node.elts)
    return node


def is_allowed(kind: Option, value: Any) -> bool:
    """Whether a literal is what an option takes."""
    match kind:
        case Option.FLAG:
            return isinstance(value, bool)
        case Option.WHOLE:
            return is_whole(value)
        case Option.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Option.AXIS:
            return value is None or is_whole(value) or _is_tuple(value, is_whole)
        case Option.SHAPE | Option.WHOLES:
            return is_whole(value) or _is_tuple(value, is_whole)
        case Option.PADDING:
            return _is_pair(value) or (value != () and _is_tuple(value, _is_pair))


def extent(kind: Option, value: Any) -> float:
    """How large an option is: the number of elements of a shape, the largest number of anything else."""
    numbers = [abs(number) for number in _flat(value)]
    return math.prod(numbers) if kind is Option.SHAPE else max(numbers, default=0)


def is_whole(value: Any) -> bool:
    """Whether it is an int, and no bool."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_tuple(value: Any, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, tuple) and all(of(item) for item in value)


def _is_pair(value: Any) -> bool:
    return _is_tuple(value, is_whole) and len(value) == 2 and min(value) >= 0


def _flat(value: Any) -> Iterator[float]:
    if isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, int | float):
        yield value
