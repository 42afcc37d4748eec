"""The values that one key of a sweep takes: a list, or numbers at equal steps or ratios."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gdlab.config.place import BROKEN, Node, Place
from gdlab.config.words import quote, show
from gdlab.errors import ConfigError, did_you_mean
from gdlab.store.key import canonical

Number = int | float

SHAPES = {
    "logspace": "logspace: [from, to, n], numbers > 0 at equal ratios, both ends included",
    "linspace": "linspace: [from, to, n], numbers at equal steps, both ends included",
    "range": "range: [from, to, step], the end not included; step is 1 if it is left out",
}
_A_LIST = "write a list, such as [0.01, 0.1], or logspace, linspace or range, such as {logspace: [1e-4, 1, 9]}"


@dataclass(frozen=True)
class Values:
    """What a key takes in turn, known by its number before it is spelled out.

    Args:
        count: how many.
        spelled: gives them; each stands where it, or what describes it, was written.
    """

    count: int
    spelled: Callable[[], tuple[Node, ...]]


def read_values(key: str, node: Node) -> Values:
    """Read what stands behind a key of `grid` or `zip`.

    Raises:
        ConfigError: if it is none of the forms, or empty.
    """
    match node.value:
        case tuple():
            if not node.value:
                raise ConfigError([node.place.fault(f"{key} has no values", "an empty list makes a sweep of no cells")])
            return Values(len(node.value), lambda: tuple(_keyed(item, node.key) for item in node.value))
        case dict():
            return _spread(key, node)
        case _ if node.value is BROKEN:
            raise ConfigError([])
        case _:
            raise ConfigError([node.place.fault(f"{key} cannot be swept over {show(node.plain())}", _A_LIST)])


def distinct(key: str, values: Sequence[Node]) -> list[str]:
    """What each value comes down to.

    Raises:
        ConfigError: names each value that repeats another, 1 and 1.0 being the same.
    """
    found: dict[str, Node] = {}
    faults = []
    words = [canonical(value.plain()) if value.value is not BROKEN else str(id(value)) for value in values]
    for word, value in zip(words, values, strict=True):
        if word in found:
            faults.append(value.place.fault(f"{key} has {show(value.plain())} twice", "cells must differ"))
        found[word] = value
    if faults:
        raise ConfigError(faults)
    return words


def rounded(value: float) -> float:
    """A number in 15 digits, so that 0.001 is just that, and the same on every machine."""
    return float(f"{value:.15g}")


def numbers_of(what: str, node: Node, least: int, most: int, shape: str) -> list[Number]:
    """The finite numbers of a list.

    Raises:
        ConfigError: if there are fewer or more than that, or one is no number.
    """
    items = node.value if isinstance(node.value, tuple) else ()
    if any(item.value is BROKEN for item in items):
        raise ConfigError([])
    if not least <= len(items) <= most:
        raise ConfigError([node.place.fault(f"{what} cannot be {show(node.plain())}", shape)])
    wrong = [item for item in items if not _is_number(item.value)]
    if wrong:
        raise ConfigError(
            [item.place.fault(f"{what} takes numbers, not {show(item.plain())}", shape) for item in wrong]
        )
    return [item.value for item in items]


def whole(what: str, node: Node, value: Any, least: int) -> int:
    """A whole number of at least so much; 2e3 is one too.

    Raises:
        ConfigError: if it is none.
    """
    if not _is_number(value) or value != int(value) or value < least:
        raise ConfigError([node.place.fault(f"{what} cannot be {show(value)}", f"it must be a whole number ≥ {least}")])
    return int(value)


def _keyed(item: Node, key: Place | None) -> Node:
    """A listed value as that of the key of the list; what is wrong with a mapping is shown where it stands itself."""
    return item if isinstance(item.value, dict) else replace(item, key=key)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _spread(key: str, node: Node) -> Values:
    word, inner = next(iter(node.value.items()), ("", node))
    if word not in SHAPES or len(node.value) > 1:
        at = inner.key or node.place
        unknown = f"{key} cannot be swept over {quote(word)}" if word else f"{key} has no values"
        message = f"{key} takes one of {', '.join(SHAPES)}" if word in SHAPES else unknown
        raise ConfigError([at.fault(message, f"{did_you_mean(word, SHAPES)} {_A_LIST}".strip())])
    shape = SHAPES[word]
    numbers = numbers_of(word, inner, 2 if word == "range" else 3, 3, shape)
    if word == "range":
        return _range(inner, numbers)
    low, high, n = numbers
    count = whole(f"n of {word}", inner.value[2], n, 1)
    if word == "logspace" and min(low, high) <= 0:
        at = inner.value[0 if low <= 0 else 1]
        raise ConfigError([at.place.fault(f"logspace cannot reach {show(at.value)}", "both ends must be > 0")])
    if count > 1 and low == high:
        raise ConfigError([inner.place.fault(f"{word} from {show(low)} to itself has one value, not {count:,}")])
    between = _geometric if word == "logspace" else _arithmetic

    def spelled() -> tuple[Node, ...]:
        inside = [between(low, high, i / (count - 1)) for i in range(1, count - 1)]
        every = [float(low), *inside, float(high)][:count]
        return tuple(Node(value, inner.place, node.key) for value in every)

    return Values(count, spelled)


def _geometric(low: Number, high: Number, share: float) -> float:
    return rounded(10 ** (math.log10(low) * (1 - share) + math.log10(high) * share))


def _arithmetic(low: Number, high: Number, share: float) -> float:
    return rounded(low * (1 - share) + high * share)


def _range(node: Node, numbers: Sequence[Number]) -> Values:
    low, high, step = (*numbers, 1)[:3]
    if step == 0:
        raise ConfigError([node.value[2].place.fault("the step of range cannot be 0")])
    # What rounding makes of (0.3 − 0) / 0.1 must not add a fourth value.
    count = math.ceil(rounded((high - low) / step))
    if count < 1:
        raise ConfigError([node.place.fault(f"range from {show(low)} to {show(high)} is empty", SHAPES["range"])])
    exact = all(isinstance(number, int) for number in (low, step))
    return Values(
        count,
        lambda: tuple(
            Node(low + i * step if exact else rounded(low + i * step), node.place, node.key) for i in range(count)
        ),
    )
