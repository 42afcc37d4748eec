"""What an item of the lecture is: numbers that are expected, and how each is obtained."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ROUNDING = 1e-12  # relative; what is told to the last digit allows nothing


@dataclass(frozen=True)
class OneOf:
    """Any of several words is right."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " or ".join(self.words)


@dataclass(frozen=True)
class Line:
    """One number, row of numbers or text.

    Args:
        what: what it is.
        expected: what the lecture says, or what is right where it errs; None if nothing in particular.
        obtain: computes it.
        tolerance: relative; absolute where 0 is expected.
    """

    what: str
    expected: Any
    obtain: Callable[[], Any]
    tolerance: float = ROUNDING


@dataclass(frozen=True)
class Item:
    """One item.

    Args:
        number: from 1 to 36.
        title: what it is about.
        lines: its numbers.
        errs: one sentence on where the lecture errs or is silent, if it does.
        see: the command that shows more.
        missing: what no command shows of it, as the end of a sentence that begins with the item.
    """

    number: int
    title: str
    lines: tuple[Line, ...] = ()
    errs: str = ""
    see: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Result:
    """What came of a line."""

    line: Line
    obtained: Any
    ok: bool


def run(item: Item) -> list[Result]:
    """Obtain every number of an item."""
    results = []
    for line in item.lines:
        with np.errstate(all="ignore"):
            obtained = line.obtain()
        results.append(Result(line, obtained, agrees(line.expected, obtained, line.tolerance)))
    return results


def agrees(expected: Any, obtained: Any, tolerance: float) -> bool:
    """Whether what was obtained is what was expected: texts the same, numbers within the tolerance."""
    if expected is None:
        return True
    if isinstance(expected, OneOf):
        return str(obtained) in expected.words
    if isinstance(expected, str) or isinstance(obtained, str):
        return bool(expected == obtained)
    if isinstance(expected, Sequence) or np.ndim(expected) or np.ndim(obtained):
        if len(expected) != len(obtained):
            return False
        return all(agrees(e, o, tolerance) for e, o in zip(expected, obtained, strict=True))
    if expected == obtained:
        return True
    return bool(math.isfinite(obtained) and abs(obtained - expected) <= tolerance * (abs(expected) or 1))
