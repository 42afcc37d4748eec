"""An optimizer from plain options: `{"lr": {"schedule": "cosine", "start": 0.1}, "clip_norm": 1}`."""

from collections.abc import Container, Mapping
from dataclasses import MISSING
from typing import Any, TypeVar

from gdlab.errors import UsageError, unknown
from gdlab.optimizers.around import AVERAGES, KEYS, Around, Average, Noise, keys_around, offered_around
from gdlab.optimizers.base import Optimizer
from gdlab.optimizers.schedules import SCHEDULES, Schedule
from gdlab.record import Record

R = TypeVar("R", bound=Record)


def build(kind: type[Optimizer], options: Mapping[str, Any]) -> Optimizer:
    """A rule with its hyper-parameters and whatever goes around it.

    Args:
        kind: the rule.
        options: its hyper-parameters and the fields of `Around` by name. A schedule may stand for a number: a record,
            or a mapping with `schedule` and parameters. `noise` may be a number, its variance; `average` a name.
            Without anything around it the rule stays what it is.

    Raises:
        UsageError: if a name is not known.
        ParameterError: if a value is out of its range, or does not go with another.
    """
    own = [parameter.name for parameter in kind.parameters()]
    outer = [key for key in KEYS if key in keys_around(kind)]
    rule: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    schedules: dict[str, Schedule] = {}
    for key, value in options.items():
        if key not in own and key not in outer:
            raise UsageError(unknown(f"parameter of optimizer {kind.name!r}", key, [*own, *offered_around(kind)]))
        if key in READERS and key in outer:
            beside[key] = READERS[key](value)
        elif isinstance(value, Mapping | Schedule):
            schedules[key] = schedule(value, key)
        else:
            (rule if key in own else beside)[key] = value
    _complete(kind, {*rule, *schedules}, f"optimizer {kind.name!r}")
    needed = {p.name for p in kind.parameters() if p.default is MISSING}
    made = kind(**rule, **{name: one.span()[1] for name, one in schedules.items() if name in needed})
    given = {key: value for key, value in beside.items() if value is not None}
    return Around(made, schedules, **given) if given or schedules else made


def schedule(given: Mapping[str, Any] | Schedule | float, of: str = "a hyper-parameter") -> Any:
    """A schedule from a mapping with `schedule`, its name, and its parameters; a number stays what it is."""
    if not isinstance(given, Mapping):
        return given
    options = dict(given)
    name = str(options.pop("schedule", ""))
    if name not in SCHEDULES:
        raise UsageError(unknown(f"schedule of {of}", name, SCHEDULES))
    if "then" in options:
        options["then"] = schedule(options["then"], f"what follows the {name}")
    return _record(SCHEDULES[name], options, f"schedule {name!r}")


def average(given: Mapping[str, Any] | Average | str | None) -> Average | None:
    """An average from its name, or from a mapping with `name` and its parameters."""
    if given is None or isinstance(given, Average):
        return given
    options: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {"name": given}
    name = str(options.pop("name", ""))
    if name not in AVERAGES:
        raise UsageError(unknown("average", name, AVERAGES))
    return _record(AVERAGES[name], options, f"average {name!r}")


def noise(given: Mapping[str, Any] | Noise | float | None) -> Noise | None:
    """Noise from its variance, or from a mapping with its parameters."""
    if given is None or isinstance(given, Noise):
        return given
    return _record(Noise, dict(given), "noise") if isinstance(given, Mapping) else Noise(given)


READERS = {"average": average, "noise": noise}


def _record(kind: type[R], options: Mapping[str, Any], owner: str) -> R:
    known = [parameter.name for parameter in kind.parameters()]
    for key in options:
        if key not in known:
            raise UsageError(unknown(f"parameter of {owner}", key, known))
    _complete(kind, options, owner)
    return kind(**options)


def _complete(kind: type[Record], options: Container[str], owner: str) -> None:
    for parameter in kind.parameters():
        if parameter.default is MISSING and parameter.name not in options:
            raise UsageError(f"{owner} needs {parameter.name!r}, {parameter.allowed}")
