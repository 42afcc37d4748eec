r"""Formulas as LaTeX, for a paper or a slide: `\frac{x}{y}`, `\sin\left(x\right)`, `x_{0}`."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node
from gdlab.autodiff.program.text import index_text
from gdlab.autodiff.symbolic.pieces import Hold, Piece, Written, number_piece

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|psi|omega|"
    "Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_OWN = re.compile("sin|cos|tan|arcsin|arccos|arctan|sinh|cosh|tanh|exp|log|min|max|det")
_COMPARISONS = {
    "less": "<",
    "less_equal": r"\le",
    "greater": ">",
    "greater_equal": r"\ge",
    "equal": "=",
    "not_equal": r"\ne",
}
_BRACKETS = {
    "absolute": (r"\left|", r"\right|"),
    "floor": (r"\left\lfloor ", r" \right\rfloor"),
    "ceil": (r"\left\lceil ", r" \right\rceil"),
    "sqrt": (r"\sqrt{", "}"),
    "cbrt": (r"\sqrt[3]{", "}"),
}


class LatexStyle:
    """Writes one step of a formula at a time."""

    def name(self, name: str) -> Piece:
        r"""A variable: greek letters by name, digits at the end and numbers in brackets as an index: `\beta_{1}`."""
        word, index = re.findall(r"(.*?)[_\[]?(\d*)\]?$", name)[0]
        if _GREEK.fullmatch(word):
            word = "\\" + word
        elif len(word) > 1:
            word = rf"\mathrm{{{word}}}".replace("_", r"\_")
        return Piece(f"{word}_{{{index}}}" if index else word)

    def constant(self, value: Any) -> Piece:
        """A number, or a matrix."""
        array = np.asarray(value)
        if array.ndim == 0:
            return self._number(float(array))
        if array.ndim > 2:
            return Piece(r"\left(" + r",\; ".join(self.constant(part).text for part in array) + r"\right)")
        rows = array.reshape(len(array), -1)
        lines = (" & ".join(self._number(float(x)).text for x in row) for row in rows)
        return Piece(r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}")

    def _number(self, value: float) -> Piece:
        piece = number_piece(value)
        text = piece.text.replace("*pi", r" \pi").replace("pi", r"\pi").replace(r"\\pi", r"\pi")
        text = re.sub(r"log\((\d+)\)", r"\\log \1", text)
        text = re.sub(r"(\d+)/(\d+)", r"\\frac{\1}{\2}", text)
        text = re.sub(r"([\d.]+)e([+-]?)0*(\d+)", r"\1 \\cdot 10^{\2\3}", text).replace("^{+", "^{")
        return Piece(text, Hold.PRODUCT if r"\cdot" in text and piece.hold is Hold.ATOM else piece.hold)

    def step(self, node: Node, written: Written) -> Piece:
        """A step, given how everything before it is written."""
        primitive = node.primitive
        assert primitive is not None  # noqa: S101 - leaves are names and constants
        name, inputs = primitive.name, [written(x) for x in node.inputs]
        match name:
            case "add" | "subtract":
                sign = "+" if name == "add" else "-"
                return Piece(f"{_within(inputs[0], Hold.SUM)} {sign} {_within(inputs[1], Hold.PRODUCT)}", Hold.SUM)
            case "multiply":
                left, right = _within(inputs[0], Hold.MINUS), _within(inputs[1], Hold.POWER)
                both_arrays = all(x.shape for x in node.inputs)
                times = r" \odot " if both_arrays else r" \cdot " if right[:1].isdigit() else " "
                return Piece(left + times + right, Hold.PRODUCT)
            case "divide" | "reciprocal":
                above, below = (Piece("1"), inputs[0]) if name == "reciprocal" else inputs
                if above.text.startswith("-") and above.hold > Hold.SUM:
                    return Piece(rf"-\frac{{{above.text[1:]}}}{{{below.text}}}", Hold.MINUS)
                return Piece(rf"\frac{{{above.text}}}{{{below.text}}}", Hold.POWER)
            case "negative":
                return Piece(f"-{_within(inputs[0], Hold.PRODUCT)}", Hold.MINUS)
            case "power" | "square":
                exponent = "2" if name == "square" else inputs[1].text
                return Piece(f"{_within(inputs[0], Hold.ATOM)}^{{{exponent}}}", Hold.POWER)
            case "positive" | "detach" | "cast":
                return inputs[0]
            case "where":
                condition, yes, no = (x.text for x in inputs)
                lines = rf"{yes} & \text{{if }} {condition} \\ {no} & \text{{otherwise}}"
                return Piece(rf"\begin{{cases}} {lines} \end{{cases}}")
            case "sigmoid":
                return Piece(rf"\sigma\left({inputs[0].text}\right)")
            case _ if name in _COMPARISONS:
                left, right = (_within(x, Hold.SUM) for x in inputs)
                return Piece(f"{left} {_COMPARISONS[name]} {right}", Hold.COMPARISON)
            case _ if name in _BRACKETS:
                before, after = _BRACKETS[name]
                return Piece(f"{before}{inputs[0].text}{after}")
        return self._array(node, inputs)

    def _array(self, node: Node, inputs: Sequence[Piece]) -> Piece:
        """Operations on whole arrays."""
        assert node.primitive is not None  # noqa: S101
        name = node.primitive.name
        match name:
            case "matmul":
                left, right = (_within(x, Hold.POWER) for x in inputs)
                turned = rf"{_within(inputs[0], Hold.ATOM)}^{{\top}}" if len(node.inputs[0].shape) == 1 else left
                return Piece(f"{turned} {right}", Hold.PRODUCT)
            case "transpose":
                return Piece(rf"{_within(inputs[0], Hold.ATOM)}^{{\top}}", Hold.POWER)
            case "inv":
                return Piece(rf"{_within(inputs[0], Hold.ATOM)}^{{-1}}", Hold.POWER)
            case "getitem":
                index = node.params["index"]
                if all(k is None or isinstance(k, int | slice) for k in index):
                    return Piece(f"{_within(inputs[0], Hold.ATOM)}_{{{index_text(index)}}}")
            case "sum":
                axes = node.params["axes"]
                along = (
                    "" if len(axes) == len(node.inputs[0].shape) else rf"_{{\text{{axis }}{', '.join(map(str, axes))}}}"
                )
                return Piece(rf"\sum{along} {_within(inputs[0], Hold.MINUS)}", Hold.MINUS)
            case "broadcast_to":
                return inputs[0]
        called = f"\\{name}" if _OWN.fullmatch(name) else rf"\operatorname{{{name}}}".replace("_", r"\_")
        return Piece(rf"{called}\left({', '.join(x.text for x in inputs)}\right)")


def _within(piece: Piece, hold: Hold) -> str:
    return piece.text if piece.hold >= hold else rf"\left({piece.text}\right)"
