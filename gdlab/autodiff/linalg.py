"""The table of linear-algebra primitives, for one matrix or a stack of them in the leading axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.primitive import Structural
from gdlab.autodiff.shapes import Shape, shape_of, unbroadcast


def _transposed(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _as_matrix(scalars: Any) -> Any:
    """Scalars, one a matrix, as arrays that scale their matrices."""
    return np.reshape(scalars, (*shape_of(scalars), 1, 1))


def _trace(a: Any) -> Any:
    return np.trace(a, axis1=-2, axis2=-1)


def _inv_transpose(g: Any, z: Any, args: Sequence[Any], i: int) -> Any:
    return -np.matmul(np.matmul(_transposed(z), g), _transposed(z))


def _inv_push(z: Any, args: Sequence[Any], tangents: Sequence[Any]) -> Any:
    return -np.matmul(np.matmul(z, tangents[0]), z)


def _solve_transpose(g: Any, z: Any, args: Sequence[Any], i: int) -> Any:
    a, b = args
    h = solve(_transposed(a), g)
    if i == 1:
        return unbroadcast(h, shape_of(h), shape_of(b))
    if len(shape_of(b)) == 1:
        return -np.expand_dims(h, -1) * z
    by_matrix = -np.matmul(h, _transposed(z))
    return unbroadcast(by_matrix, shape_of(by_matrix), shape_of(a))


def _solve_push(z: Any, args: Sequence[Any], tangents: Sequence[Any]) -> Any:
    a, _ = args
    ta, tb = tangents
    right = tb if ta is None else (-np.matmul(ta, z) if tb is None else tb - np.matmul(ta, z))
    if right is None:
        return None
    return solve(a, right if shape_of(right) == shape_of(z) else np.broadcast_to(right, shape_of(z)))


def _solve_shape(a: Shape, b: Shape) -> Shape:
    if len(b) == 1:
        return (*a[:-2], b[0])
    return (*np.broadcast_shapes(a[:-2], b[:-2]), a[-1], b[-1])


def _inverse_transposed(a: Any) -> Any:
    return _transposed(np.linalg.inv(a))


def _no_tangent(*_: Any) -> None:
    return None


inv = Structural("inv", np.linalg.inv, _inv_transpose, push=_inv_push, shape=lambda a: a)
solve = Structural("solve", np.linalg.solve, _solve_transpose, push=_solve_push, shape=_solve_shape)
det = Structural(
    "det",
    np.linalg.det,
    lambda g, z, args, i: _as_matrix(g * z) * _inverse_transposed(args[0]),
    push=lambda z, args, tangents: z * _trace(np.matmul(np.linalg.inv(args[0]), tangents[0])),
    shape=lambda a: a[:-2],
)
log_abs_det = Structural(
    "log_abs_det",
    lambda a: np.linalg.slogdet(a)[1],
    lambda g, z, args, i: _as_matrix(g) * _inverse_transposed(args[0]),
    push=lambda z, args, tangents: _trace(np.matmul(np.linalg.inv(args[0]), tangents[0])),
    shape=lambda a: a[:-2],
)
det_sign = Structural(
    "det_sign", lambda a: np.linalg.slogdet(a)[0], _no_tangent, push=_no_tangent, shape=lambda a: a[:-2]
)

LINALG = (inv, solve, det, log_abs_det, det_sign)
