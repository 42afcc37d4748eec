"""Operations on whole arrays as text, in NumPy's words."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node
from gdlab.autodiff.program.text import index_text
from gdlab.autodiff.symbolic.pieces import Hold, Piece, Written, number_piece, within
from gdlab.autodiff.table import TABLE


def tuple_text(texts: Sequence[str]) -> str:
    """A tuple of texts: `(a, b)`, `(a,)`."""
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def shape_text(shape: Sequence[int]) -> str:
    """A shape as a tuple."""
    return tuple_text([str(k) for k in shape])


def _reduction(node: Node, written: Written) -> Piece:
    assert node.primitive is not None  # noqa: S101
    axes, keepdims = node.params["axes"], node.params["keepdims"]
    options = ""
    if len(axes) < len(node.inputs[0].shape):
        options += f", axis={axes[0] if len(axes) == 1 else shape_text(axes)}"
    if keepdims:
        options += ", keepdims=True"
    return Piece(f"{node.primitive.name}({written(node.inputs[0]).text}{options})")


def _shaped(node: Node, written: Written) -> Piece:
    assert node.primitive is not None  # noqa: S101
    return Piece(f"{node.primitive.name}({written(node.inputs[0]).text}, {shape_text(node.params['shape'])})")


def _transpose(node: Node, written: Written) -> Piece:
    axes = node.params["axes"]
    if axes == tuple(reversed(range(len(axes)))):
        return Piece(f"{within(written(node.inputs[0]), Hold.ATOM)}.T")
    return Piece(f"transpose({written(node.inputs[0]).text}, {shape_text(axes)})")


def _getitem(node: Node, written: Written) -> Piece:
    index = [*node.params["index"]]
    while len(index) > 1 and isinstance(index[-1], slice) and index[-1] == slice(None):
        index.pop()
    picked = [k for k, part in enumerate(index) if isinstance(part, np.ndarray)]
    plain = all(isinstance(part, slice) and part == slice(None) for k, part in enumerate(index) if k not in picked)
    if len(picked) == 1 and plain and index[picked[0]].ndim == 1:
        wanted = shape_text(index[picked[0]].tolist())
        return Piece(f"take({written(node.inputs[0]).text}, {wanted}, axis={picked[0]})")
    if picked:
        shown = ", ".join(str(p.tolist()) if isinstance(p, np.ndarray) else index_text((p,)) for p in index)
        return Piece(f"{within(written(node.inputs[0]), Hold.ATOM)}[{shown}]")
    return Piece(f"{within(written(node.inputs[0]), Hold.ATOM)}[{index_text(tuple(index))}]")


def _concatenate(node: Node, written: Written) -> Piece:
    axis = node.params["axis"]
    elements = [_element(x, axis, written) for x in node.inputs]
    stacked = None not in elements
    parts = tuple_text([e for e in elements if e is not None] if stacked else [written(x).text for x in node.inputs])
    return Piece(f"{'stack' if stacked else 'concatenate'}({parts}{f', axis={axis}' if axis else ''})")


def _element(x: Node, axis: int, written: Written) -> str | None:
    """A part of a concatenation as what is stacked there; None if it is no single layer."""
    if x.shape == (1,) and x.is_constant:
        return number_piece(float(x.value[0])).text
    if x.primitive is TABLE["reshape"]:
        inner = x.inputs[0]
        if (*inner.shape[:axis], 1, *inner.shape[axis:]) == x.shape:
            return written(inner).text
    return None


def _assemble(node: Node, written: Written) -> Piece:
    """Elements side by side, or parts surrounded by zeros and added up."""
    indices, shape = node.params["indices"], node.params["shape"]
    if len(shape) == 1 and all(len(index) == 1 and isinstance(index[0], int) for index in indices):
        placed = {index[0]: written(x).text for index, x in zip(indices, node.inputs, strict=True)}
        if len(placed) == len(indices):
            return Piece(f"stack({tuple_text([placed.get(k, '0') for k in range(shape[0])])})")
    parts = [_padded(x, written(x), index, shape) for x, index in zip(node.inputs, indices, strict=True)]
    return Piece(" + ".join(parts), Hold.SUM if len(parts) > 1 else Hold.ATOM)


def _padded(x: Node, piece: Piece, index: Sequence[Any], shape: Sequence[int]) -> str:
    """A part in its place among zeros. An index of None gives the part an axis that its place does not have."""
    lengths = iter(shape)
    spans = [(k, _span(k, next(lengths))) for k in index if k is not None]
    if any(span.step != 1 for _, span in spans):
        return f"place({piece.text}, [{index_text(tuple(index))}], {shape_text(shape)})"
    block = tuple(len(span) for _, span in spans)
    along = iter(spans)
    taken = [(None, 1) if k is None else (k, len(next(along)[1])) for k in index]
    kept = tuple(length for k, length in taken if not isinstance(k, int))
    text = piece.text
    if x.shape != kept:
        text = f"broadcast_to({text}, {shape_text(kept)})"
    if kept != block:
        text = f"reshape({text}, {shape_text(block)})"
    widths = [(span.start, n - span.stop) for (_, span), n in zip(spans, shape, strict=True)]
    if all(width == (0, 0) for width in widths):
        return text if text != piece.text or piece.hold > Hold.SUM else f"({text})"
    pairs = [shape_text(width) for width in widths]
    return f"pad({text}, {tuple_text(pairs) if len(pairs) > 1 else pairs[0]})"


def _span(k: Any, length: int) -> range:
    return range(k % length, k % length + 1) if isinstance(k, int) else range(*k.indices(length))


def _vdot(node: Node, written: Written) -> Piece:
    left, right = (written(x) for x in node.inputs)
    return Piece(f"sum({within(left, Hold.MINUS)}*{within(right, Hold.POWER)})")


ARRAY_WRITERS: dict[str, Callable[[Node, Written], Piece]] = {
    "sum": _reduction,
    "max": _reduction,
    "min": _reduction,
    "broadcast_to": _shaped,
    "reshape": _shaped,
    "transpose": _transpose,
    "getitem": _getitem,
    "concatenate": _concatenate,
    "assemble": _assemble,
    "vdot": _vdot,
    "log_abs_det": lambda node, written: Piece(f"log(abs(det({written(node.inputs[0]).text})))"),
    "det_sign": lambda node, written: Piece(f"sign(det({written(node.inputs[0]).text}))"),
}
