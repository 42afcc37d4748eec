"""The point that `--at` names: `x=3,y=4`, `x=1,2,3` or `x=[1,2,3]` for a vector, or `3,4` without names."""

import re
from collections.abc import Mapping, Sequence

from gdlab.errors import UsageError, did_you_mean
from gdlab.problems.expression import parse


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
        for part in _split(text):
            match = re.fullmatch(r"\s*([^\W\d]\w*)\s*=(.*)", part, re.DOTALL)
            if match is None:
                self._extend(name, _numbers(part))
                continue
            name = match[1]
            if name in self.named:
                self.refuse(f"{name} is given twice")
            numbers = _numbers(match[2])
            self.named[name] = numbers if match[2].strip().startswith("[") else numbers[0]

    def refuse(self, why: str) -> None:
        """Say that the point does not fit."""
        raise UsageError(f"--at {self.text}: {why}")

    def values(self, names: Sequence[str]) -> Mapping[str, float | list[float]]:
        """The value of each of the names.

        Raises:
            UsageError: if one has none, or another name has one.
        """
        if self.bare and self.named:
            self.refuse("give every value its name, or none")
        if self.bare:
            if len(names) == 1 and len(self.bare) > 1:
                return {names[0]: self.bare}
            if len(names) != len(self.bare):
                self.refuse(f"the formula has {len(names)} variables: {', '.join(names) or 'none'}")
            return dict(zip(names, self.bare, strict=True))
        for name in self.named:
            if name not in names:
                hint = did_you_mean(name, names) or f"there are: {', '.join(names) or 'none'}"
                self.refuse(f"{name} is no variable of the formula; {hint}")
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
            self.refuse(f"there are {count} parameters, {len(found)} are given")
        return found

    def _extend(self, name: str | None, numbers: list[float]) -> None:
        if name is None:
            self.bare += numbers
            return
        before = self.named[name]
        self.named[name] = [*(before if isinstance(before, list) else [before]), *numbers]


def _numbers(text: str) -> list[float]:
    inner = text.strip().removeprefix("[").removesuffix("]")
    return [float(parse(part, (), source="--at").at({})) for part in _split(inner)]


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside brackets."""
    return re.split(r",(?![^\[(]*[\])])", text)
