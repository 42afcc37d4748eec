"""A function whose derivatives are formulas in normal form, compiled."""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.binding import bound
from gdlab.autodiff.cost import Cost
from gdlab.autodiff.derivatives import Array, Derivatives
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import Node, ancestors, constant, variable
from gdlab.autodiff.program.simplify import simplify as merged
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.symbolic.simplify import simplify

_ENTRIES = 32  # parameters up to which every entry of the Hessian has a formula of its own

_FREE = {"getitem", "reshape", "transpose", "broadcast_to", "concatenate", "assemble", "detach", "positive", "cast"}


class SymbolicDerivatives(Derivatives):
    """By formulas: the graph is differentiated into a graph, which is put into normal form and compiled.

    The derivative of a graph of whole arrays is the graph that the rules of its operations build from the result back
    to the parameters: a product of matrices has products of matrices as its derivative, not a formula for each element.
    With equal parts shared, its size is a small multiple of that of the graph. The Hessian of up to 32 parameters has a
    formula for each entry; that of more is put together from products with the unit vectors.

    A formula costs what it computes: each is charged as many evaluations of the function as would do the same number of
    elementary operations, rounded up.
    """

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w) from one program."""
        return self._both(w, rows)  # type: ignore[no-any-return]

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v from the formula of the product."""
        return self._product(w, rows, v)  # type: ignore[no-any-return]

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w), from a formula for each entry or column by column."""
        return self._entries(w, rows) if 0 < self.n <= _ENTRIES else super().hessian(w, rows)

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """The operations of both formulas, in evaluations."""
        _, out, gradient = self._first
        return self._charge([out, gradient])

    @property
    def cost_of_hvp(self) -> Cost:
        """The operations of the formula of the product, in evaluations."""
        return self._charge([self._along_v[1]])

    @property
    def cost_of_hessian(self) -> Cost:
        """The operations of all entries, in evaluations."""
        return self._charge([self._matrix]) if self.n <= _ENTRIES else super().cost_of_hessian

    def _charge(self, formulas: Sequence[Node]) -> Cost:
        return Cost(evaluations=math.ceil(work(formulas) / max(1, work([self._first[1]]))))

    @cached_property
    def _first(self) -> tuple[dict[str, Node], Node, Node]:
        """The inputs, the value as it is written, and the gradient in normal form."""
        inputs, out = self._trace()
        (gradient,) = simplify(gradients(out, [inputs["w"]]), order=[out])
        return inputs, out, gradient

    @cached_property
    def _along_v(self) -> tuple[dict[str, Node], Node]:
        inputs, _, gradient = self._first
        w = inputs["w"]
        v = variable("v", self.example, w.level)
        (product,) = simplify([tangent(gradient, {w: v})])
        return {**inputs, "v": v}, product

    @cached_property
    def _matrix(self) -> Node:
        inputs, _, gradient = self._first
        w = inputs["w"]
        flat = gradient.reshape(self.n)
        rows = [gradients(constant(flat[i]), [w])[0].reshape(self.n) for i in range(self.n)]
        (matrix,) = simplify([constant(np.stack(rows))])
        return matrix

    @cached_property
    def _both(self) -> Callable[..., Any]:
        inputs, out, gradient = self._first
        return bound(inputs, {"value": out, "result": gradient})

    @cached_property
    def _product(self) -> Callable[..., Any]:
        inputs, product = self._along_v
        return bound(inputs, {"result": product})

    @cached_property
    def _entries(self) -> Callable[..., Any]:
        return bound(self._first[0], {"result": self._matrix})


def work(outputs: Sequence[Node]) -> int:
    """How many elementary operations on numbers the program of the outputs makes; moving elements is free."""
    return sum(_operations(node) for node in ancestors(merged(outputs)))


def _operations(node: Node) -> int:
    if node.primitive is None or node.primitive.name in _FREE:
        return 0
    if node.primitive.name == "matmul":
        return 2 * node.size * node.inputs[0].shape[-1]
    if node.primitive.name == "vdot":
        return 2 * node.inputs[0].size
    return max(node.size, *(child.size for child in node.inputs))
