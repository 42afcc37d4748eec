"""Random rows of a sweep, drawn from a seed of their own.

Each key draws from a stream of its own, so that another key beside it leaves its values what they are.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gdlab.config.place import BROKEN, Node
from gdlab.config.sweep.values import Number, distinct, numbers_of, read_values, rounded
from gdlab.config.words import quote, show
from gdlab.errors import ConfigError, did_you_mean
from gdlab.store.key import canonical

Draw = Callable[[np.random.Generator], Node]

_SPACES = {
    "uniform": "uniform: [low, high]",
    "loguniform": "loguniform: [low, high], numbers > 0",
    "integers": "integers: [low, high], whole numbers, both ends included",
    "choice": "choice: [one, another], or the list alone",
}
_PATIENCE = 100  # rows that may repeat others, for each that does not


def read_space(key: str, node: Node) -> Draw:
    """Read what a key of `random` is drawn from.

    Raises:
        ConfigError: if it is none of the forms, or empty.
    """
    if node.value is BROKEN:
        raise ConfigError([])
    if isinstance(node.value, tuple):
        return _choice(key, node)
    word, inner = next(iter(node.value.items()), ("", node)) if isinstance(node.value, dict) else ("", node)
    if word not in _SPACES or len(node.value) > 1:
        what = quote(word) if word and word not in _SPACES else show(node.plain())
        hint = f"{did_you_mean(word, _SPACES)} There are: {'; '.join(_SPACES.values())}".strip()
        raise ConfigError([(inner.key or node.place).fault(f"{key} cannot be drawn from {what}", hint)])
    if word == "choice":
        return _choice(key, inner)
    low, high = numbers_of(word, inner, 2, 2, _SPACES[word])
    if low >= high or (word == "loguniform" and low <= 0) or (word == "integers" and (low % 1 or high % 1)):
        hint = f"{_SPACES[word]}; low must be less than high"
        raise ConfigError([inner.place.fault(f"{word} cannot be {show(inner.plain())}", hint)])
    draw = _DRAWS[word]
    return lambda rng: Node(draw(rng, low, high), inner.place, node.key)


def draw_rows(node: Node, n: int, seed: int, space: Mapping[str, Draw]) -> tuple[tuple[Node, ...], ...]:
    """So many rows of values, one for each key, no two rows alike.

    Args:
        node: the section, for messages.
        n: how many.
        seed: of the streams.
        space: what each key is drawn from.

    Raises:
        ConfigError: if the space does not have that many.
    """
    streams = {key: np.random.default_rng([seed, *key.encode()]) for key in space}
    rows: dict[str, tuple[Node, ...]] = {}
    for _ in range(n * _PATIENCE):
        row = tuple(draw(streams[key]) for key, draw in space.items())
        rows.setdefault(canonical([value.plain() for value in row]), row)
        if len(rows) == n:
            return tuple(rows.values())
    found = f"only {len(rows):,} different rows were found for n: {n:,}"
    raise ConfigError([node.place.fault(found, "cells must differ; ask for fewer, or use grid")])


def _choice(key: str, node: Node) -> Draw:
    if not isinstance(node.value, tuple):
        raise ConfigError([node.place.fault(f"choice of {key} cannot be {show(node.plain())}", "it must be a list")])
    values = read_values(key, node).spelled()
    distinct(key, values)
    return lambda rng: values[int(rng.integers(len(values)))]


def _uniform(rng: np.random.Generator, low: Number, high: Number) -> float:
    return min(max(rounded(float(rng.uniform(low, high))), low), high)


def _loguniform(rng: np.random.Generator, low: Number, high: Number) -> float:
    return min(max(rounded(math.exp(float(rng.uniform(math.log(low), math.log(high))))), low), high)


def _integers(rng: np.random.Generator, low: Number, high: Number) -> int:
    return int(rng.integers(int(low), int(high), endpoint=True))


_DRAWS: dict[str, Any] = {"uniform": _uniform, "loguniform": _loguniform, "integers": _integers}
