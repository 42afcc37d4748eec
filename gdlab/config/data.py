"""Experiments as plain data, and plain data as values with positions."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from gdlab.config.loader import DEEPEST
from gdlab.config.models import SECTIONS
from gdlab.config.place import Node, Place
from gdlab.config.words import quote
from gdlab.errors import ConfigError
from gdlab.experiment.spec import Experiment
from gdlab.optimizers import Around, Noise, Optimizer
from gdlab.optimizers.around import KEYS
from gdlab.optimizers.schedules import Schedule
from gdlab.problems.base import Problem
from gdlab.problems.start import Range
from gdlab.record import Record

_NAMELESS = (*SECTIONS.values(), Noise)  # records that are the only ones of their kind
_SWITCHES = {"clip_eps": "clip_norm", "decay": "weight_decay"}  # settings that say nothing without another


def experiment_data(experiment: Experiment) -> dict[str, Any]:
    """Everything that an experiment says, in the words of a config file."""
    data: dict[str, Any] = {"name": experiment.name}
    for key in (part.name for part in dataclasses.fields(experiment)):
        data[key] = plain(getattr(experiment, key))
    return data


def optimizer_data(optimizer: Optimizer) -> dict[str, Any]:
    """Everything that an optimizer says: what chose the rule, its parameters, and what goes around it."""
    rule = optimizer.rule if isinstance(optimizer, Around) else optimizer
    data = chosen_by(rule) | record_data(rule)
    if isinstance(optimizer, Around):
        around = record_data(optimizer)
        unused = {key for key, switch in _SWITCHES.items() if switch not in around}
        data |= {key: around[key] for key in KEYS if key in around and key not in unused}
        data |= {name: plain(schedule) for name, schedule in dict(optimizer.schedules).items()}
    return data


def problem_data(problem: Problem) -> dict[str, Any]:
    """Everything that a problem says: what chose it, and its parameters."""
    return chosen_by(problem) | record_data(problem)


def chosen_by(record: Optimizer | Problem) -> dict[str, Any]:
    """The keys that choose a record: its name, or the file that it comes from."""
    if record.origin is None:
        return {"name": record.name}
    return {"name": record.origin.name, "file": str(record.origin.file), "sha256": record.origin.sha256}


def record_data(record: Record) -> dict[str, Any]:
    """The parameters of a record; those that are unset, as they are by default, are left out."""
    values = [(parameter, getattr(record, parameter.name)) for parameter in record.parameters()]
    return {p.name: plain(value) for p, value in values if value is not None or p.default is not None}


def node_of(value: Any, source: str) -> Node:
    """Plain data, in which records such as `Adam(lr=0.1)` and NumPy's numbers may stand, as a node.

    Raises:
        ConfigError: if it holds anything else, or is nested too deeply.
    """
    return _node(value, Place(source), 0)


def plain(value: Any) -> Any:
    """A record, or a tuple, as the mapping or list that stands for it in a config; anything else as it is."""
    match value:
        case Optimizer():
            return optimizer_data(value)
        case Schedule():
            return {"schedule": value.name} | record_data(value)
        case Record() if isinstance(value, _NAMELESS):
            return record_data(value)
        case Problem():
            return problem_data(value)
        case Record():
            return {"name": value.name} | record_data(value)
        case Range():
            return value.data()
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case tuple():
            return [plain(item) for item in value]
        case _:
            return value


def _node(value: Any, place: Place, depth: int) -> Node:
    if depth > DEEPEST:
        raise ConfigError([place.fault(f"nested deeper than {DEEPEST} levels")])
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        value = value.tolist()
    match value:
        case Record():
            return _node(plain(value), place, depth)
        case Mapping():
            return Node({_key(key, place): _node(item, place, depth + 1) for key, item in value.items()}, place)
        case list() | tuple():
            return Node(tuple(_node(item, place, depth + 1) for item in value), place)
        case None | bool() | int() | float() | str():
            return Node(value, place)
        case _:
            raise ConfigError(
                [place.fault(f"{quote(repr(value))} is not plain data", "numbers, text, lists and dicts")]
            )


def _key(key: Any, place: Place) -> str:
    if isinstance(key, str):
        return key
    raise ConfigError([place.fault(f"the key {quote(repr(key))} is not text")])
