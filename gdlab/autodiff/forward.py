"""Forward mode on a graph: the graph of a directional derivative."""

from collections.abc import Mapping

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, constant


def tangent(output: Node, directions: Mapping[Node, Node]) -> Node:
    """The tangent of the output when each variable moves along its direction.

    Args:
        output: any node.
        directions: for each variable, a node of its shape.
    """
    tangents: dict[int, Node] = {id(x): v for x, v in directions.items()}
    for node in ancestors([output]):
        if node.primitive is None or id(node) in tangents or not any(id(x) in tangents for x in node.inputs):
            continue
        args = [child.value if child.is_constant else child for child in node.inputs]
        pushed = node.primitive.pushforward(node, args, [tangents.get(id(x)) for x in node.inputs], node.params)
        if pushed is not None:
            tangents[id(node)] = constant(pushed)
    found = tangents.get(id(output))
    return constant(np.zeros(output.shape, np.result_type(output.dtype))) if found is None else found
