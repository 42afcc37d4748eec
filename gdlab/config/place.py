"""Values and where they stand, so that whatever is wrong with them can be shown."""

from dataclasses import dataclass
from typing import Any, Final

from gdlab.errors import Fault

Scalar = str | int | float | bool | None

LONGEST_SHOWN = 160  # characters of a line that are shown

BROKEN: Final = object()  # the value of a node whose fault is already known


@dataclass(frozen=True)
class Place:
    """Where something stands.

    Args:
        source: the file, the option or the argument, as the user named it.
        line, column: 1-based position in a file.
        text: that line.
        length: characters that it takes on the line.
    """

    source: str
    line: int | None = None
    column: int | None = None
    text: str | None = None
    length: int = 1

    def fault(self, message: str, hint: str = "") -> Fault:
        """What is wrong here; the hint says what is allowed or was probably meant."""
        return Fault(message, self.source, self.line, self.column, self._shown(), self.length, hint)

    def _shown(self) -> str | None:
        """The line, cut at its end if it is long; none if that would cut what the fault is about."""
        if self.text is None or self.column is None or len(self.text) <= LONGEST_SHOWN:
            return self.text
        return self.text[: LONGEST_SHOWN - 1] + "…" if self.column + self.length < LONGEST_SHOWN else None


@dataclass(frozen=True)
class Node:
    """A value and where it stands.

    Args:
        value: a scalar, a tuple of nodes, a dict of nodes, or BROKEN.
        place: where the value stands.
        key: where its key stands, if it is the value of one.
    """

    value: Any
    place: Place
    key: Place | None = None

    def plain(self) -> Any:
        """The value without positions: scalars, tuples and dicts."""
        match self.value:
            case dict():
                return {name: node.plain() for name, node in self.value.items()}
            case tuple():
                return tuple(node.plain() for node in self.value)
            case _:
                return self.value
