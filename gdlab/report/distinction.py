"""Which settings tell runs apart."""

import functools
from collections.abc import Sequence

from gdlab.autodiff.methods import METHODS
from gdlab.experiment.spec import Batch, Checkpoint, Stop
from gdlab.optimizers import OPTIMIZERS, Around
from gdlab.optimizers.around import KEYS
from gdlab.optimizers.schedules import SCHEDULES
from gdlab.problems import PROBLEMS
from gdlab.record import Record
from gdlab.report.numbers import setting
from gdlab.report.settings import Settings, varying
from gdlab.store.flat import PARTS

_REGISTRIES: dict[str, dict[str, type[Record]]] = {
    "problem": {**PROBLEMS},
    "gradient": {**METHODS},
    "optimizer": {**OPTIMIZERS},
}

_SECTIONS: dict[str, type[Record]] = {"batch": Batch, "stop": Stop, "checkpoint": Checkpoint}


def telling(every: Sequence[Settings]) -> list[frozenset[str]]:
    """For each run the settings that tell it from the others.

    Of what is not the same in all runs these are the names of the parts, of the settings of a problem or an optimizer
    the first, such as the learning rate, those in which runs that have the same part differ, and those that are not at
    their default.
    """
    differ = varying(every)
    common = {key for one in every[:1] for key in one if key not in differ and all(key in other for other in every)}
    others = [[key for key in one if key not in common] for one in every]
    pairs = [*zip(every, others, strict=True)]
    within = varying([{_within(one, key): one[key] for key in keys} for one, keys in pairs])
    return [
        frozenset(key for key in keys if _within(one, key) in within or _stands_out(one, key)) for one, keys in pairs
    ]


def _within(one: Settings, key: str) -> str:
    """The setting as one of its part, such as `adam optimizer.eps`; eps of another optimizer is another setting."""
    return f"{one.get(_part(key))} {key}"


def _stands_out(one: Settings, key: str) -> bool:
    part = _part(key)
    if part not in PARTS or key == part:
        return True
    if not at_default(one, key):
        return True
    known = _defaults(part, one.get(part, ""))
    return part != "gradient" and key == next(other for other in (*known, *one) if other.startswith(f"{part}."))


def at_default(one: Settings, key: str) -> bool:
    """Whether a setting of a part is what it would be if nobody had set it, or of a part that is not registered."""
    part = _part(key)
    if part not in PARTS or key == part:
        return False
    return is_default(one, key) or not _defaults(part, one.get(part, ""))


def is_default(one: Settings, key: str) -> bool:
    """Whether a setting is what it would be if nobody had set it, as far as that is known."""
    part, above = _part(key), key.rpartition(".")[0]
    if key == part:
        return False
    if part in _SECTIONS:
        return _known(part, "").get(key.partition(".")[2]) == one.get(key)
    if part not in PARTS:
        return False
    known = _defaults(part, one.get(part, ""))
    if key not in known and above != part:  # a setting of a schedule is one of what it schedules
        schedule = one.get(above, "")
        if schedule not in SCHEDULES:
            return is_default(one, above)
        return _known("schedule", schedule).get(key[len(above) + 1 :]) == one.get(key)
    return key in known and known[key] == one.get(key)


def _part(key: str) -> str:
    return key.partition(".")[0]


@functools.cache
def _defaults(part: str, name: str) -> Settings:
    """The settings that a registered part has by default, in its order; empty if it is not registered."""
    record = _REGISTRIES[part].get(name)
    if record is None:
        return {}
    around = [p for p in Around.parameters() if p.name in KEYS] if part == "optimizer" else []
    defaults = {p.name: setting(p.default) for p in record.parameters()}
    defaults |= {p.name: setting(p.default) for p in around if p.name not in defaults}
    return {f"{part}.{name}": value for name, value in defaults.items()}


@functools.cache
def _known(section: str, name: str) -> Settings:
    """The defaults of a section, or of a schedule."""
    record = SCHEDULES[name] if section == "schedule" else _SECTIONS[section]
    return {p.name: setting(p.default) for p in record.parameters()}
