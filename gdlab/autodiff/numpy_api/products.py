"""Products of vectors, matrices and tensors."""

import functools
from typing import Any, NamedTuple

import numpy as np

from gdlab.autodiff import linalg, structural
from gdlab.autodiff.numpy_api.indexing import diagonal
from gdlab.autodiff.numpy_api.layout import expand_dims, ravel, reshape, squeeze, transpose
from gdlab.autodiff.numpy_api.reductions import sum_
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import Shape, normal_axis, shape_of, size_of


def array(x: Any) -> Any:
    """A traced value as it is, anything else as an array."""
    return x if isinstance(x, Traced) else np.asarray(x)


def matmul(a: Any, b: Any) -> Any:
    """`np.matmul` and `@`."""
    a, b = array(a), array(b)
    rank_a, rank_b = len(shape_of(a)), len(shape_of(b))
    if rank_a == 0 or rank_b == 0:
        raise ValueError("matmul takes no scalars; use *")
    if rank_a == 1 and rank_b > 2:
        return squeeze(structural.matmul(expand_dims(a, 0), b), -2)
    if rank_b == 1 and rank_a > 2:
        return squeeze(structural.matmul(a, expand_dims(b, 1)), -1)
    return structural.matmul(a, b)


def dot(a: Any, b: Any) -> Any:
    """`np.dot`."""
    a, b = array(a), array(b)
    rank_a, rank_b = len(shape_of(a)), len(shape_of(b))
    if rank_a == 0 or rank_b == 0:
        return a * b
    return matmul(a, b) if rank_b <= 2 else tensordot(a, b, axes=([rank_a - 1], [rank_b - 2]))


def vdot(a: Any, b: Any) -> Any:
    """`np.vdot`."""
    return matmul(ravel(array(a)), ravel(array(b)))


def vecdot(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    """`np.vecdot`."""
    return sum_(array(x1) * array(x2), axis)


def inner(a: Any, b: Any) -> Any:
    """`np.inner`."""
    a, b = array(a), array(b)
    if shape_of(a) == () or shape_of(b) == ():
        return a * b
    return tensordot(a, b, axes=([-1], [-1]))


def outer(a: Any, b: Any) -> Any:
    """`np.outer`."""
    return reshape(array(a), (-1, 1)) * ravel(array(b))


def kron(a: Any, b: Any) -> Any:
    """`np.kron`."""
    a, b = array(a), array(b)
    ndim = max(len(shape_of(a)), len(shape_of(b)))
    shape_a, shape_b = ((*(1,) * (ndim - len(shape_of(x))), *shape_of(x)) for x in (a, b))
    wide_a = reshape(a, tuple(s for size in shape_a for s in (size, 1)))
    wide_b = reshape(b, tuple(s for size in shape_b for s in (1, size)))
    return reshape(wide_a * wide_b, tuple(s * t for s, t in zip(shape_a, shape_b, strict=True)))


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """`np.trace`."""
    return sum_(diagonal(a, offset, axis1, axis2), -1)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """`np.tensordot`."""
    a, b = array(a), array(b)
    gone_a, gone_b = _contracted(axes, shape_of(a), shape_of(b))
    keep_a = [k for k in range(len(shape_of(a))) if k not in gone_a]
    keep_b = [k for k in range(len(shape_of(b))) if k not in gone_b]
    size = size_of(tuple(shape_of(a)[k] for k in gone_a))
    kept_a = tuple(shape_of(a)[k] for k in keep_a)
    kept_b = tuple(shape_of(b)[k] for k in keep_b)
    matrix_a = reshape(transpose(a, (*keep_a, *gone_a)), (size_of(kept_a), size) if keep_a else (size,))
    matrix_b = reshape(transpose(b, (*gone_b, *keep_b)), (size, size_of(kept_b)) if keep_b else (size,))
    return reshape(matmul(matrix_a, matrix_b), kept_a + kept_b)


def _contracted(axes: Any, shape_a: Shape, shape_b: Shape) -> tuple[list[int], list[int]]:
    if isinstance(axes, int | np.integer):
        pairs = [(len(shape_a) - axes + k, k) for k in range(int(axes))]
    else:
        left, right = (np.atleast_1d(side).tolist() for side in axes)
        pairs = list(zip(left, right, strict=True))
    gone_a = [normal_axis(int(p), len(shape_a)) for p, _ in pairs]
    gone_b = [normal_axis(int(q), len(shape_b)) for _, q in pairs]
    if [shape_a[p] for p in gone_a] != [shape_b[q] for q in gone_b]:
        raise ValueError(f"tensordot along axes {axes}: shapes {shape_a} and {shape_b} do not match")
    return gone_a, gone_b


def multi_dot(arrays: Any) -> Any:
    """`np.linalg.multi_dot`, from left to right."""
    return functools.reduce(dot, arrays)


def matrix_power(a: Any, n: int) -> Any:
    """`np.linalg.matrix_power`."""
    if n < 0:
        return matrix_power(linalg.inv(a), -n)
    if n == 0:
        return np.broadcast_to(np.eye(shape_of(a)[-1], dtype=a.dtype), shape_of(a))
    half = matrix_power(a, n // 2) if n > 1 else None
    square = None if half is None else matmul(half, half)
    return a if square is None else matmul(square, a) if n % 2 else square


def solve(a: Any, b: Any) -> Any:
    """`np.linalg.solve`; a vector b serves every matrix of a stack."""
    a, b = array(a), array(b)
    if len(shape_of(b)) == 1 and len(shape_of(a)) > 2:
        return squeeze(linalg.solve(a, expand_dims(b, 1)), -1)
    return linalg.solve(a, b)


class SlogdetResult(NamedTuple):
    """Sign, which has derivative zero, and logarithm of the absolute value of a determinant."""

    sign: Any
    logabsdet: Any


def slogdet(a: Any) -> SlogdetResult:
    """`np.linalg.slogdet`."""
    return SlogdetResult(linalg.det_sign(a), linalg.log_abs_det(a))
