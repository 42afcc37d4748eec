"""Nodes in normal form, each distinct one once, and the sums of products that they stand for."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, apply, constant, number
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.autodiff.program.simplify import freeze
from gdlab.autodiff.symbolic.sums import Monomial, Product, Sum
from gdlab.autodiff.table import TABLE

_FEW = 8  # terms of a sum that is written out within another sum
_FOLD_LIMIT = 4096  # elements of a constant that is computed


class NormalForms:
    """Makes nodes by value numbering, and knows which of them are sums of products.

    A factor of a monomial is known by its rank, the number of nodes that were there before it.
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._rank: dict[int, int] = {}
        self._known: dict[Any, Node] = {}
        self._forms: dict[int, Sum] = {}

    def leaf(self, node: Node) -> Node:
        """A variable or a constant; equal constants are the same node, and an array of equal numbers is one of them."""
        if _is_array(node) and np.result_type(node.dtype).kind == "f":
            first = np.asarray(node.value).ravel()[:1]
            if first.size and np.all(node.value == first):
                return self.named("broadcast_to", self.number(float(first[0])), shape=node.shape)
        return self._register(_constant_key(node) if node.is_constant else ("variable", id(node)), node)

    def number(self, value: float) -> Node:
        """A constant number."""
        return self.leaf(constant(float(value)))

    def make(self, primitive: Primitive, inputs: Sequence[Node], params: dict[str, Any]) -> Node:
        """An operation on nodes in normal form; what is constant is computed."""
        if all(map(_is_known, inputs)) and primitive is not TABLE["broadcast_to"]:
            folded = _fold(primitive, inputs, params)
            if folded is not None:
                return self.leaf(folded)
        key = (id(primitive), tuple(id(node) for node in inputs), freeze(params))
        return self._known[key] if key in self._known else self._register(key, apply(primitive, inputs, params))

    def named(self, name: str, *inputs: Node, **params: Any) -> Node:
        """An operation by its name in the table."""
        return self.make(TABLE[name], inputs, params)

    def _register(self, key: Any, node: Node) -> Node:
        if key not in self._known:
            self._known[key] = node
            self._rank[id(node)] = len(self._nodes)
            self._nodes.append(node)
        return self._known[key]

    # -- sums and products ------------------------------------------------------------------------------------------

    def form(self, node: Node) -> Sum:
        """A node as a sum of products; as the one term that it is itself, if it is no sum."""
        value = number(node)
        if value is not None:
            return Sum(value)
        return self._forms.get(self._rank[id(node)]) or Sum(0.0, {self._atom(node): 1.0})

    def add(self, total: Sum, factor: float, node: Node) -> None:
        """Add factor·node to a sum, term by term if they are few."""
        node = without_broadcast(node)
        form = self.form(node)
        single = form.single
        if single is not None and (inside := self._forms.get(_alone(single[0]))) is not None:
            form, factor = inside, factor * single[1]  # c·(a + b) is c·a + c·b within a sum
        if len(form.terms) > _FEW:
            total.add(self._atom(node), factor)
        else:
            total.add_scaled(form, factor)

    def multiply(self, product: Product, node: Node, power: int) -> None:
        """Multiply a product by a power of a node, factor by factor."""
        node = without_broadcast(node)
        monomial, coefficient = self._factors(node)
        try:
            scaled = product.coefficient * coefficient**power
        except (OverflowError, ZeroDivisionError):
            scaled = math.nan
        if math.isfinite(scaled) and (scaled != 0 or coefficient == 0):
            product.multiply(monomial, coefficient, power)
        else:
            product.multiply(self._atom(node), 1.0, power)

    def _factors(self, node: Node) -> tuple[Monomial, float]:
        """A node as a monomial and a coefficient; of a sum, the coefficient that all its terms have in common."""
        value = number(node)
        if value is not None:
            return (), value
        form = self.form(node)
        if form.single is not None:
            # A long product is kept whole as a factor: written out, products of products would grow without end.
            return form.single if len(form.single[0]) <= _FEW else (self._atom(node), 1.0)
        if len(form.terms) > _FEW:
            return self._atom(node), 1.0
        rest, common = form.over_common()
        return self._atom(node if common == 1 else self.build(rest)), common

    def build(self, form: Sum) -> Node:
        """The node that computes a sum."""
        if not form.terms:
            return self.number(form.constant)
        terms = form.in_writing_order()
        total = self._term(*terms[0])
        for monomial, coefficient in terms[1:]:
            part = self._term(monomial, abs(coefficient))
            total = self.named("add" if coefficient > 0 else "subtract", total, part)
        if form.single is None or form.single != (self._atom(total), 1.0):
            self._forms.setdefault(self._rank[id(total)], form)
        return total

    def build_product(self, product: Product) -> Node:
        """The node that computes a product."""
        return self.build(Sum(0.0, {product.monomial: product.coefficient} if product.coefficient else {}))

    def _atom(self, node: Node) -> Monomial:
        return ((self._rank[id(node)], 1),)

    def _term(self, monomial: Monomial, coefficient: float) -> Node:
        above = [self._power(rank, power) for rank, power in monomial if power > 0]
        below = [self._power(rank, -power) for rank, power in monomial if power < 0]
        if coefficient == -1 and above:
            first = self.form(above[0])
            above[0] = self.named("negative", above[0]) if first.single else self.build(first.scaled(-1))
        elif above and (divisor := _divisor(coefficient)):
            below.insert(0, self.number(divisor))
        elif coefficient != 1 or not above:
            above.insert(0, self.number(coefficient))
        term = self._times(above)
        return self.named("divide", term, self._times(below)) if below else term

    def _power(self, rank: int, power: int) -> Node:
        factor = self._nodes[rank]
        return factor if power == 1 else self.named("power", factor, self.number(power))

    def _times(self, factors: Sequence[Node]) -> Node:
        product = factors[0]
        for factor in factors[1:]:
            product = self.named("multiply", product, factor)
        return product


