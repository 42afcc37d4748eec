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
    if len(w.shape) != 1:
        return None
    places = {id(w): np.arange(w.shape[0])}  # of the elements that a slice of w, or a slice of such a slice, holds
    for node in ancestors(outputs):
        held = [id(x) for x in node.inputs if id(x) in places and places[id(x)].ndim]
        if node.primitive is getitem and held:
            places[id(node)] = np.asarray(places[held[0]][node.params["index"]])
        elif held:
            return None
    if any(id(out) in places and places[id(out)].ndim for out in outputs):
        return None
    called = names or [f"{w.name}[{k}]" for k in range(w.shape[0])]
    elements = [variable(name, np.zeros((), w.dtype), w.level) for name in called]
    picks = {key: elements[int(place)] for key, place in places.items() if place.ndim == 0}
    return elements, substitute(outputs, picks)
