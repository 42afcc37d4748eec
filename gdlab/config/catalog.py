"""What can stand in a config, described from the records themselves."""

import dataclasses
import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.config.data import record_data
from gdlab.config.dump import dump
from gdlab.config.models import CHOICES, parameter_schemas, record_model
from gdlab.config.words import allowed
from gdlab.errors import join
from gdlab.optimizers import Around, Noise, Optimizer
from gdlab.optimizers.around import AVERAGES, KEYS, offered_around
from gdlab.optimizers.around.combination import schedulable
from gdlab.optimizers.own import load_rule
from gdlab.optimizers.schedules import SCHEDULES
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.problems.data import DATA, DataFile, DataSet
from gdlab.problems.formula import Formula
from gdlab.problems.own import FunctionProblem
from gdlab.record import Record
from gdlab.report.numbers import setting

# All that a config can name, by what it is.
NAMED: dict[str, Mapping[str, type[Record]]] = {
    **CHOICES,
    "schedule": SCHEDULES,
    "average": AVERAGES,
    "around": {"noise": Noise},
    "data": DATA,
}

# What a config writes out instead of a name.
_WRITTEN: dict[str, Mapping[str, type[Record]]] = {"problem": {"formula": Formula, "file": FunctionProblem}}

# What stands in samples for what has no default.
_FORMULA = {"formula": "x**2 + 10*y**2", "start": {"x": 3, "y": 4}}
_FILE = {"file": "my_problem.py", "name": "my_loss", "start": [1, 2]}
_EXAMPLES: dict[str, Any] = {"start": 0.1, "peak": 0.1, "factor": 0.5, "every": 250, "steps": 100, "then": 0.1}
_COMPOSITION = {
    "problem": "rosenbrock",
    "optimizer": {
        "name": "adam",
        "lr": {"schedule": "warmup", "steps": 100, "then": {"schedule": "cosine", "start": 0.1}},
        "clip_norm": 10.0,
        "noise": {"variance": 0.01, "decay": 0.55},
        "weight_decay": 0.0001,
        "decay": "decoupled",
        "restart": 500,
        "average": {"name": "exponential", "decay": 0.99},
    },
    "steps": 2000,
}
_FOR_PYTHON = ("Source:", "Raises:", "Class attributes:")  # paragraphs that stand elsewhere, or tell nothing of YAML
_FEW = 6  # coordinates and minimizers that are worth printing


@dataclass(frozen=True)
class Setting:
    """A parameter of a record.

    Args:
        name: as in YAML.
        default: as in YAML; `null` if it is left open, empty if it must be set.
        allowed: which values it takes, in words.
        doc: one line of explanation.
    """

    name: str
    default: str
    allowed: str
    doc: str


@dataclass(frozen=True)
class Entry:
    """A problem, a gradient method, an optimizer or a schedule.

    Args:
        kind: the key of a config that it is a value of, `schedule`, `average`, `around` or `data`.
        name: as in YAML.
        summary: one line.
        details: the rest of its description, in paragraphs.
        formula: its rule, one or more lines.
        facts: what else is known of it, such as the minimum of a problem.
        settings: its parameters.
        variants: for each value of `variant` what differs.
        formulas: the rule of each variant that has another.
        source: author, year, equation.
        sample: a config that uses it, as YAML.
    """

    kind: str
    name: str
    summary: str
    details: tuple[str, ...]
    formula: str
    facts: Mapping[str, str]
    settings: tuple[Setting, ...]
    variants: Mapping[str, str]
    formulas: Mapping[str, str]
    source: str
    sample: str


def entries(kind: str) -> list[Entry]:
    """Describe the records that a config can name.

    Args:
        kind: `problem`, `gradient`, `optimizer`, `schedule`, `average`, `around` or `data`.
    """
    named, written = NAMED[kind], _WRITTEN.get(kind, {})
    return [_entry(kind, name, record) for name, record in (*named.items(), *written.items())]


def own_optimizer(file: Path, name: str) -> Entry:
    """Describe an optimizer of the user's own file.

    Args:
        file: a Python file. Its code runs.
        name: of the class; may be empty if there is only one.

    Raises:
        UsageError: if there is no such file or class, or it is no optimizer that can be used.
        OwnCodeError: if the file cannot be run.
    """
    rule = load_rule(file, name)
    needed = {p.name: _EXAMPLES.get(p.name, 1) for p in rule.parameters() if p.default is dataclasses.MISSING}
    optional = {p.name: p.default for p in rule.parameters() if isinstance(p.default, bool | int | float | str)}
    entry = _entry("optimizer", rule.name, rule)
    optimizer = {"file": str(file), "name": rule.__name__} | needed | optional
    facts = dict(entry.facts)
    if any(float in p.types and not p.bounds for p in rule.parameters()):
        facts["ranges"] = "lr: Annotated[float, Gt(0)] = 0.1 declares one, with Gt, Ge, Lt and Le of annotated_types"
    return dataclasses.replace(
        entry, facts=facts, sample=dump({"problem": "quadratic", "optimizer": optimizer, "steps": 1000})
    )


@dataclass(frozen=True)
class Surroundings:
    """What goes around any optimizer.

    Args:
        settings: the keys beside its own.
        averages: the names of the averages, and what they are.
        order: what a step does, one line each.
        sample: a config with some of it, as YAML.
    """

    settings: tuple[Setting, ...]
    averages: Mapping[str, str]
    order: tuple[str, ...]
    sample: str


