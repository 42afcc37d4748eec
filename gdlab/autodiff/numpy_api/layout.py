"""Shapes and the order of axes and elements."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.shapes import Shape, normal_axes, normal_axis, shape_of, size_of


def reshape(a: Any, shape: Any, order: str = "C") -> Any:
    """`np.reshape`, in the orders C and F."""
    if order == "F":
        return transpose(reshape(transpose(a), tuple(reversed(_filled(shape, size_of(shape_of(a)))))))
    if order not in ("C", "A"):
        raise refusal(f"reshape with order={order!r} has no derivative rule; 'C' and 'F' have one")
    wanted = _filled(shape, size_of(shape_of(a)))
    if size_of(wanted) != size_of(shape_of(a)):
        raise ValueError(f"cannot reshape array of shape {shape_of(a)} into shape {shape}")
    return a if wanted == shape_of(a) else structural.reshape(a, shape=wanted)


def _filled(shape: Any, size: int) -> Shape:
    """A shape with its −1 worked out."""
    wanted = tuple(int(s) for s in (shape if isinstance(shape, tuple | list) else (shape,)))
    known = size_of(tuple(s for s in wanted if s != -1))
    if wanted.count(-1) > 1:
        raise ValueError(f"shape {shape} leaves more than one axis open")
    return tuple(size // max(known, 1) if s == -1 else s for s in wanted)


def ravel(a: Any, order: str = "C") -> Any:
    """`np.ravel`."""
    return reshape(a, (size_of(shape_of(a)),), order)


def transpose(a: Any, axes: Any = None) -> Any:
    """`np.transpose`."""
    ndim = len(shape_of(a))
    order = tuple(reversed(range(ndim))) if axes is None else tuple(normal_axis(int(k), ndim) for k in axes)
    if sorted(order) != list(range(ndim)):
        raise ValueError(f"axes {axes} do not match an array with {ndim} axes")
    return a if order == tuple(range(ndim)) else structural.transpose(a, axes=order)


def matrix_transpose(a: Any, /) -> Any:
    """`np.matrix_transpose`."""
    return swapaxes(a, -1, -2)


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
    if len(new) < len(axes):
        raise ValueError(f"axis {axis} names an axis twice")
    old = iter(shape_of(a))
    return reshape(a, tuple(1 if k in new else next(old) for k in range(ndim)))


def squeeze(a: Any, axis: Any = None) -> Any:
    """`np.squeeze`."""
    shape = shape_of(a)
    gone = [k for k, s in enumerate(shape) if s == 1] if axis is None else normal_axes(axis, len(shape))
    if any(shape[k] != 1 for k in gone):
        raise ValueError(f"cannot squeeze axis {axis} of shape {shape}: its size is not one")
    return reshape(a, tuple(s for k, s in enumerate(shape) if k not in gone))


def atleast_1d(*arrays: Any) -> Any:
    """`np.atleast_1d`."""
    return _each(arrays, lambda a: a if shape_of(a) else reshape(a, (1,)))


def atleast_2d(*arrays: Any) -> Any:
    """`np.atleast_2d`: axes are added in front."""
    return _each(arrays, lambda a: reshape(a, (*(1,) * (2 - len(shape_of(a))), *shape_of(a))))


def atleast_3d(*arrays: Any) -> Any:
    """`np.atleast_3d`: a vector becomes (1, n, 1), a matrix (m, n, 1)."""
    fitting = {0: (1, 1, 1), 1: (1, -1, 1)}
    return _each(
        arrays, lambda a: reshape(a, fitting.get(len(shape_of(a)), (*shape_of(a), 1))) if len(shape_of(a)) < 3 else a
    )


def _each(arrays: Sequence[Any], function: Any) -> Any:
    results = tuple(function(a) for a in arrays)
    return results[0] if len(results) == 1 else results


def broadcast_to(a: Any, shape: Any) -> Any:
    """`np.broadcast_to`."""
    wanted = tuple(int(s) for s in shape) if isinstance(shape, tuple | list) else (int(shape),)
    if np.broadcast_shapes(shape_of(a), wanted) != wanted:
        raise ValueError(f"cannot broadcast shape {shape_of(a)} to shape {wanted}")
    return a if shape_of(a) == wanted else structural.broadcast_to(a, shape=wanted)


def broadcast_arrays(*arrays: Any) -> tuple[Any, ...]:
    """`np.broadcast_arrays`."""
    shape = np.broadcast_shapes(*(shape_of(a) for a in arrays))
    return tuple(broadcast_to(a, shape) for a in arrays)


def flip(m: Any, axis: Any = None) -> Any:
    """`np.flip`."""
    axes = normal_axes(axis, len(shape_of(m)))
    return m[tuple(slice(None, None, -1) if k in axes else slice(None) for k in range(len(shape_of(m))))]


def fliplr(m: Any) -> Any:
    """`np.fliplr`."""
    return flip(m, 1)


def flipud(m: Any) -> Any:
    """`np.flipud`."""
    return flip(m, 0)


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """`np.roll`."""
    if axis is None:
        return reshape(roll(ravel(a), shift, 0), shape_of(a))
    shifts, axes = np.broadcast_arrays(np.atleast_1d(shift), np.atleast_1d(axis))
    for by, along in zip(shifts.tolist(), axes.tolist(), strict=True):
        k = normal_axis(along, len(shape_of(a)))
        start = -by % max(shape_of(a)[k], 1)
        if start:
            front = (slice(None),) * k
            a = np.concatenate((a[(*front, slice(start, None))], a[(*front, slice(None, start))]), axis=k)
    return a
