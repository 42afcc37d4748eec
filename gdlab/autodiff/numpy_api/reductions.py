"""Sums, products, extrema and norms over axes."""

import math
from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.functions import logsumexp
from gdlab.autodiff.numpy_api.layout import ravel, reshape, transpose
from gdlab.autodiff.shapes import Shape, normal_axes, normal_axis, shape_of, size_of


def sum_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.sum`."""
    axes = normal_axes(axis, len(shape_of(a)))
    return structural.sum_(a, axes=axes, keepdims=bool(keepdims)) if shape_of(a) != () else a


def mean(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.mean`."""
    return sum_(a, axis, keepdims=keepdims) / _count(shape_of(a), axis)


def average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """`np.average`; values and weights may both be traced."""
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    if shape_of(weights) != shape_of(a):
        if not isinstance(axis, int) or shape_of(weights) != (shape_of(a)[axis],):
            raise refusal("np.average takes weights of the shape of the values, or 1-d ones with one axis")
        behind = len(shape_of(a)) - 1 - normal_axis(axis, len(shape_of(a)))
        weights = reshape(weights, (-1, *(1,) * behind))
    total = sum_(a * weights, axis, keepdims=keepdims)
    return total / sum_(np.broadcast_to(weights, shape_of(a)), axis, keepdims=keepdims)


def var(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """`np.var`."""
    deviation = a - mean(a, axis, keepdims=True)
    return sum_(deviation * deviation, axis, keepdims=keepdims) / (_count(shape_of(a), axis) - ddof)


def std(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """`np.std`; like every square root of a sum of squares it has no derivative where it is zero."""
    return np.sqrt(var(a, axis, ddof=ddof, keepdims=keepdims))


def max_(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None) -> Any:
    """`np.max`; ties share the derivative equally."""
    top = structural.max_(a, axes=normal_axes(axis, len(shape_of(a))), keepdims=bool(keepdims))
    return top if initial is None else np.maximum(top, initial)


def min_(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None) -> Any:
    """`np.min`; ties share the derivative equally."""
    bottom = structural.min_(a, axes=normal_axes(axis, len(shape_of(a))), keepdims=bool(keepdims))
    return bottom if initial is None else np.minimum(bottom, initial)


def ptp(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.ptp`: the greatest less the least."""
    return max_(a, axis, keepdims=keepdims) - min_(a, axis, keepdims=keepdims)


def prod(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.prod`, by multiplying halves, so that the derivative is right to any order where elements are zero."""
    shape = shape_of(a)
    axes = normal_axes(axis, len(shape))
    rest = tuple(k for k in range(len(shape)) if k not in axes)
    kept = tuple(shape[k] for k in rest)
    result = tuple(1 if k in axes else s for k, s in enumerate(shape)) if keepdims else kept
    product = reshape(transpose(a, (*axes, *rest)), (size_of(tuple(shape[k] for k in axes)), *kept))
    if shape_of(product)[0] == 0:
        return np.ones(result, a.dtype)
    while (count := shape_of(product)[0]) > 1:
        half = count // 2
        halves = product[:half] * product[half : 2 * half]
        product = halves if count % 2 == 0 else np.concatenate((halves, product[-1:]))
    return reshape(product, result)


def any_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.any`: whether an element is not zero; it has derivative zero."""
    return max_(a != 0, axis, keepdims=keepdims)


def all_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.all`: whether no element is zero; it has derivative zero."""
    return min_(a != 0, axis, keepdims=keepdims)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.count_nonzero`; it has derivative zero."""
    return sum_(a != 0, axis, keepdims=keepdims)


def cumsum(a: Any, axis: int | None = None) -> Any:
    """`np.cumsum`."""
    if axis is None:
        return structural.cumsum(ravel(a), axis=0)
    return structural.cumsum(a, axis=normal_axis(axis, len(shape_of(a))))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002 - NumPy's name
    """`np.linalg.norm` of vectors, and of matrices those of orders 'fro', 1, −1, inf and −inf.

    Like every square root of a sum of squares, the Euclidean norm has no derivative where it is zero.
    """
    if isinstance(axis, list):
        axis = tuple(axis)
    rank = len(shape_of(x)) if axis is None else len(axis) if isinstance(axis, tuple) else 1
    if (ord is None and (axis is None or rank <= 2)) or (rank, ord) in ((1, 2), (2, "fro")):
        return np.sqrt(sum_(x * x, axis, keepdims=keepdims))
    if rank == 1:
        return _vector_norm(x, ord, axis, keepdims)
    if rank == 2 and isinstance(ord, int | float) and ord in (1, -1, math.inf, -math.inf):
        return _matrix_norm(x, ord, axis, keepdims)
    raise refusal(f"np.linalg.norm of order {ord!r} has no derivative rule; 'fro', 1 and inf have one")


def _vector_norm(x: Any, order: float, axis: Any, keepdims: bool) -> Any:
    size = np.abs(x)
    if order in (math.inf, -math.inf):
        return (max_ if order > 0 else min_)(size, axis, keepdims=keepdims)
    if order == 0:
        return sum_((x != 0).astype(x.dtype), axis, keepdims=keepdims)
    total = sum_(size if order == 1 else size**order, axis, keepdims=keepdims)
    return total if order == 1 else total ** (1 / order)


def _matrix_norm(x: Any, order: float, axis: Any, keepdims: bool) -> Any:
    rows, columns = axis or (0, 1)
    summed, kept = (rows, columns) if abs(order) == 1 else (columns, rows)
    sums = sum_(np.abs(x), summed, keepdims=True)
    extreme = (max_ if order > 0 else min_)(sums, kept, keepdims=True)
    return extreme if keepdims else np.squeeze(extreme, (rows, columns))


def logaddexp_reduce(a: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    """`np.logaddexp.reduce`."""
    return logsumexp(a, axis, keepdims)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Any:  # noqa: A002 - NumPy's name
    """`np.linalg.vector_norm`: over all elements if no axis is given."""
    if axis is not None and not isinstance(axis, int):
        raise refusal("np.linalg.vector_norm of a traced value takes one axis, or none for all elements")
    if axis is None:
        flat = norm(ravel(x), ord, 0)
        return reshape(flat, (1,) * len(shape_of(x))) if keepdims else flat
    return norm(x, ord, axis, keepdims)


def _count(shape: Shape, axis: Any) -> int:
    return size_of(tuple(shape[k] for k in normal_axes(axis, len(shape))))
