"""Elements picked from arrays."""

from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.functions import take_rows
from gdlab.autodiff.numpy_api.layout import ravel, transpose
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import Shape, normal_axis, shape_of
from gdlab.errors import BranchError


def getitem(a: Any, index: Any) -> Any:
    """Indexing with ints, slices, None, an ellipsis, integer arrays and masks."""
    parts = index if isinstance(index, tuple) else (index,)
    parts = tuple(part if (value := _concrete(part)) is None else value for part in parts)
    if any(isinstance(part, Traced) for part in parts):
        return _traced_index(a, parts)
    normal = _normal_index(parts, shape_of(a))
    return structural.getitem(a, index=normal) if normal else a


def _concrete(part: Any) -> Any:
    """What a traced mask or number is at the one point at which a function is traced."""
    return part.concrete() if isinstance(part, Traced) and part.dtype.kind in "biu" else None


def _traced_index(a: Any, parts: tuple[Any, ...]) -> Any:
    if any(isinstance(part, Traced) and part.dtype == bool for part in parts):
        raise refusal(
            "a mask that depends on the parameters selects an unknown number of elements: write "
            "np.where(mask, x, 0) instead of x[mask], or ask for retrace=True, which traces the function afresh at "
            "each point",
            BranchError,
        )
    if len(parts) == 1 and np.issubdtype(parts[0].dtype, np.integer):
        return take_rows(a, parts[0])
    raise refusal(
        "an index that depends on the parameters has no derivative; row numbers by themselves are taken with "
        "gdlab.take_rows(X, rows)"
    )


def _normal_index(parts: tuple[Any, ...], shape: Shape) -> tuple[Any, ...]:
    """The index without an ellipsis, with masks as integer arrays and with slices for the axes it leaves out."""
    plain = [_plain_part(part) for part in parts]
    used = sum(map(_axes, plain))
    if used > len(shape):
        raise IndexError(f"too many indices: an array of shape {shape} has {len(shape)} axes, {used} were indexed")
    dots = [k for k, part in enumerate(plain) if part is Ellipsis]
    if len(dots) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    at = dots[0] if dots else len(plain)
    whole = [*plain[:at], *[slice(None)] * (len(shape) - used), *plain[at + 1 :]]
    index: list[Any] = []
    axis = 0
    for part in whole:
        if _is_mask(part):
            if part.shape != shape[axis : axis + part.ndim]:
                raise IndexError(f"a mask of shape {part.shape} does not fit an array of shape {shape} at axis {axis}")
            index.extend(np.nonzero(part))
        else:
            index.append(part)
        axis += _axes(part)
    return tuple(index)


def _plain_part(part: Any) -> Any:
    if part is None or part is Ellipsis or isinstance(part, slice):
        return part
    if isinstance(part, bool | np.bool_) or (isinstance(part, np.ndarray) and part.dtype == bool and part.ndim == 0):
        raise refusal("indexing with a single True or False is not covered; use np.where")
    if isinstance(part, int | np.integer):
        return int(part)
    array = np.array(part)  # a copy: the function may fill it anew for its next step
    return array.astype(int) if array.size == 0 and not isinstance(part, np.ndarray) else array


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype == bool


def _axes(part: Any) -> int:
    """How many axes a part of an index takes up."""
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if _is_mask(part) else 1


def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """`np.take`; the indices may be the traced rows of a minibatch when axis is 0."""
    if isinstance(indices, Traced):
        if axis != 0 and not (axis is None and len(shape_of(a)) == 1):
            raise refusal("np.take with traced indices needs axis=0")
        return take_rows(a, indices)
    if mode != "raise":
        raise refusal(f"np.take with mode={mode!r} has no derivative rule; bring the indices into range first")
    if axis is None:
        return getitem(ravel(a), (np.asarray(indices),))
    k = normal_axis(axis, len(shape_of(a)))
    return getitem(a, (slice(None),) * k + (np.asarray(indices),))


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """`np.take_along_axis`, with indices that do not depend on the parameters."""
    if isinstance(indices, Traced):
        raise refusal("np.take_along_axis needs indices that are not traced; multiply with a one-hot array")
    if axis is None:
        return getitem(ravel(arr), (np.asarray(indices),))
    indices = np.asarray(indices)
    k = normal_axis(axis, indices.ndim)
    grid = list(np.ogrid[tuple(slice(s) for s in indices.shape)])
    return getitem(arr, (*grid[:k], indices, *grid[k + 1 :]))


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """`np.diagonal`."""
    ndim = len(shape_of(a))
    i, j = normal_axis(axis1, ndim), normal_axis(axis2, ndim)
    rest = [k for k in range(ndim) if k not in (i, j)]
    matrix = transpose(a, [*rest, i, j])
    rows, columns = shape_of(a)[i], shape_of(a)[j]
    at = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    return getitem(matrix, (Ellipsis, at - min(offset, 0), at + max(offset, 0)))


def diag(v: Any, k: int = 0) -> Any:
    """`np.diag`: a matrix with v on its k-th diagonal, or the diagonal of the matrix v."""
    if len(shape_of(v)) == 2:
        return diagonal(v, k)
    if len(shape_of(v)) != 1:
        raise ValueError("diag takes a vector or a matrix")
    at = np.arange(shape_of(v)[0])
    side = shape_of(v)[0] + abs(k)
    return structural.scatter_add(v, index=(at - min(k, 0), at + max(k, 0)), shape=(side, side))


def tril(m: Any, k: int = 0) -> Any:
    """`np.tril`."""
    return structural.where(_lower(shape_of(m), k), m, 0)


def triu(m: Any, k: int = 0) -> Any:
    """`np.triu`."""
    return structural.where(_lower(shape_of(m), k - 1), 0, m)


def _lower(shape: Shape, k: int) -> Any:
    return np.tri(shape[-2], shape[-1], k=k, dtype=bool)


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """`np.diff`."""
    k = normal_axis(axis, len(shape_of(a)))
    front = (slice(None),) * k
    for _ in range(n):
        a = a[(*front, slice(1, None))] - a[(*front, slice(None, -1))]
    return a
