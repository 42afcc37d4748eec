"""What runs have in common and what tells them apart."""

from collections.abc import Container, Iterable, Mapping
from itertools import chain
from typing import Any

from gdlab.report.numbers import setting
from gdlab.store.flat import flatten, part_by_part

_NOT_SETTINGS = frozenset({"name", "tags", "log"})

Settings = dict[str, str]


def settings(config: Mapping[str, Any]) -> Settings:
    """Flatten a resolved config to written settings: `{"optimizer": "adam", "optimizer.lr": "0.001", "seed": "0"}`.

    Name, tags and logging are left out: they change nothing about the training.
    """
    flat = flatten({key: value for key, value in config.items() if key not in _NOT_SETTINGS})
    return {key: setting(value) for key, value in flat.items()}


def settings_of(configs: Iterable[Mapping[str, Any]]) -> list[Settings]:
    """The settings of many configs, such as those of the cells of a sweep, of which each part is written once."""
    return part_by_part(configs, settings)


def varying(every: Iterable[Settings]) -> frozenset[str]:
    """The settings that are not the same wherever they occur."""
    told = [*every]
    keys = dict.fromkeys(chain.from_iterable(told))
    return frozenset(key for key in keys if len({one[key] for one in told if key in one}) > 1)


def describe(one: Settings, part: str, shown: Container[str] | None = None) -> str:
    """Write a part with its settings, or with those that are shown: `adam lr=0.001 beta1=0.9`.

    The part itself, such as the name of the optimizer, is one of what may be shown.
    """
    prefix = f"{part}."
    told = {key: value for key, value in one.items() if shown is None or key in shown}
    name = [told[part]] if part in told else []
    return " ".join([*name, *(f"{key.removeprefix(prefix)}={told[key]}" for key in told if key.startswith(prefix))])


def identity(one: Settings, part: str) -> tuple[tuple[str, str], ...]:
    """The part with all its settings, in an order that does not matter: equal if and only if the part is the same."""
    return tuple(sorted((key, value) for key, value in one.items() if key.partition(".")[0] == part))
