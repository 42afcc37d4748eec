"""Formulas as text in NumPy's words: what the formula reader takes, wherever it has a word for it."""

from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, number
from gdlab.autodiff.primitive import Elementwise
from gdlab.autodiff.symbolic.array_text import ARRAY_WRITERS, shape_text, tuple_text
from gdlab.autodiff.symbolic.pieces import Hold, Piece, Written, number_piece, within

_COMPARISONS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}


class TextStyle:
    """Writes one step of a formula at a time.

    Args:
        times: the sign of a product; with anything but `*` the text is for people only.
    """

    def __init__(self, times: str = "*") -> None:
        self.times = times

    def name(self, name: str) -> Piece:
        """A variable or a part with a name."""
        return Piece(name)

    def constant(self, value: Any) -> Piece:
        """A number, or an array written out."""
        array = np.asarray(value)
        if array.ndim == 0:
            return number_piece(float(array))
        row = f"stack({tuple_text([number_piece(float(x)).text for x in array.ravel()])})"
        return Piece(row if array.ndim == 1 else f"reshape({row}, {shape_text(array.shape)})")

    def step(self, node: Node, written: Written) -> Piece:
        """A step, given how everything before it is written."""
        primitive = node.primitive
        assert primitive is not None  # noqa: S101 - leaves are names and constants
        name, inputs = primitive.name, [written(x) for x in node.inputs]
        match name:
            case "add" | "subtract":
                sign = "+" if name == "add" else "-"
                return Piece(f"{within(inputs[0], Hold.SUM)} {sign} {within(inputs[1], Hold.PRODUCT)}", Hold.SUM)
            case "multiply" | "divide":
                sign = self.times if name == "multiply" else "/"
                return Piece(f"{within(inputs[0], Hold.MINUS)}{sign}{within(inputs[1], Hold.POWER)}", Hold.PRODUCT)
            case "negative":
                return Piece(f"-{within(inputs[0], Hold.PRODUCT)}", Hold.MINUS)
            case "power":
                return self._power(inputs[0], inputs[1], number(node.inputs[1]))
            case "square":
                return self._power(inputs[0], Piece("2"), 2)
            case "reciprocal":
                return Piece(f"1/{within(inputs[0], Hold.POWER)}", Hold.PRODUCT)
            case "positive" | "detach" | "cast":
                return inputs[0]
            case "remainder" | "floor_divide":
                sign = "%" if name == "remainder" else "//"
                return Piece(f"{within(inputs[0], Hold.POWER)} {sign} {within(inputs[1], Hold.POWER)}", Hold.SUM)
            case _ if name in _COMPARISONS:
                left, right = (within(x, Hold.SUM) for x in inputs)
                return Piece(f"{left} {_COMPARISONS[name]} {right}", Hold.COMPARISON)
        if isinstance(primitive, Elementwise) or name not in ARRAY_WRITERS:
            options = [f"{key}={value!r}" for key, value in node.params.items()]
            called = "abs" if name == "absolute" else name
            return Piece(f"{called}({', '.join([*(x.text for x in inputs), *options])})")
        return ARRAY_WRITERS[name](node, written)

    def _power(self, base: Piece, exponent: Piece, value: float | None) -> Piece:
        raised = exponent.text if value is not None and exponent.hold is Hold.MINUS else within(exponent, Hold.POWER)
        return Piece(f"{within(base, Hold.ATOM)}**{raised}", Hold.POWER)
