"""Experiments as plain data, and plain data as values with positions."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from gdlab.config.loader import DEEPEST
from gdlab.config.models import CHOICES, SECTIONS
from gdlab.config.place import Node, Place
from gdlab.config.words import quote
from gdlab.errors import ConfigError
from gdlab.experiment.spec import Experiment
from gdlab.record import Record


def experiment_data(experiment: Experiment) -> dict[str, Any]:
    """Everything that an experiment says, in the words of a config file."""
    data: dict[str, Any] = {"name": experiment.name}
    for key in (part.name for part in dataclasses.fields(experiment)):
        value = getattr(experiment, key)
        name = {"name": value.name} if key in CHOICES else {}
        data[key] = name | record_data(value) if isinstance(value, Record) else _listed(value)
    return data


def record_data(record: Record) -> dict[str, Any]:
    """The parameters of a record; those that are unset, as they are by default, are left out."""
    values = {parameter: getattr(record, parameter.name) for parameter in record.parameters()}
    return {p.name: _listed(value) for p, value in values.items() if value is not None or p.default is not None}


def node_of(value: Any, source: str) -> Node:
    """Plain data, in which records such as `Adam(lr=0.1)` and NumPy's numbers may stand, as a node.

    Raises:
        ConfigError: if it holds anything else, or is nested too deeply.
    """
    return _node(value, Place(source), 0)


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _node(value: Any, place: Place, depth: int) -> Node:
    if depth > DEEPEST:
        raise ConfigError([place.fault(f"nested deeper than {DEEPEST} levels")])
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        value = value.tolist()
    match value:
        case Record():
            name = {} if type(value) in SECTIONS.values() else {"name": value.name}
            return _node(name | record_data(value), place, depth)
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
