"""What can go around a rule: found by putting it there."""

import functools
from collections.abc import Iterator
from dataclasses import MISSING
from typing import Any

from gdlab.errors import GdlabError
from gdlab.optimizers.around.averaging import PolyakAverage
from gdlab.optimizers.around.noise import Noise
from gdlab.optimizers.around.rule import KEYS, Around, keys_around
from gdlab.optimizers.base import Optimizer

_DECOUPLED = {"weight_decay": 0.1, "decay": "decoupled"}
_TRIALS: dict[str, list[dict[str, Any]]] = {
    "clip_norm": [{"clip_norm": 1.0}],
    "clip_eps": [{"clip_norm": 1.0, "clip_eps": 1e-6}],
    "clip_value": [{"clip_value": 1.0}],
    "noise": [{"noise": Noise(1.0)}],
    "weight_decay": [{"weight_decay": 0.1}, _DECOUPLED],
    "decay": [_DECOUPLED],
    "restart": [{"restart": 10}],
    "average": [{"average": PolyakAverage()}],
}
_VALUES = (0.5, 1, 2.0)  # one of which suits most hyper-parameters


def offered_around(rule: type[Optimizer]) -> tuple[str, ...]:
    """The fields of `Around` that some configuration of a rule takes, in their order.

    Args:
        rule: a class of optimizers; one that cannot be made by guessing is taken to bear everything.
    """
    return _offered(rule)  # type: ignore[arg-type] # mypy takes a class of dataclasses for unhashable


@functools.cache
def _offered(rule: Any) -> tuple[str, ...]:
    can = keys_around(rule)
    examples = list(_examples(rule))
    return tuple(key for key in KEYS if key in can and (not examples or any(_takes(e, key) for e in examples)))


def _takes(example: Optimizer, key: str) -> bool:
    for trial in _TRIALS[key]:
        try:
            Around(example, **trial)
        except GdlabError:
            continue
        return True
    return False


def _examples(rule: type[Optimizer]) -> Iterator[Optimizer]:
    """The rule as it is by default, and with one choice or one number set that is not."""
    needed = [p for p in rule.parameters() if p.default is MISSING]
    base = {p.name: next((v for v in _VALUES if p.allows(v)), p.choices[:1]) for p in needed}
    options: list[dict[str, Any]] = [{}]
    for parameter in rule.parameters():
        if parameter.default is None:
            options += [{parameter.name: value} for value in _VALUES if parameter.allows(value)][:1]
        options += [{parameter.name: word} for word in parameter.choices if word != parameter.default]
    for option in options:
        try:
            yield rule(**{**base, **option})
        except Exception:  # noqa: S112, BLE001 - a rule of the user's own may refuse in any way
            continue
