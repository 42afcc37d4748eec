"""A graph of a whole vector as a graph of its elements, where it only ever picks single ones."""

from collections.abc import Mapping, Sequence

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, apply, variable
from gdlab.autodiff.structural import getitem


def substitute(outputs: Sequence[Node], replacements: Mapping[int, Node]) -> list[Node]:
    """The outputs with other nodes in the place of those whose `id` is given."""
    done = dict(replacements)
    for node in ancestors(outputs):
        if id(node) in done:
            continue
        inputs = [done[id(child)] for child in node.inputs]
        same = node.primitive is None or all(a is b for a, b in zip(inputs, node.inputs, strict=True))
        done[id(node)] = node if same or node.primitive is None else apply(node.primitive, inputs, node.params)
    return [done[id(node)] for node in outputs]


def by_elements(outputs: Sequence[Node], w: Node, names: Sequence[str] = ()) -> tuple[list[Node], list[Node]] | None:
    """Variables for the elements of w, and the outputs in terms of them.

    Args:
        outputs: nodes that depend on w.
        w: a variable of shape (n,).
        names: what the elements are called; unset, `w[0]`, `w[1]` and so on.

    Returns:
        None if something is done with w as a whole.
    """
    picks = [node for node in ancestors(outputs) if any(child is w for child in node.inputs)]
    if len(w.shape) != 1 or any(out is w for out in outputs) or not all(_picks_one(node) for node in picks):
        return None
    called = names or [f"{w.name}[{k}]" for k in range(w.shape[0])]
    elements = [variable(name, np.zeros((), w.dtype), w.level) for name in called]
    return elements, substitute(outputs, {id(node): elements[node.params["index"][0]] for node in picks})


def _picks_one(node: Node) -> bool:
    return node.primitive is getitem and node.shape == () and isinstance(node.params["index"][0], int)
