"""Where a user's own problem starts: at given numbers, or somewhere in a range, and what is wrong with such values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.errors import ParameterError, did_you_mean

Array = np.ndarray[Any, np.dtype[Any]]

KEYS = ("from", "to", "size")
ALLOWED = "a number, a list of numbers, or a range such as {from: -1, to: 1, size: 3}"
LARGEST = 10_000_000  # numbers of a range


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with what a user wrote for a problem.

    Args:
        path: the keys that lead to it, from the outermost.
        message: what is wrong.
        hint: what is allowed or was probably meant.
        span: where it stands in the text at that path, in characters; None if all of it is meant.
        of_key: it is the last key that is wrong, not its value.
    """

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    span: tuple[int, int] | None = None
    of_key: bool = False

    def __str__(self) -> str:
        return self.message + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True)
class Range:
    """Numbers drawn evenly from low ≤ x < high by the generator of a run.

    Args:
        low, high: the ends.
        size: how many numbers; None for one that is no vector.

    Raises:
        ParameterError: if the ends are not finite numbers in their order, or the size is none.
    """

    low: float
    high: float
    size: int | None = None

    def __post_init__(self) -> None:
        _, troubles = read_start(self.data(), ())
        for trouble in troubles:
            raise ParameterError(str(trouble))

    def data(self) -> dict[str, Any]:
        """The range as it stands in a config."""
        return {"from": self.low, "to": self.high} | ({} if self.size is None else {"size": self.size})

    def draw(self, rng: np.random.Generator) -> Array:
        """The numbers, shape () or (size,)."""
        return np.asarray(rng.uniform(self.low, self.high, self.size))


Start = float | tuple[float, ...] | Range


def drawn(start: Start, rng: np.random.Generator) -> Array:
    """The numbers of a start, shape () or (n,)."""
    return start.draw(rng) if isinstance(start, Range) else np.asarray(start, float)


def size_of(start: Start) -> int | None:
    """How many numbers a start has; None for one that is no vector."""
    if isinstance(start, Range):
        return start.size
    return len(start) if isinstance(start, tuple) else None


def read_start(value: Any, path: tuple[str | int, ...]) -> tuple[Start, list[Trouble]]:
    """A start from plain data: a number, a list of them, or a mapping with `from`, `to` and `size`.

    Args:
        value: the data; a `Range` and NumPy arrays are taken too.
        path: the keys that lead to it.

    Returns:
        The start, and what is wrong with it; the start means nothing if something is.
    """
    value = _plain(value)
    match value:
        case Range():
            return value, []
        case Mapping():
            return _read_range(value, path)
        case [] | ():
            return 0.0, [Trouble(path, f"{dotted(path)} is an empty list", "a vector has at least one number")]
        case list() | tuple():
            troubles = [
                Trouble((*path, k), f"{dotted((*path, k))} cannot be {_shown(item)}", "it must be a number")
                for k, item in enumerate(value)
                if not is_number(item)
            ]
            if any(isinstance(item, list | tuple) for item in value):
                hint = "write it as one list; the loss may reshape(w, (2, 3)), in Python np.reshape"
                troubles = [Trouble(path, f"{dotted(path)} is a matrix, and parameters are numbers or vectors", hint)]
            return (0.0 if troubles else tuple(map(float, value))), troubles
    if is_number(value):
        return float(value), []
    return 0.0, [Trouble(path, f"{dotted(path)} cannot be {_shown(value)}", f"it must be {ALLOWED}")]


def _read_range(value: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[Start, list[Trouble]]:
    troubles = [
        Trouble(
            (*path, key),
            f"unknown key {key!r} of the range {dotted(path)}",
            f"{did_you_mean(key, KEYS)} It has: from, to, size".strip(),
            of_key=True,
        )
        for key in value
        if key not in KEYS
    ]
    troubles += [
        Trouble(path, f"the range {dotted(path)} needs {key!r}", "such as {from: -1, to: 1}")
        for key in ("from", "to")
        if key not in value
    ]
    troubles += [
        Trouble((*path, key), f"{dotted((*path, key))} cannot be {_shown(value[key])}", "it must be a number")
        for key in ("from", "to")
        if key in value and not is_number(value[key])
    ]
    size = value.get("size")
    if size is not None and not (is_number(size) and 1 <= size <= LARGEST and size == int(size)):
        hint = f"it must be a whole number from 1 to {LARGEST:,}"
        troubles.append(Trouble((*path, "size"), f"{dotted((*path, 'size'))} cannot be {_shown(size)}", hint))
    if not troubles and value["from"] > value["to"]:
        message = f"the range {dotted(path)} goes from {value['from']:g} down to {value['to']:g}"
        troubles.append(Trouble(path, message, "from is the lower end"))
    if troubles:
        return 0.0, troubles
    found = object.__new__(Range)  # it has been checked
    for field, number in (
        ("low", float(value["from"])),
        ("high", float(value["to"])),
        ("size", None if size is None else int(size)),
    ):
        object.__setattr__(found, field, number)
    return found, []


def is_number(value: Any) -> bool:
    """Whether it is a finite number, and no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def dotted(path: Sequence[str | int]) -> str:
    """Keys as one writes them: `start.w[1]`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
