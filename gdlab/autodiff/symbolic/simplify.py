"""A graph in normal form: constants folded, like terms and powers collected, each distinct step once.

Sums and products of elementwise values are flattened and collected. Products of sums are not multiplied out, and a
sum of more than a few terms that stands within another one stays a single thing; equal steps become one node. So the
formula of a network keeps about the size of its graph.

The rules hold wherever the formula has a finite value: x/x becomes 1, which it is not at 0.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, number
from gdlab.autodiff.primitive import Elementwise, Primitive
from gdlab.autodiff.symbolic.normal import NormalForms, without_broadcast
from gdlab.autodiff.symbolic.rewrites import REWRITINGS
from gdlab.autodiff.symbolic.sums import Product, Sum
from gdlab.autodiff.table import TABLE

_SUMS = {name: TABLE[name] for name in ("add", "subtract", "negative", "positive")}
_PRODUCTS = {name: TABLE[name] for name in ("multiply", "divide", "square", "reciprocal", "power")}

_HIGHEST_POWER = 1000


def simplify(outputs: Sequence[Node], order: Sequence[Node] = ()) -> list[Node]:
    """The outputs in normal form, with their equal parts shared.

    Args:
        outputs: any nodes.
        order: nodes whose order is the order in which factors are written; what they do not hold follows.
    """
    return _Simplifier()([*order, *outputs])[len(order) :]


class _Simplifier:
    def __init__(self) -> None:
        self.forms = NormalForms()
        self.done: dict[int, Node] = {}
        self.inner: set[int] = set()

    def __call__(self, outputs: Sequence[Node]) -> list[Node]:
        nodes = ancestors(outputs)
        for node in nodes:
            if node.name is not None:
                self.forms.leaf(node)  # variables come before anything else in a product
        self.inner = _inner(nodes, outputs)
        for node in nodes:
            if id(node) not in self.inner:
                self.done[id(node)] = self.forms.leaf(node) if node.primitive is None else self._step(node)
        return [self.done[id(node)] for node in outputs]

    def _step(self, node: Node) -> Node:
        family = _family(node)
        if family is _SUMS:
            return self._like(node, self.forms.build(self._sum(node)))
        if family is _PRODUCTS:
            return self._like(node, self.forms.build_product(self._product(node)))
        primitive = node.primitive
        assert primitive is not None  # noqa: S101 - leaves are handled before
        inputs = [self.done[id(child)] for child in node.inputs]
        if isinstance(primitive, Elementwise) or primitive is TABLE["where"]:
            inputs = [without_broadcast(x) for x in inputs]
        rewriting = REWRITINGS.get(primitive.name)
        found = None if rewriting is None else rewriting(self.forms, inputs, node.params)
        return self._like(node, self.forms.make(primitive, inputs, node.params) if found is None else found)

    def _like(self, node: Node, found: Node) -> Node:
        """The same value in the shape and dtype of the node it stands for, where what gave it those has cancelled."""
        if found.shape != node.shape:
            found = self.forms.named("broadcast_to", found, shape=node.shape)
        if isinstance(found.dtype, np.dtype) and isinstance(node.dtype, np.dtype) and found.dtype != node.dtype:
            found = self.forms.named("cast", found, dtype=node.dtype)
        return found

    def _sum(self, node: Node) -> Sum:
        total = Sum()
        waiting = [(node, 1.0)]
        while waiting:
            here, sign = waiting.pop()
            if here is not node and id(here) not in self.inner:
                self.forms.add(total, sign, self.done[id(here)])
            elif here.primitive is _SUMS["negative"]:
                waiting.append((here.inputs[0], -sign))
            elif here.primitive is _SUMS["subtract"]:
                waiting += [(here.inputs[1], -sign), (here.inputs[0], sign)]
            else:
                waiting += [(x, sign) for x in reversed(here.inputs)]
        return total

    def _product(self, node: Node) -> Product:
        product = Product()
        waiting = [(node, 1)]
        while waiting:
            here, power = waiting.pop()
            if here is not node and id(here) not in self.inner:
                self.forms.multiply(product, self.done[id(here)], power)
            elif here.primitive is _PRODUCTS["multiply"]:
                waiting += [(x, power) for x in reversed(here.inputs)]
            elif here.primitive is _PRODUCTS["divide"]:
                waiting += [(here.inputs[1], -power), (here.inputs[0], power)]
            else:
                waiting.append((here.inputs[0], power * _exponent(here)))
        return product


def _inner(nodes: Sequence[Node], outputs: Sequence[Node]) -> set[int]:
    """Sums within sums and products within products that nothing else uses: they are collected from above."""
    uses = Counter(id(child) for node in nodes for child in node.inputs)
    uses.update(id(node) for node in outputs)
    inner: set[int] = set()
    for node in nodes:
        family = _family(node)
        if family is not None and abs(_exponent(node)) == 1:  # the power of a coefficient may overflow
            inner.update(id(x) for x in node.inputs if uses[id(x)] == 1 and _family(x) is family)
    return inner


def _family(node: Node) -> Mapping[str, Primitive] | None:
    """Whether a node is a step of a sum or of a product of floating-point numbers."""
    primitive = node.primitive
    if primitive is None or not isinstance(node.dtype, np.dtype) or node.dtype.kind != "f":
        return None
    if _SUMS.get(primitive.name) is primitive:
        return _SUMS
    return _PRODUCTS if _PRODUCTS.get(primitive.name) is primitive and _exponent(node) else None


def _exponent(node: Node) -> int:
    """The whole power that a node raises its first input to; 0 if there is none."""
    match node.primitive.name if node.primitive else "":
        case "square":
            return 2
        case "reciprocal":
            return -1
        case "power":
            exponent = number(node.inputs[1])
            whole = exponent is not None and float(exponent).is_integer() and abs(exponent) <= _HIGHEST_POWER
            return int(exponent) if exponent is not None and whole else 0
    return 1
