"""Pieces of written formulas: a text and how tightly it holds together, and how numbers and names are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from math import e, isfinite, log, pi

from gdlab.autodiff.graph import Node


class Hold(IntEnum):
    """What would tear a text apart: it needs brackets where something tighter is asked for."""

    COMPARISON = 0
    SUM = 1
    MINUS = 2
    PRODUCT = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True)
class Piece:
    """A text and how tightly it holds together."""

    text: str
    hold: Hold = Hold.ATOM


Written = Callable[[Node], Piece]  # how a node that comes earlier is written


def within(piece: Piece, hold: Hold) -> str:
    """A text with brackets around it, if it does not hold together tightly enough."""
    return piece.text if piece.hold >= hold else f"({piece.text})"


_NAMED = {pi: "pi", e: "e", log(2): "log(2)", log(10): "log(10)"}


def number_piece(value: float) -> Piece:
    """A number as one would write it: `2`, `0.5`, `1/3`, `2*pi`, `-1e-08`; read back, it is the same number."""
    piece = _positive(abs(value))
    return Piece("-" + piece.text, Hold.MINUS) if value < 0 else piece


def _positive(value: float) -> Piece:
    if not isfinite(value):
        return Piece(repr(value))
    if value.is_integer() and value < 1e15:
        return Piece(str(int(value)))
    if value in _NAMED:
        return Piece(_NAMED[value])
    for below in (1, 2, 3, 4, 6):
        above = round(value * below / pi)
        if 1 <= above <= 100 and above * pi / below == value:
            return Piece(f"{above}*pi" if below == 1 else f"{above}*pi/{below}".removeprefix("1*"), Hold.PRODUCT)
    plain = repr(value)
    if len(plain) > 6 and value < 1000:
        near = Fraction(value).limit_denominator(100)
        if float(near) == value:
            return Piece(str(near), Hold.PRODUCT)
    return Piece(plain)


def free_letter(names: Sequence[str], wanted: str) -> str:
    """A letter for numbered names that no given name begins with: the wanted one if it can be."""
    taken = {name[0] for name in names if name}
    return next((c for c in wanted + "tuvqpzkh" if c not in taken), wanted + "_")
