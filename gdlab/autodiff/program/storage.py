"""Where the values of a program live: fixed arrays, views of them, and the pool they return to when they are done."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int, ...]


@dataclass(eq=False)
class Buffer:
    """A block of memory that values occupy one after the other.

    Args:
        name: in the source.
        array: the memory itself.
        uses: how many reads of values that live here are still to come.
        fixed: it belongs to an input or an output, and is never handed to another value.
    """

    name: str
    array: np.ndarray[Any, Any]
    uses: int = 0
    fixed: bool = False


@dataclass(eq=False)
class Place:
    """Where one value is found while the program runs.

    Args:
        name: the expression in the source: an array, a view made once, or a local number.
        array: the array or view itself; None for a number.
        buffer: the memory it lies in; None for constants and numbers.
        laned: whether it has the trailing axis of lanes.
        twin: for a number, the name of the 0-d array that holds it too, since arrays combine faster with that.
    """

    name: str
    array: np.ndarray[Any, Any] | None = None
    buffer: Buffer | None = None
    laned: bool = False
    twin: str | None = None


@dataclass
class Pool:
    """Buffers that are free again, by shape and dtype."""

    free: dict[tuple[Shape, str], list[Buffer]] = field(default_factory=lambda: defaultdict(list))

    def take(self, shape: Shape, dtype: np.dtype[Any]) -> Buffer | None:
        """A free buffer of that shape and dtype, or None."""
        waiting = self.free[shape, dtype.str]
        return waiting.pop() if waiting else None

    def give(self, buffer: Buffer) -> None:
        """Take a buffer back whose values are no longer needed."""
        if not buffer.fixed:
            self.free[buffer.array.shape, buffer.array.dtype.str].append(buffer)


class Coverage:
    """Which elements of an array have been written, so that a sum of slices need not begin with zeros."""

    def __init__(self, shape: Shape) -> None:
        self.written = np.zeros(shape, bool)

    def state(self, index: tuple[Any, ...]) -> str:
        """Whether a slice is still `fresh`, wholly `covered`, or `mixed`."""
        part = self.written[index]
        return "fresh" if not np.any(part) else "covered" if np.all(part) else "mixed"

    def add(self, index: tuple[Any, ...]) -> None:
        """Mark a slice as written."""
        self.written[index] = True

    def gaps(self) -> list[slice] | None:
        """The unwritten stretches of a one-dimensional array as slices; None if the array is not one-dimensional."""
        if self.written.ndim != 1:
            return None
        edges = np.flatnonzero(np.diff(np.concatenate(([True], self.written, [True])).astype(np.int8)))
        return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    @property
    def complete(self) -> bool:
        """Whether every element has been written."""
        return bool(np.all(self.written))
