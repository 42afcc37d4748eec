"""The steps that a formula is made of, and how one is computed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.shapes import Shape, shape_of, size_of
from gdlab.problems.formulas.functions import FUNCTIONS, OPERATORS

LARGEST = 10_000_000  # elements of any value


@dataclass(frozen=True)
class Leaf:
    """A value that is there before anything is computed.

    Args:
        name: of a variable; None for a constant.
        value: of a constant.
    """

    name: str | None = None
    value: Any = None


@dataclass(frozen=True)
class Step:
    """One operation of a formula.

    Args:
        operation: a name of `FUNCTIONS` or `OPERATORS`, or `negative`, `index` or `.T`.
        inputs: the numbers of the leaves and steps it is applied to.
        options: what it takes besides.
        span: where it stands in the text, in characters.
    """

    operation: str
    inputs: tuple[int, ...]
    options: Mapping[str, Any]
    span: tuple[int, int]


def compute(step: Step, values: Sequence[Any]) -> Any:
    """The value of a step, from plain or traced values.

    Raises:
        ValueError, IndexError, TypeError: if shapes or indices do not fit, or the result would be too large.
    """
    shapes = [shape_of(value) for value in values]
    size = _result_size(step, shapes)
    if size > LARGEST:
        raise ValueError(f"this would have {size:,} elements; a value may have at most {LARGEST:,}")
    match step.operation:
        case "negative":
            return -values[0]
        case "index":
            return _index(values[0], step.options["index"])
        case ".T":
            return np.transpose(values[0])
    if step.operation in OPERATORS:
        return OPERATORS[step.operation](*values)
    function = FUNCTIONS[step.operation]
    if function.gathers:
        return function.compute(tuple(values), **step.options)
    return function.compute(*values, **step.options)


def _index(value: Any, index: Any) -> Any:
    picks = index if isinstance(index, tuple) else (index,)
    if shape_of(value) == () and any(isinstance(k, int | slice) for k in picks):
        raise IndexError("a single number has no elements to pick")
    return value[index]


def _result_size(step: Step, shapes: Sequence[Shape]) -> int:
    """How many elements the result will have, or a bound of it; computed before any memory is asked for."""
    if step.operation in _SIZES:
        return _SIZES[step.operation](*shapes, **step.options)
    if math.prod(map(size_of, shapes)) <= LARGEST:
        return 0
    return size_of(np.broadcast_shapes(*shapes))


def _outer(a: Shape, b: Shape) -> int:
    return size_of(a) * size_of(b)


def _contracted(a: Shape, b: Shape) -> int:
    k = max(1, a[-1]) if a and b else 1
    return (size_of(a) // k) * (size_of(b) // k)


def _matmul(a: Shape, b: Shape) -> int:
    stacks = np.broadcast_shapes(a[:-2], b[:-2])
    return size_of(stacks) * _contracted(a[-2:], b[-2:])


def _tensordot(a: Shape, b: Shape, axes: int = 2) -> int:
    k = max(1, size_of(a[len(a) - axes :])) if 0 < axes <= len(a) else 1
    return (size_of(a) // k) * (size_of(b) // k)


def _together(*shapes: Shape, axis: int = 0) -> int:
    return sum(map(size_of, shapes))


def _broadcast(a: Shape, shape: Any) -> int:
    return size_of(shape if isinstance(shape, tuple) else (shape,))


def _padded(a: Shape, widths: Any) -> int:
    pairs = (widths,) if isinstance(widths[0], int) else widths
    return math.prod(k + sum(pair) for k, pair in zip(a, pairs, strict=False))


def _taken(a: Shape, indices: Any, axis: int | None = None) -> int:
    count = len(indices) if isinstance(indices, tuple) else 1
    along = size_of(a) if axis is None else a[axis] if -len(a) <= axis < len(a) else 1
    return size_of(a) // max(1, along) * count


_SIZES: Mapping[str, Callable[..., int]] = {
    "outer": _outer,
    "dot": _contracted,
    "inner": _contracted,
    "matmul": _matmul,
    "@": _matmul,
    "tensordot": _tensordot,
    "stack": _together,
    "concatenate": _together,
    "broadcast_to": _broadcast,
    "pad": _padded,
    "take": _taken,
}
