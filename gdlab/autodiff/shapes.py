"""Shapes and dtypes of plain and traced values, and the sums that undo broadcasting."""

import math
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def shape_of(value: Any) -> Shape:
    """The shape of an array, a number or a traced value."""
    shape = getattr(value, "shape", None)
    return np.shape(value) if shape is None else shape


def dtype_of(value: Any) -> Any:
    """The dtype of an array, list or traced value; a number stands for itself, since it does not widen float32."""
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        return dtype
    return np.asarray(value).dtype if isinstance(value, list | tuple) else value


def float_dtype(*values: Any) -> np.dtype[Any]:
    """The dtype of an operation on the values: their common one, at least a float, float64 for integers."""
    dtype = np.result_type(*(dtype_of(value) for value in values))
    return dtype if dtype.kind in "fc" else np.dtype(np.float64)


def normal_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """An `axis` argument as a sorted tuple of non-negative axes; None means all."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(sorted(normal_axis(int(a), ndim) for a in axes))


def normal_axis(axis: int, ndim: int) -> int:
    """A non-negative axis.

    Raises:
        numpy.exceptions.AxisError: if there is no such axis.
    """
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def size_of(shape: Shape) -> int:
    """How many elements an array of that shape has."""
    return math.prod(shape)


def unbroadcast(g: Any, result: Shape, shape: Shape) -> Any:
    """Sum g over the axes along which an array of the given shape was broadcast to the shape of the result.

    g has the shape of the result, or shape () where it is the same everywhere; then so is what comes back.
    """
    have = shape_of(g)
    if have == () and result != ():
        copies = size_of(result) // max(size_of(shape), 1)
        return g if copies == 1 else g * copies
    if have != result:
        g = np.broadcast_to(g, result)
    if result == shape:
        return g
    extra = len(result) - len(shape)
    ones = tuple(i for i, (h, s) in enumerate(zip(result[extra:], shape, strict=True), extra) if s == 1 != h)
    total = np.sum(g, axis=(*range(extra), *ones))
    return np.reshape(total, shape)