def surroundings() -> Surroundings:
    """Describe what goes around any optimizer."""
    settings = tuple(setting for setting in _settings(Around) if setting.name in KEYS)
    lines = re.findall(r"^\d+\. (.+(?:\n +.+)*)", inspect.cleandoc(Around.__doc__ or ""), re.MULTILINE)
    order = tuple(" ".join(line.split()) for line in lines)
    averages = {name: average.summary() for name, average in AVERAGES.items()}
    return Surroundings(settings, averages, order, dump(_COMPOSITION))


def _entry(kind: str, name: str, record: type[Record]) -> Entry:
    _, *details = re.split(r"\n\s*\n", inspect.cleandoc(record.__doc__ or ""))
    return Entry(
        kind=kind,
        name=name,
        summary=record.summary(),
        details=tuple(" ".join(part.split()) for part in details if not part.startswith(_FOR_PYTHON)),
        formula=getattr(record, "formula", "") if isinstance(getattr(record, "formula", ""), str) else "",
        facts=_facts(record),
        settings=_settings(record),
        variants=getattr(record, "variants", {}),
        formulas=getattr(record, "formulas", {}),
        source=getattr(record, "source", ""),
        sample=dump(_sample(kind, record)),
    )


def _settings(record: type[Record]) -> tuple[Setting, ...]:
    schemas = parameter_schemas(record_model(record))  # type: ignore[arg-type] # mypy takes it for unhashable
    return tuple(Setting(p.name, _default(p.default), allowed(schemas[p.name]), p.doc) for p in record.parameters())


def _default(value: Any) -> str:
    if isinstance(value, Record):
        return value.name
    return "" if value is dataclasses.MISSING else setting(value)


def _facts(record: type[Record]) -> dict[str, str]:
    facts: dict[str, str] = {"cost": record.cost} if hasattr(record, "cost") else {}
    if issubclass(record, Optimizer):
        follow, around = schedulable(record), offered_around(record)
        if follow:
            facts["schedules"] = f"{join(follow)} may follow one, see gdlab info schedules"
        facts["around it"] = f"{join(around)}, see gdlab info around"
    if issubclass(record, Problem) and record in PROBLEMS.values():
        facts |= _known(record())
    if issubclass(record, DataSet) and record.licence:
        facts["licence"] = record.licence
    return facts


def _where_to_look(problem: Problem) -> dict[str, str]:
    """Its usual box and its start, if they can be written down."""
    facts: dict[str, str] = {}
    if problem.domain is not None:
        low, high = problem.domain
        if problem.dim <= _FEW or (np.ptp(low) == 0 and np.ptp(high) == 0):
            ranges = dict.fromkeys(f"[{a:g}, {b:g}]" for a, b in zip(low, high, strict=True))
            facts["domain"] = " x ".join(ranges) if len(ranges) > 1 else f"{next(iter(ranges))} in each parameter"
    start, other = (problem.initial(np.random.default_rng(seed)) for seed in (0, 1))
    if not np.array_equal(start, other):
        facts["start"] = "drawn at random"
    elif problem.dim <= 2 * _FEW:
        facts["start"] = setting(tuple(float(x) for x in start))
    return facts


def _point(point: Any) -> str:
    if point.size <= _FEW:
        return setting(tuple(float(x) for x in point))
    return f"{point[0]:g} in each parameter"


def _known(problem: Problem) -> dict[str, str]:
    facts = {"parameters": f"{problem.dim} by default"}
    if problem.rows:
        facts["rows of data"] = str(problem.rows)
    if problem.infimum is not None:
        where = [_point(point) for point in problem.minimizers if point.size <= _FEW or np.ptp(point) == 0]
        at = f" at {', '.join(where)}" if 0 < len(where) <= _FEW else ""
        facts["infimum"] = f"{problem.infimum:g}{at}" if math.isfinite(problem.infimum) else "none, it falls for ever"
    facts |= _where_to_look(problem)
    if problem.flags:
        facts["beware"] = ", ".join(problem.flags)
    if problem.measures():
        facts["measures"] = ", ".join(problem.measures())
    return facts


def _sample(kind: str, record: type[Record]) -> dict[str, Any]:
    if kind == "schedule":
        needed = [p.name for p in record.parameters() if p.default is dataclasses.MISSING or p.name == "every"]
        lr = {"schedule": record.name} | {name: _EXAMPLES[name] for name in needed}
        return {"problem": "quadratic", "optimizer": {"name": "gd", "lr": lr}, "steps": 1000}
    if kind in ("average", "around"):
        setting = {"average": record.name} if kind == "average" else {"noise": {"variance": 0.01, "decay": 0.55}}
        return {"problem": "quadratic", "optimizer": {"name": "gd"} | setting, "steps": 1000}
    if kind == "data":
        data = {"file": "table.csv", "target": "species", "test": 0.2} if record is DataFile else record.name
        return {"problem": {"name": "mlp", "data": data}, "optimizer": "adam", "steps": 1000}
    written = {Formula: _FORMULA, FunctionProblem: _FILE}.get(record)
    if written is not None:
        return {"problem": written, "optimizer": "gd", "steps": 1000}
    parts: dict[str, Any] = {"problem": "quadratic", "optimizer": "gd"}
    if kind == "gradient":
        parts = {"problem": "quadratic", "gradient": "", "optimizer": "gd"}
    data_sets = {p.name: p.default.name for p in record.parameters() if isinstance(p.default, DataSet)}
    own = any(p.default is dataclasses.MISSING for p in record.parameters())
    parts[kind] = {"name": record.name} | ({} if own else record_data(record())) | data_sets
    return {**parts, "steps": 1000}
