"""Values and where they stand, so that whatever is wrong with them can be shown."""

from dataclasses import dataclass
from typing import Any, Final

from gdlab.errors import Fault

Scalar = str | int | float | bool | None

LONGEST_SHOWN = 160  # characters of a line; a longer one is not shown, an underline would not find its place

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
        shown = self.text is not None and len(self.text) <= LONGEST_SHOWN
        return Fault(message, self.source, self.line, self.column, self.text if shown else None, self.length, hint)


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
