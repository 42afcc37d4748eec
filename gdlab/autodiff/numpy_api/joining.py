"""Arrays joined and taken apart."""

import itertools
from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.numpy_api.layout import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_to,
    expand_dims,
    ravel,
    reshape,
)
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import normal_axis, shape_of


def concatenate(arrays: Any, axis: int | None = 0) -> Any:
    """`np.concatenate`."""
    parts = [a if isinstance(a, Traced) else np.asarray(a) for a in arrays]
    if axis is None:
        parts, axis = [ravel(a) for a in parts], 0
    if not all(shape_of(a) for a in parts):
        raise ValueError("0-d values cannot be concatenated; use np.stack")
    return structural.concatenate(*parts, axis=normal_axis(axis, len(shape_of(parts[0]))))


def stack(arrays: Any, axis: int = 0) -> Any:
    """`np.stack`."""
    return concatenate(
        [expand_dims(a, axis) if isinstance(a, Traced) else np.expand_dims(a, axis) for a in arrays], axis
    )


def hstack(tup: Any) -> Any:
    """`np.hstack`."""
    parts = [_at_least(atleast_1d, a) for a in tup]
    return concatenate(parts, 0 if len(shape_of(parts[0])) == 1 else 1)


def vstack(tup: Any) -> Any:
    """`np.vstack`."""
    return concatenate([_at_least(atleast_2d, a) for a in tup], 0)


def dstack(tup: Any) -> Any:
    """`np.dstack`."""
    return concatenate([_at_least(atleast_3d, a) for a in tup], 2)


def column_stack(tup: Any) -> Any:
    """`np.column_stack`."""
    parts = [a if isinstance(a, Traced) else np.asarray(a) for a in tup]
    return concatenate([a if len(shape_of(a)) > 1 else reshape(a, (-1, 1)) for a in parts], 1)


def _at_least(function: Any, a: Any) -> Any:
    return function(a if isinstance(a, Traced) else np.asarray(a))


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """`np.append`."""
    return concatenate((arr, values), axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`np.array_split`: parts of nearly equal size, or parts that begin at the given indices."""
    k = normal_axis(axis, len(shape_of(ary)))
    size = shape_of(ary)[k]
    if isinstance(indices_or_sections, int | np.integer):
        each, more = divmod(size, int(indices_or_sections))
        sizes = [0] + more * [each + 1] + (int(indices_or_sections) - more) * [each]
        edges = np.cumsum(sizes).tolist()
    else:
        edges = [0, *(int(i) for i in indices_or_sections), size]
    front = (slice(None),) * k
    return [ary[(*front, slice(a, b))] for a, b in itertools.pairwise(edges)]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`np.split`."""
    if isinstance(indices_or_sections, int | np.integer) and shape_of(ary)[axis] % indices_or_sections:
        raise ValueError(f"an axis of size {shape_of(ary)[axis]} does not split into {indices_or_sections} equal parts")
    return array_split(ary, indices_or_sections, axis)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """`np.hsplit`."""
    return split(ary, indices_or_sections, 1 if len(shape_of(ary)) > 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """`np.vsplit`."""
    return split(ary, indices_or_sections, 0)


def tile(A: Any, reps: Any) -> Any:  # noqa: N803 - NumPy's name
    """`np.tile`."""
    counts = tuple(reps) if isinstance(reps, tuple | list | np.ndarray) else (int(reps),)
    shape = shape_of(A)
    ndim = max(len(counts), len(shape))
    counts = (*(1,) * (ndim - len(counts)), *counts)
    shape = (*(1,) * (ndim - len(shape)), *shape)
    between = reshape(A, tuple(s for size in shape for s in (1, size)))
    spread = broadcast_to(between, tuple(s for pair in zip(counts, shape, strict=True) for s in pair))
    return reshape(spread, tuple(c * s for c, s in zip(counts, shape, strict=True)))


def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """`np.repeat`."""
    if axis is None:
        a, axis = ravel(a), 0
    k = normal_axis(axis, len(shape_of(a)))
    return a[(*(slice(None),) * k, np.repeat(np.arange(shape_of(a)[k]), repeats))]


def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """`np.pad` with a constant."""
    if mode != "constant" or not isinstance(constant_values, int | float):
        raise refusal("np.pad of a traced value takes mode='constant' and one number as constant_values")
    widths = np.broadcast_to(np.asarray(pad_width), (len(shape_of(array)), 2)).tolist()
    for k, (before, after) in enumerate(widths):
        for width, in_front in ((before, True), (after, False)):
            if width:
                shape = shape_of(array)
                edge = np.full((*shape[:k], width, *shape[k + 1 :]), constant_values, array.dtype)
                array = concatenate((edge, array) if in_front else (array, edge), k)
    return array
