"""What NumPy's functions mean for traced values: each is brought to primitives with normal axes, shapes and indices."""

import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff import linalg, structural
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import normal_axes, normal_axis, shape_of, size_of
from gdlab.errors import DifferentiationError


def sum_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.sum`."""
    axes = normal_axes(axis, len(shape_of(a)))
    return structural.sum_(a, axes=axes, keepdims=bool(keepdims)) if shape_of(a) != () else a


def mean(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.mean`."""
    count = size_of(tuple(shape_of(a)[k] for k in normal_axes(axis, len(shape_of(a)))))
    return sum_(a, axis, keepdims=keepdims) / count


def var(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
    """`np.var`."""
    count = size_of(tuple(shape_of(a)[k] for k in normal_axes(axis, len(shape_of(a)))))
    deviation = a - mean(a, axis, keepdims=True)
    return sum_(deviation * deviation, axis, keepdims=keepdims) / (count - ddof)


def std(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
    """`np.std`; like every square root of a sum of squares it has no derivative where it is zero."""
    return np.sqrt(var(a, axis, ddof=ddof, keepdims=keepdims))


def max_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.max`; ties share the derivative equally."""
    return structural.max_(a, axes=normal_axes(axis, len(shape_of(a))), keepdims=bool(keepdims))


def min_(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.min`; ties share the derivative equally."""
    return structural.min_(a, axes=normal_axes(axis, len(shape_of(a))), keepdims=bool(keepdims))


def prod(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """`np.prod`, by multiplying halves, so that the derivative is right to any order where elements are zero."""
    shape = shape_of(a)
    axes = normal_axes(axis, len(shape))
    rest = tuple(k for k in range(len(shape)) if k not in axes)
    kept = tuple(shape[k] for k in rest)
    product = np.reshape(np.transpose(a, (*axes, *rest)), (size_of(tuple(shape[k] for k in axes)), *kept))
    if shape_of(product)[0] == 0:
        return np.ones(kept)
    while (count := shape_of(product)[0]) > 1:
        half = count // 2
        halves = product[:half] * product[half : 2 * half]
        product = halves if count % 2 == 0 else np.concatenate((halves, product[-1:]))
    return np.reshape(product, tuple(1 if k in axes else s for k, s in enumerate(shape)) if keepdims else kept)


def reshape(a: Any, shape: Any, order: str = "C") -> Any:
    """`np.reshape` in C order."""
    if order != "C":
        raise DifferentiationError(f"reshape with order={order!r} has no derivative here; use the default order 'C'")
    wanted = tuple(int(s) for s in (shape if isinstance(shape, tuple | list) else (shape,)))
    if -1 in wanted:
        known = size_of(tuple(s for s in wanted if s != -1))
        wanted = tuple(size_of(shape_of(a)) // max(known, 1) if s == -1 else s for s in wanted)
    if size_of(wanted) != size_of(shape_of(a)):
        raise ValueError(f"cannot reshape array of shape {shape_of(a)} into shape {shape}")
    return a if wanted == shape_of(a) else structural.reshape(a, shape=wanted)


def ravel(a: Any, order: str = "C") -> Any:
    """`np.ravel`."""
    return reshape(a, (size_of(shape_of(a)),), order)


def transpose(a: Any, axes: Any = None) -> Any:
    """`np.transpose`."""
    ndim = len(shape_of(a))
    order = tuple(reversed(range(ndim))) if axes is None else tuple(normal_axis(int(k), ndim) for k in axes)
    return a if order == tuple(range(ndim)) else structural.transpose(a, axes=order)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """`np.swapaxes`."""
    order = list(range(len(shape_of(a))))
    i, j = normal_axis(axis1, len(order)), normal_axis(axis2, len(order))
    order[i], order[j] = order[j], order[i]
    return transpose(a, order)


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """`np.moveaxis`."""
    ndim = len(shape_of(a))
    sources = [normal_axis(int(k), ndim) for k in np.atleast_1d(source)]
    targets = [normal_axis(int(k), ndim) for k in np.atleast_1d(destination)]
    order = [k for k in range(ndim) if k not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return transpose(a, order)


def expand_dims(a: Any, axis: Any) -> Any:
    """`np.expand_dims`."""
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    ndim = len(shape_of(a)) + len(axes)
    new = {normal_axis(int(k), ndim) for k in axes}
    old = iter(shape_of(a))
    return reshape(a, tuple(1 if k in new else next(old) for k in range(ndim)))


def squeeze(a: Any, axis: Any = None) -> Any:
    """`np.squeeze`."""
    shape = shape_of(a)
    gone = [k for k, s in enumerate(shape) if s == 1] if axis is None else normal_axes(axis, len(shape))
    if any(shape[k] != 1 for k in gone):
        raise ValueError(f"cannot squeeze axis {axis} of shape {shape}: its size is not one")
    return reshape(a, tuple(s for k, s in enumerate(shape) if k not in gone))


def broadcast_to(a: Any, shape: Any) -> Any:
    """`np.broadcast_to`."""
    wanted = tuple(shape) if isinstance(shape, tuple | list) else (int(shape),)
    if np.broadcast_shapes(shape_of(a), wanted) != wanted:
        raise ValueError(f"cannot broadcast shape {shape_of(a)} to shape {wanted}")
    return a if shape_of(a) == wanted else structural.broadcast_to(a, shape=wanted)


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """`np.concatenate`."""
    parts = [ravel(a) for a in arrays] if axis is None else list(arrays)
    return structural.concatenate(*parts, axis=normal_axis(axis or 0, len(shape_of(parts[0]))))


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """`np.stack`."""
    return concatenate([np.expand_dims(a, axis) for a in arrays], axis)


def getitem(a: Any, index: Any) -> Any:
    """Indexing with ints, slices, None, an ellipsis, integer arrays and masks."""
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, Traced) for part in parts):
        if len(parts) == 1 and np.issubdtype(parts[0].dtype, np.integer):
            return structural.take_rows(a, parts[0])
        raise DifferentiationError(
            "an index that depends on the parameters has no derivative and no fixed shape; "
            "select with np.where(condition, a, b) instead"
        )
    normal = _normal_index(parts, shape_of(a))
    return structural.getitem(a, index=normal) if normal else a


def _normal_index(parts: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The index without an ellipsis, with masks as integer arrays and with slices for the axes it leaves out."""
    expanded: list[Any] = []
    for part in parts:
        if isinstance(part, list):
            part = np.asarray(part)  # noqa: PLW2901
        if isinstance(part, np.ndarray) and part.dtype == bool:
            expanded.extend(np.nonzero(part))
        elif isinstance(part, np.bool_ | bool):
            raise DifferentiationError("indexing with a single True or False is not covered; use np.where")
        else:
            expanded.append(int(part) if isinstance(part, np.integer) else part)
    used = sum(part is not None and part is not Ellipsis for part in expanded)
    if used > len(shape):
        raise IndexError(f"too many indices: an array of shape {shape} has {len(shape)} axes, {used} were indexed")
    fill = [slice(None)] * (len(shape) - used)
    if Ellipsis in [part for part in expanded if not isinstance(part, np.ndarray)]:
        at = next(k for k, part in enumerate(expanded) if part is Ellipsis)
        expanded[at : at + 1] = fill
    else:
        expanded += fill
    return tuple(expanded)


def take(a: Any, indices: Any, axis: int | None = None) -> Any:
    """`np.take`; the indices may be the traced rows of a minibatch when axis is 0."""
    if isinstance(indices, Traced):
        if axis != 0:
            raise DifferentiationError("np.take with traced indices needs axis=0")
        return structural.take_rows(a, indices)
    if axis is None:
        return getitem(ravel(a), (np.asarray(indices),))
    k = normal_axis(axis, len(shape_of(a)))
    return getitem(a, (slice(None),) * k + (np.asarray(indices),))


def matmul(a: Any, b: Any) -> Any:
    """`np.matmul` and `@`."""
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
    rank_a, rank_b = len(shape_of(a)), len(shape_of(b))
    if rank_a == 0 or rank_b == 0:
        return a * b
    return matmul(a, b) if rank_b <= 2 else np.tensordot(a, b, axes=([rank_a - 1], [rank_b - 2]))


def inner(a: Any, b: Any) -> Any:
    """`np.inner`."""
    if shape_of(a) == () or shape_of(b) == ():
        return a * b
    return np.tensordot(a, b, axes=([-1], [-1]))


def outer(a: Any, b: Any) -> Any:
    """`np.outer`."""
    return reshape(np.ravel(a), (-1, 1)) * np.ravel(b)


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """`np.trace`."""
    return sum_(diagonal(a, offset, axis1, axis2), -1)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """`np.diagonal`."""
    ndim = len(shape_of(a))
    i, j = normal_axis(axis1, ndim), normal_axis(axis2, ndim)
    rest = [k for k in range(ndim) if k not in (i, j)]
    matrix = transpose(a, [*rest, i, j])
    rows, columns = shape_of(a)[i], shape_of(a)[j]
    at = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    return getitem(matrix, (Ellipsis, at - min(offset, 0), at + max(offset, 0)))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """`np.tensordot`."""
    rank_a, rank_b = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, int):
        pairs = [(rank_a - axes + k, k) for k in range(axes)]
    else:
        left, right = (list(np.atleast_1d(side)) for side in axes)
        pairs = [(normal_axis(int(p), rank_a), normal_axis(int(q), rank_b)) for p, q in zip(left, right, strict=True)]
    gone_a, gone_b = [p for p, _ in pairs], [q for _, q in pairs]
    keep_a = [k for k in range(rank_a) if k not in gone_a]
    keep_b = [k for k in range(rank_b) if k not in gone_b]
    shape_a, shape_b = shape_of(a), shape_of(b)
    inner_size = size_of(tuple(shape_a[k] for k in gone_a))
    matrix_a = reshape(np.transpose(a, (*keep_a, *gone_a)), (-1, inner_size) if keep_a else (inner_size,))
    matrix_b = reshape(np.transpose(b, (*gone_b, *keep_b)), (inner_size, -1) if keep_b else (inner_size,))
    kept = tuple(shape_a[k] for k in keep_a) + tuple(shape_b[k] for k in keep_b)
    return reshape(np.matmul(matrix_a, matrix_b), kept)


def einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    """`np.einsum` with the indices written as a string; an ellipsis is expanded."""
    if not isinstance(subscripts, str):
        raise DifferentiationError("einsum is covered with its indices as a string, such as 'ij,jk->ik'")
    terms, output = _einsum_terms(subscripts, [len(shape_of(x)) for x in operands])
    values = list(operands)
    for k, term in enumerate(terms):
        values[k], terms[k] = _without_repeats(values[k], term)
    for k, term in enumerate(terms):
        elsewhere = set(output).union(*(terms[:k] + terms[k + 1 :]))
        lonely = tuple(i for i, letter in enumerate(term) if letter not in elsewhere)
        if lonely:
            values[k] = sum_(values[k], lonely)
            terms[k] = "".join(letter for i, letter in enumerate(term) if i not in lonely)
    return structural.einsum(*values, subscripts=",".join(terms) + "->" + output)


def _without_repeats(x: Any, term: str) -> tuple[Any, str]:
    """Take the diagonal along every index that a term repeats: x with 'iij' becomes its diagonal with 'ji'."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            i = term.index(letter)
            j = term.index(letter, i + 1)
            x = np.diagonal(x, 0, i, j)
            term = term[:i] + term[i + 1 : j] + term[j + 1 :] + letter
    return x, term


def _einsum_terms(subscripts: str, ranks: list[int]) -> tuple[list[str], str]:
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum {subscripts!r} names {len(terms)} operands, {len(ranks)} were given")
    letters = [letter for letter in string.ascii_letters if letter not in subscripts]
    widest = max(
        (rank - len(t.replace("...", "")) for t, rank in zip(terms, ranks, strict=True) if "..." in t), default=0
    )
    dots = "".join(letters[:widest])
    for k, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        extra = rank - len(term.replace("...", ""))
        terms[k] = term.replace("...", dots[len(dots) - extra :] if extra else "")
        if len(terms[k]) != rank:
            raise ValueError(f"einsum term {term!r} does not fit an operand with {rank} axes")
    if not arrow:
        joined = "".join(terms)
        named = "".join(sorted(letter for letter in set(joined) - set(dots) if joined.count(letter) == 1))
        return terms, dots + named
    return terms, output.replace("...", dots)


def cumsum(a: Any, axis: int | None = None) -> Any:
    """`np.cumsum`."""
    if axis is None:
        return structural.cumsum(ravel(a), axis=0)
    return structural.cumsum(a, axis=normal_axis(axis, len(shape_of(a))))


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """`np.clip`: a minimum of a maximum, so half the derivative at a bound."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    raised = a if low is None else np.maximum(a, low)
    return raised if high is None else np.minimum(raised, high)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    """`np.linalg.norm` for vectors (orders 1, 2, inf, −inf, p) and the Frobenius norm of matrices."""
    rank = len(shape_of(x)) if axis is None else len(axis) if isinstance(axis, tuple | list) else 1
    if ord is None or (rank == 1 and ord == 2) or (rank == 2 and ord == "fro"):
        return np.sqrt(sum_(x * x, axis, keepdims=keepdims))
    if rank != 1:
        raise DifferentiationError(f"the matrix norm of order {ord!r} has no rule; 'fro' has one")
    size = np.abs(x)
    if ord == 1:
        return sum_(size, axis, keepdims=keepdims)
    if ord in (np.inf, -np.inf):
        return (max_ if ord > 0 else min_)(size, axis, keepdims=keepdims)
    return sum_(size**ord, axis, keepdims=keepdims) ** (1 / ord)


def slogdet(a: Any) -> Any:
    """`np.linalg.slogdet`: sign and logarithm of the absolute value."""
    return linalg.det_sign(a), linalg.log_abs_det(a)


def zeros_like(a: Any) -> Any:
    """`np.zeros_like`: a plain array; it does not depend on the values of a."""
    return np.zeros(shape_of(a), a.dtype)


def ones_like(a: Any) -> Any:
    """`np.ones_like`: a plain array; it does not depend on the values of a."""
    return np.ones(shape_of(a), a.dtype)


def full_like(a: Any, fill_value: Any) -> Any:
    """`np.full_like`; the fill value may be traced."""
    return (
        np.broadcast_to(fill_value, shape_of(a))
        if isinstance(fill_value, Traced)
        else np.full(shape_of(a), fill_value, a.dtype)
    )


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.sum: sum_,
    np.mean: mean,
    np.var: var,
    np.std: std,
    np.max: max_,
    np.min: min_,
    np.amax: max_,
    np.amin: min_,
    np.prod: prod,
    np.reshape: reshape,
    np.ravel: ravel,
    np.transpose: transpose,
    np.swapaxes: swapaxes,
    np.moveaxis: moveaxis,
    np.expand_dims: expand_dims,
    np.squeeze: squeeze,
    np.broadcast_to: broadcast_to,
    np.concatenate: concatenate,
    np.stack: stack,
    np.take: take,
    np.dot: dot,
    np.inner: inner,
    np.outer: outer,
    np.trace: trace,
    np.diagonal: diagonal,
    np.tensordot: tensordot,
    np.einsum: einsum,
    np.cumsum: cumsum,
    np.clip: clip,
    np.where: structural.where,
    np.linalg.norm: norm,
    np.linalg.solve: linalg.solve,
    np.linalg.inv: linalg.inv,
    np.linalg.det: linalg.det,
    np.linalg.slogdet: slogdet,
    np.zeros_like: zeros_like,
    np.ones_like: ones_like,
    np.full_like: full_like,
    np.shape: shape_of,
    np.size: lambda a: size_of(shape_of(a)),
    np.ndim: lambda a: len(shape_of(a)),
}
REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {np.add: sum_, np.multiply: prod, np.maximum: max_, np.minimum: min_}
