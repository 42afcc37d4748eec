"""The numbers of an optimizer, wherever in it they stand: those that lanes of one program may differ in."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gdlab.optimizers import Noise
from gdlab.record import Parameter, Record

LANE = "·"  # stands for a number that differs from lane to lane


def numbers(record: Record) -> dict[str, float]:
    """The floating-point hyper-parameters that are set, by their path: `lr`, `rule.lr`, `schedules.lr.start`.

    The seed of noise is among them, since each lane has a stream of its own.
    """
    return dict(_numbers(record, ""))


def with_numbers(record: Any, values: Mapping[str, Any]) -> Any:
    """A copy with other numbers: arrays of length lanes, or traced. They are not checked: single ones have been."""
    changed = copy.copy(record)
    for head in dict.fromkeys(path.partition(".")[0] for path in values):
        inner = {path.partition(".")[2]: value for path, value in values.items() if path.partition(".")[0] == head}
        object.__setattr__(changed, head, _inside(getattr(record, head), inner))
    return changed


def structure(value: Any, lanes: frozenset[str] = frozenset(), path: str = "") -> Any:
    """What is left of a record without those of its numbers that differ by lane: hashable, equal for equal ones."""
    if path in lanes:
        return LANE
    if isinstance(value, Record):
        fields = tuple(
            (p.name, structure(getattr(value, p.name), lanes, _joined(path, p.name))) for p in value.parameters()
        )
        return type(value), fields
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, Mapping):
        return tuple((key, structure(item, lanes, _joined(path, str(key)))) for key, item in value.items())
    if isinstance(value, tuple | list):
        return tuple(_item(item, lanes, path) for item in value)
    try:
        hash(value)
    except TypeError:
        return type(value), id(value)
    return type(value).__name__, value  # True, 1 and 1.0 are equal, and not the same


def _item(item: Any, lanes: frozenset[str], path: str) -> Any:
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Record):
        return item[0], structure(item[1], lanes, _joined(path, item[0]))
    return structure(item, lanes, path)


def _numbers(record: Record, path: str) -> Iterator[tuple[str, float]]:
    for parameter in record.parameters():
        value, name = getattr(record, parameter.name), _joined(path, parameter.name)
        if isinstance(value, Record):
            yield from _numbers(value, name)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Record):
                    yield from _numbers(item[1], _joined(name, item[0]))
        elif _is_number(record, parameter, value):
            yield name, value


def _is_number(record: Record, parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return float in parameter.types or (isinstance(record, Noise) and parameter.name == "seed")


def _inside(value: Any, values: Mapping[str, Any]) -> Any:
    if "" in values:
        return values[""]
    if isinstance(value, Record):
        return with_numbers(value, values)
    pairs = []
    for key, item in value:
        inner = {path.partition(".")[2]: v for path, v in values.items() if path.partition(".")[0] == key}
        pairs.append((key, with_numbers(item, inner) if inner else item))
    return tuple(pairs)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
