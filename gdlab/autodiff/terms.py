"""Formulas as objects, for a blackboard: `Var` and `Const` with operators, printed, evaluated and differentiated.

    x, y = Var("x", 3), Var("y", 4)
    f = x * x * y + y + Const(2)
    print(f)                    # ((x) * (x)) * (y) + y + 2
    f.evaluate()                # 42.0
    dx, dy = f.gradient(x, y)   # formulas again: dx.evaluate() is 24.0, and dx.gradient(x) is a formula too

They are nodes of the one graph, with the rules of the one table; every NumPy function that has a rule takes them.
"""

from typing import Any

import numpy as np

from gdlab.autodiff.dual import LEVELS
from gdlab.autodiff.graph import Node, ancestors, apply, constant, evaluate
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.symbolic.formula import write
from gdlab.autodiff.symbolic.pieces import Hold, Piece, Written
from gdlab.autodiff.symbolic.simplify import simplify
from gdlab.autodiff.symbolic.text import TextStyle


class Term(Node):
    """A node that prints as a formula and evaluates itself; what is computed from terms is a term."""

    __slots__ = ()

    def interpret(self, primitive: Primitive, args: Any, params: dict[str, Any]) -> "Term":
        """Record the operation."""
        return _term(apply(primitive, args, params))

    def evaluate(self) -> Any:
        """The value at the values of the variables; a dual number if one of those is.

        Each step is computed once, however many others use it.
        """
        (found,) = evaluate([self], {id(x): _float(x.value) for x in self._variables()})
        return found if isinstance(found, Traced) or np.ndim(found) else float(found)

    def gradient(self, *variables: "Var") -> tuple["Term", ...]:
        """∂self/∂x for each of the variables, as terms, from one backward pass.

        Nothing is stored in the variables, so that a second call gives the same again.
        """
        return tuple(_term(slope) for slope in gradients(self, variables))

    def simplified(self) -> "Term":
        """The same in normal form: constants folded, like terms collected, variables in the order they were made."""
        return _term(simplify([self], order=sorted(self._variables(), key=lambda x: x.level))[0])

    def _variables(self) -> "list[Var]":
        return [node for node in ancestors([self]) if isinstance(node, Var)]

    def __str__(self) -> str:
        return str(write([self], _Bracketed()))

    __repr__ = __str__


class Var(Term):
    """A variable.

    Args:
        name: as it is printed.
        value: where it stands; a number, an array or a dual number. It can be set anew at any time.
    """

    __slots__ = ()

    def __init__(self, name: str, value: Any = 0.0) -> None:
        shape = value.shape if isinstance(value, Traced) else np.shape(value)
        super().__init__(None, (), {}, shape, np.dtype(np.float64), level=next(LEVELS), value=value, name=name)


class Const(Term):
    """A constant number or array."""

    __slots__ = ()

    def __init__(self, value: Any) -> None:
        leaf = constant(value)
        super().__init__(None, (), {}, leaf.shape, leaf.dtype, value=leaf.value)


def _term(node: Node) -> Term:
    """The same node as a term."""
    if isinstance(node, Term):
        return node
    term = Term(node.primitive, node.inputs, node.params, node.shape, node.dtype, level=node.level)
    term.value, term.name = node.value, node.name
    return term


def _float(value: Any) -> Any:
    """A value as floating-point numbers, so that a power of an integer may be a fraction."""
    if isinstance(value, Traced):
        return value
    array = np.asarray(value)
    return array.astype(np.result_type(array.dtype, np.float64))[()]


class _Bracketed(TextStyle):
    """Brackets around both sides of a product, none around a sum."""

    def step(self, node: Node, written: Written) -> Piece:
        """A step of arithmetic with its brackets; everything else as usual."""
        assert node.primitive is not None  # noqa: S101 - leaves are names and constants
        form = _FORMS.get(node.primitive.name)
        if form is None:
            return super().step(node, written)
        return Piece(form.format(*(written(x).text for x in node.inputs)), Hold.COMPARISON)


_FORMS = {
    "add": "{} + {}",
    "subtract": "{} - ({})",
    "multiply": "({}) * ({})",
    "divide": "({}) / ({})",
    "power": "({}) ** ({})",
    "negative": "-({})",
}
