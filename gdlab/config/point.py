"""The point that `--at` names: `x=3,y=4`, `x=1,2,3` or `x=[1,2,3]` for a vector, or `3,4` without names."""

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from gdlab.config.words import offer
from gdlab.errors import UsageError
from gdlab.problems.expression import parse
from gdlab.problems.formulas.functions import CONSTANTS


class Point:
    """Values by name, and values without one.

    Args:
        text: as the user wrote it; a value may be a formula of numbers, such as pi/2.

    Attributes:
        named: for each name a number, or a list of them.
        bare: the values that come before any name.

    Raises:
        UsageError: if a value is no number, or a name is given twice.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.named: dict[str, float | list[float]] = {}
        self.bare: list[float] = []
        name: str | None = None
        for part in _split(_unwrapped(text)):
            match = re.fullmatch(r"\s*([^\W\d]\w*)\s*=(.*)", part, re.DOTALL)
            if match is None:
                self._extend(name, _numbers(part))
                continue
            name = match[1]
            if name in self.named:
                self.refuse(f"{name} is given twice")
            numbers = _numbers(match[2])
            self.named[name] = numbers if match[2].strip().startswith("[") else numbers[0]

    def refuse(self, why: str) -> NoReturn:
        """Say that the point does not fit."""
        raise UsageError(f"--at {self.text}: {why}")

    def number(self, name: str, value: float | list[float]) -> float:
        """The value of a name that stands for one number.

        Raises:
            UsageError: if it has several.
        """
        if isinstance(value, list):
            self.refuse(f"{name} is one number, {len(value)} are given")
        return value

    def values(self, names: Sequence[str], whose: str = "formula") -> Mapping[str, float | list[float]]:
        """The value of each of the names.

        Args:
            names: of the variables, in their order.
            whose: variables they are, for the messages.

        Raises:
            UsageError: if one has none, or another name has one.
        """
        if self.bare and self.named:
            self.refuse("give every value its name, or none")
        if self.bare:
            if len(names) == 1 and len(self.bare) > 1:
                return {names[0]: self.bare}
            if len(names) != len(self.bare):
                count = f"{len(names)} variable{'' if len(names) == 1 else 's'}"
                self.refuse(
                    f"the {whose} has {count}, in this order: {', '.join(names) or 'none'}; {_given(self.bare)}"
                )
            return dict(zip(names, self.bare, strict=True))
        for name in self.named:
            if name not in names:
                near = name if len(name) > 1 else ""  # any letter is near to any other
                self.refuse(f"{name} is no variable of the {whose}: {offer(near, names)}")
        missing = [name for name in names if name not in self.named]
        if missing:
            self.refuse(f"{', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no value")
        return {name: self.named[name] for name in names}

    def elements(self, count: int | None) -> list[float]:
        """The values as the elements of one array.

        Args:
            count: how many there must be; None for any number.

        Raises:
            UsageError: if there are more or fewer, or names other than `w`.
        """
        given = self.bare or self.named.get("w", [])
        if not given or set(self.named) - {"w"}:
            self.refuse("give the elements of w in their order, such as --at 1,2")
        found = given if isinstance(given, list) else [given]
        if count is not None and len(found) != count:
            there = f"there {'is 1 parameter' if count == 1 else f'are {count} parameters'}"
            self.refuse(f"{there}, {_given(found)}")
        return found

    def _extend(self, name: str | None, numbers: list[float]) -> None:
        if name is None:
            self.bare += numbers
            return
        before = self.named[name]
        self.named[name] = [*(before if isinstance(before, list) else [before]), *numbers]


def _given(values: Sequence[float]) -> str:
    return "1 is given" if len(values) == 1 else f"{len(values)} are given"


def _numbers(text: str) -> list[float]:
    inner = text.strip().removeprefix("[").removesuffix("]")
    return [_number(part) for part in _split(inner)]


def _number(text: str) -> float:
    word = text.strip()
    if word.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise UsageError(f"--at: {word} is no place to look at; write a finite number")
    if word.isidentifier() and word not in CONSTANTS:
        raise UsageError(f"--at: {word} is no number; write one, such as 3, -1e-3 or pi/2")
    return float(parse(text, (), source="--at").at({}))


def _unwrapped(text: str) -> str:
    """What stands in brackets around the whole, as in (3,4) or [3,4]."""
    match = re.fullmatch(r"\s*(?:\(([^()\[\]]*,[^()\[\]]*)\)|\[([^()\[\]]*)\])\s*", text)
    return text if match is None else match[1] or match[2] or ""


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside brackets."""
    return re.split(r",(?![^\[(]*[\])])", text)