def without_broadcast(node: Node) -> Node:
    """A node without the broadcast that an elementwise step does by itself."""
    return node.inputs[0] if node.primitive is TABLE["broadcast_to"] else node


def _alone(monomial: Monomial) -> int:
    """The factor of a monomial that has only that one, to the power 1; −1 for any other."""
    return monomial[0][0] if len(monomial) == 1 and monomial[0][1] == 1 else -1


def _is_known(node: Node) -> bool:
    """Whether a node is a constant, and none that another derivative varies."""
    return node.is_constant and not isinstance(node.value, Traced)


def _is_array(node: Node) -> bool:
    return _is_known(node) and node.shape != ()


def _divisor(coefficient: float) -> int:
    """The whole number to divide by rather than to multiply with a fraction that has no short decimal; 0 for none."""
    inverse = round(1 / coefficient) if 1e-3 <= abs(coefficient) < 1 else 0
    return inverse if inverse and 1 / inverse == coefficient and len(repr(abs(coefficient))) > 6 else 0


def _constant_key(node: Node) -> Any:
    value = number(node)
    if value is not None:
        return ("number", repr(float(value)))
    if not _is_known(node) or np.size(node.value) > _FOLD_LIMIT:
        return ("constant", id(node.value))
    return freeze(np.asarray(node.value))


def _fold(primitive: Primitive, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    """The value of an operation on constants, if it is finite and not large."""
    largest = max((node.size for node in inputs), default=0)
    if largest > _FOLD_LIMIT or apply(primitive, inputs, params).size > _FOLD_LIMIT:
        return None
    with np.errstate(all="ignore"):
        value = primitive.compute(*(node.value for node in inputs), **params)
    if not np.all(np.isfinite(value)):
        return None
    return constant(float(value)) if np.ndim(value) == 0 and np.result_type(value).kind == "f" else constant(value)
