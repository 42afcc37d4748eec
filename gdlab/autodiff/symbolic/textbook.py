"""The derivative of a graph by the rules of a textbook, with nothing simplified: every 0 and 1 stays.

Each node gets a derivative from those of its inputs, from the leaves up. Arithmetic follows the rules in the order in
which they are usually drawn, so that the derivative of 5 + x·y by x reads 0 + (0·x + y·1); every other function follows
the chain rule with its partial derivative from the table of primitives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, constant, number
from gdlab.autodiff.primitive import Elementwise


@dataclass(frozen=True)
class Rule:
    """A rule of differentiation, in words and in symbols."""

    name: str
    formula: str


RULES = (
    Rule("constant", "c′ = 0"),
    Rule("variable", "x′ = 1"),
    Rule("sum", "(u + v)′ = u′ + v′"),
    Rule("scalar multiple", "(c·u)′ = c·u′"),
    Rule("power", "(uⁿ)′ = n·uⁿ⁻¹·u′"),
    Rule("product", "(u·v)′ = v′·u + v·u′"),
    Rule("quotient", "(u/v)′ = (u′·v − u·v′)/v²"),
    Rule("chain", "h(u)′ = h′(u)·u′"),
)


def derivative(out: Node, x: Node) -> Node:
    """∂out/∂x as a graph, unsimplified.

    Args:
        out: any node.
        x: a variable of shape ().
    """
    zero, one = constant(0), constant(1)
    found: dict[int, Node] = {}
    for node in ancestors([out]):
        if node.primitive is None:
            found[id(node)] = one if node is x else zero
        else:
            found[id(node)] = _apply(node, [found[id(child)] for child in node.inputs])
    return found[id(out)]


def _apply(node: Node, slopes: Sequence[Node]) -> Node:
    """The derivative of a node from the derivatives of its inputs."""
    primitive = node.primitive
    assert primitive is not None  # noqa: S101 - leaves are handled before
    if primitive.name in _ARITHMETIC:
        return constant(_ARITHMETIC[primitive.name](*node.inputs, *slopes))
    if isinstance(primitive, Elementwise):
        return _chain(node, primitive, slopes)
    # Operations on whole arrays are linear maps of derivatives; those do not know a derivative that is a bare zero.
    tangents = [None if number(slope) == 0 else _full(slope, x) for slope, x in zip(slopes, node.inputs, strict=True)]
    pushed = primitive.pushforward(node, [_plain(x) for x in node.inputs], tangents, node.params)
    return constant(0) if pushed is None else constant(pushed)


def _chain(node: Node, primitive: Elementwise, slopes: Sequence[Node]) -> Node:
    """h′(u)·u′, or the sum of such terms for a function of several arguments."""
    args = [_plain(x) for x in node.inputs]
    total: Any = None
    for i, slope in enumerate(slopes):
        term = constant(primitive.partial(i, node, args)) * slope
        total = term if total is None else total + term
    return constant(total)


def _product(u: Node, v: Node, du: Node, dv: Node) -> Any:
    return dv * u + v * du


def _quotient(u: Node, v: Node, du: Node, dv: Node) -> Any:
    return (du * v - u * dv) / v**2


def _power(u: Node, n: Node, du: Node, dn: Node) -> Any:
    exponent = number(n)
    if exponent is not None:
        return n * u ** (exponent - 1) * du
    return n * u ** (n - 1) * du + u**n * np.log(u) * dn


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": lambda u, v, du, dv: du + dv,
    "subtract": lambda u, v, du, dv: du - dv,
    "negative": lambda u, du: -du,
    "multiply": _product,
    "divide": _quotient,
    "power": _power,
}


def _plain(node: Node) -> Any:
    return node.value if node.is_constant else node


def _full(slope: Node, x: Node) -> Any:
    return slope if slope.shape == x.shape else np.broadcast_to(slope, x.shape)
