"""Reverse mode: from a graph to the graph of its derivatives, one backward pass over every node.

The adjoint of a node is the sum of the cotangents that come from each node that uses it; a node is visited once,
however many paths lead to it. The result is made of nodes, so it can be differentiated again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, constant
from gdlab.autodiff.structural import assemble, cast


def adjoints(output: Node, seed: Any = 1.0, wrt: Sequence[Node] | None = None) -> dict[int, Node]:
    """The adjoint ∂output/∂node of every node between the variables and the output, by `id` of the node.

    Args:
        output: a scalar node, or any node with a seed of its shape.
        seed: the adjoint of the output.
        wrt: the nodes to differentiate by; unset, all variables.
    """
    order = ancestors([output])
    active = {id(node) for node in (wrt if wrt is not None else [n for n in order if n.name is not None])}
    for node in order:
        if any(id(child) in active for child in node.inputs):
            active.add(id(node))
    pending: dict[int, list[Any]] = {id(output): [seed]}
    done: dict[int, Node] = {}
    for node in reversed(order):
        if id(node) not in active or id(node) not in pending:
            continue
        g = done[id(node)] = _total(pending.pop(id(node)), node)
        if node.primitive is None:
            continue
        wanted = [id(child) in active for child in node.inputs]
        # Rules see constants as what they are, so that x**2 takes the short way and 1·2 is 2.
        args = [_plain(child) for child in node.inputs]
        cotangents = node.primitive.pullback(_plain(g), node, args, wanted, node.params)
        for child, cotangent in zip(node.inputs, cotangents, strict=True):
            if cotangent is not None:
                pending.setdefault(id(child), []).append(cotangent)
    return done


def gradients(output: Node, wrt: Sequence[Node], seed: Any = 1.0) -> list[Node]:
    """∂output/∂x for each x of `wrt`, in its shape: the backward pass."""
    found = adjoints(output, seed, wrt)
    return [_full(found[id(x)], x) if id(x) in found else constant(np.zeros(x.shape, x.dtype)) for x in wrt]


def _plain(node: Node) -> Any:
    return node.value if node.is_constant else node


def _full(g: Node, x: Node) -> Node:
    """The cotangent in the shape and dtype of x: constants of a wider dtype on the way do not widen it."""
    whole = g if g.shape == x.shape else constant(np.broadcast_to(g, x.shape))
    return whole if np.result_type(whole.dtype) == x.dtype else constant(cast(whole, dtype=x.dtype))


def _total(parts: list[Any], node: Node) -> Node:
    """The sum of the cotangents; parts that only fill a slice are assembled in one go."""
    placed = [p for p in parts if isinstance(p, Node) and p.primitive is assemble]
    whole = [p for p in parts if not (isinstance(p, Node) and p.primitive is assemble)]
    total = None
    for part in whole:
        total = part if total is None else total + part
    if placed:
        everything = tuple(slice(None) for _ in node.shape)
        inputs = [] if total is None else [total]
        indices = [] if total is None else [everything]
        for part in placed:
            inputs.extend(part.inputs)
            indices.extend(part.params["indices"])
        total = assemble(*inputs, indices=tuple(indices), shape=node.shape)
    return total if isinstance(total, Node) else constant(total)
