"""Operations that cost nothing in a program: views of what is there, made once before the first run."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gdlab.autodiff.graph import Node
from gdlab.autodiff.program.storage import Place
from gdlab.autodiff.program.text import index_text, shape_text
from gdlab.autodiff.structural import is_basic

if TYPE_CHECKING:
    from gdlab.autodiff.program.compile import Compiler


def _view_getitem(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    index = node.params["index"]
    if not is_basic(index):
        return False
    base = c.memory.places[id(x)]
    if node.shape == () and not laned:
        if not all(c.reads_arrays(consumer) for consumer in c.consumers[id(node)]):
            c.assign_number(node, f"{base.name}[{index_text(index)}]")
            return True
        index = (*index, Ellipsis)  # a 0-d view instead of a number
    c.memory.view(node, x, f"{base.name}[{index_text(index)}]", laned)
    return True


def _view_reshape(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    base = c.memory.places[id(x)]
    if base.array is None:
        return False
    shape = c.memory.full_shape(node, laned)
    if base.array.size and not np.may_share_memory(np.reshape(base.array, shape), base.array):
        return False
    c.memory.view(node, x, f"{base.name}.reshape({shape_text(shape)})", laned)
    return True


def _view_transpose(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    axes = node.params["axes"]
    order = (*axes, len(axes)) if laned else axes
    c.memory.view(node, x, f"{c.memory.places[id(x)].name}.transpose({shape_text(order)})", laned)
    return True


def _view_broadcast_to(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    shape = c.memory.full_shape(node, laned)
    if x.is_constant:
        name, array = c.source.bind("v", f"broadcast_to({c.operand(x, node, laned)}, {shape})")
        c.memory.occupy(node, Place(name, array, None, laned))
        return True
    base = c.operand(x, node, laned)
    if laned and len(x.shape) < len(node.shape):
        ones = (1,) * (len(node.shape) - len(x.shape))
        base = f"{base}.reshape({shape_text((*ones, *c.memory.full_shape(x, laned)))})"
    c.memory.view(node, x, f"broadcast_to({base}, {shape})", laned)
    return True


View = Callable[["Compiler", Node, bool], bool]

VIEWS: dict[str, View] = {
    "getitem": _view_getitem,
    "reshape": _view_reshape,
    "transpose": _view_transpose,
    "broadcast_to": _view_broadcast_to,
}
