"""Graphs as written formulas; what many places share gets a name of its own, so that nothing grows beyond the graph."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from gdlab.autodiff.graph import Node, ancestors
from gdlab.autodiff.symbolic.latex import LatexStyle
from gdlab.autodiff.symbolic.pieces import Piece, Written, free_letter
from gdlab.autodiff.symbolic.text import TextStyle

_SHORT = 400  # characters up to which formulas are written without named parts
_LINE = 100  # characters after which a part gets a name, once parts have names
_ARRAY = 8  # elements up to which a constant array is written out


class Style(Protocol):
    """How names, constants and steps are written."""

    def name(self, name: str) -> Piece:
        """A variable or a named part."""

    def constant(self, value: Any) -> Piece:
        """A number or a small array."""

    def step(self, node: Node, written: Written) -> Piece:
        """An operation."""


@dataclass(frozen=True)
class Formula:
    """One or more formulas in writing.

    Args:
        parts: named parts, each after what it uses: `("t1", "x*y")`.
        results: the formulas, in terms of variables and parts.
        constants: arrays that are too large to write, by the name that stands for them.
    """

    parts: tuple[tuple[str, str], ...]
    results: tuple[str, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([*(f"{name} = {text}" for name, text in self.parts), *self.results])


def text(outputs: Sequence[Node], *, times: str = "*") -> Formula:
    """Write graphs as text.

    Args:
        outputs: what is written, one formula each; they share their named parts.
        times: the sign of a product; with `*` the formula reader understands what is written.
    """
    return write(outputs, TextStyle(times))


def latex(outputs: Sequence[Node]) -> Formula:
    """Write graphs as LaTeX."""
    return write(outputs, LatexStyle())


def write(outputs: Sequence[Node], style: Style) -> Formula:
    """Write graphs in any style."""
    return _Writer(style)(outputs)


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.pieces: dict[int, Piece] = {}
        self.parts: list[tuple[str, str]] = []
        self.named: dict[str, Piece] = {}
        self.constants: dict[str, Any] = {}

    def __call__(self, outputs: Sequence[Node]) -> Formula:
        order = ancestors(outputs)
        uses = Counter(id(child) for node in order for child in node.inputs)
        names = [node.name for node in order if node.name is not None]
        self.part_letter, self.constant_letter = free_letter(names, "t"), free_letter(names, "c")
        naming = _length(order, outputs) > _SHORT
        for node in order:
            piece = self._piece(node)
            if naming and _deserves_a_name(node, piece, uses[id(node)]):
                self._name(piece.text)
            # Other graphs may hold the same part: what has a name is written by it wherever it stands.
            piece = self.named.get(piece.text, piece)
            self.pieces[id(node)] = piece
        results = tuple(self.pieces[id(node)].text for node in outputs)
        return Formula(tuple(self.parts), results, self.constants)

    def _name(self, text: str) -> None:
        if text not in self.named:
            self.named[text] = self.style.name(f"{self.part_letter}{len(self.parts) + 1}")
            self.parts.append((self.named[text].text, text))

    def _piece(self, node: Node) -> Piece:
        if node.name is not None:
            return self.style.name(node.name)
        if node.primitive is not None:
            return self.style.step(node, self._written)
        if np.size(node.value) <= _ARRAY:
            return self.style.constant(node.value)
        name = f"{self.constant_letter}{len(self.constants) + 1}"
        self.constants[name] = node.value
        return self.style.name(name)

    def _written(self, node: Node) -> Piece:
        return self.pieces[id(node)]


def _deserves_a_name(node: Node, piece: Piece, uses: int) -> bool:
    if node.primitive is None or len(piece.text) <= 6 or uses == 0:
        return False
    picks = (
        node.primitive.name in ("getitem", "negative", "reshape", "broadcast_to") and node.inputs[0].primitive is None
    )
    return (uses > 1 and not picks) or len(piece.text) > _LINE


def _length(order: Sequence[Node], outputs: Sequence[Node]) -> int:
    """About how many characters there would be without named parts; no more than is needed to see that it is long."""
    lengths: dict[int, int] = {}
    for node in order:
        own = 2 if node.primitive is None else 3
        lengths[id(node)] = min(own + sum(lengths[id(child)] for child in node.inputs), 10 * _SHORT)
    return sum(lengths[id(node)] for node in outputs)
