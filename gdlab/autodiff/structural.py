"""The table of primitives that move, sum and multiply whole arrays: forward and transpose of each.

Axes and shapes among the parameters are normal: axes sorted and non-negative, shapes without −1, indices tuples without
an ellipsis. That is what lets a program give every value one more, trailing axis.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.primitive import Structural
from gdlab.autodiff.shapes import Shape, shape_of, unbroadcast


def _reduce(ufunc: np.ufunc) -> Callable[..., Any]:
    def compute(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
        return ufunc.reduce(x, axis=axes, keepdims=keepdims)

    return compute


def _spread(g: Any, shape: Shape, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Bring a reduced array back to a shape that broadcasts against the array it was reduced from."""
    if keepdims or shape_of(g) == ():
        return g
    return np.reshape(g, tuple(1 if i in axes else s for i, s in enumerate(shape)))


def _sum_transpose(g: Any, z: Any, args: Sequence[Any], i: int, axes: tuple[int, ...], keepdims: bool) -> Any:
    if shape_of(g) == ():
        return g
    shape = shape_of(args[0])
    return np.broadcast_to(_spread(g, shape, axes, keepdims), shape)


def _extremum_mask(z: Any, x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Weights of the elements that attain the extremum: ties share equally."""
    hits = np.where(x == _spread(z, shape_of(x), axes, keepdims), np.ones(shape_of(x), x.dtype), 0)
    return hits / np.sum(hits, axis=axes, keepdims=True)


def _extremum_transpose(g: Any, z: Any, args: Sequence[Any], i: int, axes: tuple[int, ...], keepdims: bool) -> Any:
    return _spread(g, shape_of(args[0]), axes, keepdims) * _extremum_mask(z, args[0], axes, keepdims)


def _extremum_push(z: Any, args: Sequence[Any], tangents: Sequence[Any], axes: tuple[int, ...], keepdims: bool) -> Any:
    return np.sum(tangents[0] * _extremum_mask(z, args[0], axes, keepdims), axis=axes, keepdims=keepdims)


def _sum_to(g: Any, shape: Shape) -> Any:
    return unbroadcast(g, shape_of(g), shape)


def _matmul_transpose(g: Any, z: Any, args: Sequence[Any], i: int) -> Any:
    a, b = args
    ranks = min(len(shape_of(a)), 2), min(len(shape_of(b)), 2)
    other = args[1 - i]
    match ranks, i:
        case (1, 1), _:
            return g * other
        case (2, 1), 0:
            return np.expand_dims(g, 1) * b
        case (1, 2), 1:
            return np.expand_dims(a, 1) * g
        case (1, 2), 0:
            return np.matmul(b, g)
        case (2, 1), _:
            return np.matmul(np.swapaxes(a, -1, -2), g)
        case _, 0:
            return _sum_to(np.matmul(g, np.swapaxes(b, -1, -2)), shape_of(a))
        case _:
            return _sum_to(np.matmul(np.swapaxes(a, -1, -2), g), shape_of(b))


def _einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands)


def _einsum_transpose(g: Any, z: Any, args: Sequence[Any], i: int, subscripts: str) -> Any:
    # Every index of operand i stands in the result or in another operand, and no operand repeats one.
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    others = [term for j, term in enumerate(terms) if j != i]
    operands = [arg for j, arg in enumerate(args) if j != i]
    return np.einsum(",".join([output, *others]) + "->" + terms[i], g, *operands)


def _concatenate(*parts: Any, axis: int) -> Any:
    return np.concatenate(parts, axis=axis)


def _concatenate_transpose(g: Any, z: Any, args: Sequence[Any], i: int, axis: int) -> Any:
    start = sum(shape_of(arg)[axis] for arg in args[:i])
    return g[(slice(None),) * axis + (slice(start, start + shape_of(args[i])[axis]),)]


def _concatenate_push(z: Any, args: Sequence[Any], tangents: Sequence[Any], axis: int) -> Any:
    return concatenate(*_with_zeros(args, tangents), axis=axis)


def _with_zeros(args: Sequence[Any], tangents: Sequence[Any]) -> list[Any]:
    return [np.zeros(shape_of(a), a.dtype) if t is None else t for a, t in zip(args, tangents, strict=True)]


def _getitem(x: Any, index: tuple[Any, ...]) -> Any:
    return x[index]


def _getitem_transpose(g: Any, z: Any, args: Sequence[Any], i: int, index: tuple[Any, ...]) -> Any:
    shape = shape_of(args[0])
    if is_basic(index):
        return assemble(g, indices=(index,), shape=shape)
    return scatter_add(g, index=index, shape=shape)


def is_basic(index: tuple[Any, ...]) -> bool:
    """Whether an index only slices, so that no element is picked twice."""
    return all(part is None or isinstance(part, int | slice) for part in index)


def _assemble(*parts: Any, indices: tuple[tuple[Any, ...], ...], shape: Shape) -> Any:
    out = np.zeros(shape, np.result_type(*parts))
    for part, index in zip(parts, indices, strict=True):
        out[index] += part
    return out


def _assemble_transpose(g: Any, z: Any, args: Sequence[Any], i: int, indices: Any, shape: Shape) -> Any:
    return _sum_to(g[indices[i]], shape_of(args[i]))


def _assemble_push(z: Any, args: Sequence[Any], tangents: Sequence[Any], indices: Any, shape: Shape) -> Any:
    moved = [(t, index) for t, index in zip(tangents, indices, strict=True) if t is not None]
    return assemble(*(t for t, _ in moved), indices=tuple(index for _, index in moved), shape=shape) if moved else None


def _scatter_add(part: Any, index: tuple[Any, ...], shape: Shape) -> Any:
    out = np.zeros(shape, part.dtype)
    np.add.at(out, index, part)
    return out


def _take_rows(x: Any, rows: Any) -> Any:
    return x[rows]  # np.take would first copy a table that is not contiguous, such as one that stands in for its shape


def _take_rows_transpose(g: Any, z: Any, args: Sequence[Any], i: int) -> Any:
    return put_rows(g, args[1], count=shape_of(args[0])[0]) if i == 0 else None


def _take_rows_push(z: Any, args: Sequence[Any], tangents: Sequence[Any]) -> Any:
    return None if tangents[0] is None else take_rows(tangents[0], args[1])


def _put_rows(g: Any, rows: Any, count: int) -> Any:
    out = np.zeros((count, *np.shape(g)[np.ndim(rows) :]), np.result_type(g))
    np.add.at(out, rows, g)
    return out


def _put_rows_transpose(g: Any, z: Any, args: Sequence[Any], i: int, count: int) -> Any:
    return take_rows(g, args[1]) if i == 0 else None


def _put_rows_push(z: Any, args: Sequence[Any], tangents: Sequence[Any], count: int) -> Any:
    return None if tangents[0] is None else put_rows(tangents[0], args[1], count=count)


def _where_transpose(g: Any, z: Any, args: Sequence[Any], i: int) -> Any:
    if i == 0:
        return None
    kept = np.where(args[0], g, 0) if i == 1 else np.where(args[0], 0, g)
    return unbroadcast(kept, shape_of(z), shape_of(args[i]))


def _where_push(z: Any, args: Sequence[Any], tangents: Sequence[Any]) -> Any:
    if tangents[1] is None and tangents[2] is None:
        return None
    kept = np.where(args[0], *(0 if t is None else t for t in tangents[1:]))
    return kept if shape_of(kept) == shape_of(z) else np.broadcast_to(kept, shape_of(z))


def _cumsum_transpose(g: Any, z: Any, args: Sequence[Any], i: int, axis: int) -> Any:
    backwards = (slice(None),) * axis + (slice(None, None, -1),)
    return np.cumsum(g[backwards], axis=axis)[backwards]


def _cast_transpose(g: Any, z: Any, args: Sequence[Any], i: int, dtype: Any) -> Any:
    return cast(g, dtype=args[0].dtype)


sum_ = Structural("sum", _reduce(np.add), _sum_transpose, uniform=True)
max_ = Structural("max", _reduce(np.maximum), _extremum_transpose, push=_extremum_push)
min_ = Structural("min", _reduce(np.minimum), _extremum_transpose, push=_extremum_push)
broadcast_to = Structural(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    lambda g, z, args, i, shape: unbroadcast(g, shape, shape_of(args[0])),
    uniform=True,
)
reshape = Structural(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    lambda g, z, args, i, shape: g if shape_of(g) == () else np.reshape(g, shape_of(args[0])),
    uniform=True,
)
transpose = Structural(
    "transpose",
    lambda x, axes: np.transpose(x, axes),
    lambda g, z, args, i, axes: np.transpose(g, tuple(axes.index(k) for k in range(len(axes)))),
)
getitem = Structural("getitem", _getitem, _getitem_transpose)
assemble = Structural("assemble", _assemble, _assemble_transpose, push=_assemble_push)
scatter_add = Structural(
    "scatter_add",
    _scatter_add,
    lambda g, z, args, i, index, shape: g[index],
)
take_rows = Structural("take_rows", _take_rows, _take_rows_transpose, push=_take_rows_push)
put_rows = Structural("put_rows", _put_rows, _put_rows_transpose, push=_put_rows_push)
concatenate = Structural("concatenate", _concatenate, _concatenate_transpose, push=_concatenate_push)
where = Structural("where", np.where, _where_transpose, push=_where_push)
vdot = Structural(
    "vdot", lambda x, y: np.dot(np.ravel(x), np.ravel(y)), lambda g, z, args, i: g * args[1 - i], uniform=True
)
cumsum = Structural("cumsum", lambda x, axis: np.cumsum(x, axis=axis), _cumsum_transpose)
matmul = Structural("matmul", np.matmul, _matmul_transpose)
einsum = Structural("einsum", _einsum, _einsum_transpose)
cast = Structural("cast", lambda x, dtype: np.asarray(x).astype(dtype), _cast_transpose)

STRUCTURAL = (
    sum_,
    max_,
    min_,
    broadcast_to,
    reshape,
    transpose,
    getitem,
    assemble,
    scatter_add,
    take_rows,
    put_rows,
    concatenate,
    where,
    cumsum,
    vdot,
    matmul,
    einsum,
    cast,
)
