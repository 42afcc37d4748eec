"""Pydantic models of the records, and of a whole config: what is validated, and what the JSON schema says.

Fields, ranges and explanations are those of the records; nothing of them is repeated here.
"""

import dataclasses
import functools
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_type_hints

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, create_model

from gdlab.autodiff.methods import METHODS
from gdlab.config.names import check_name
from gdlab.errors import ParameterError
from gdlab.experiment.spec import Batch, Checkpoint, Experiment, Log, Stop
from gdlab.optimizers import OPTIMIZERS, Around, Noise, Optimizer
from gdlab.optimizers.around import AVERAGES, Average, keys_around, offered_around
from gdlab.optimizers.around.combination import schedulable
from gdlab.optimizers.schedules import SCHEDULES, Schedule, Warmup
from gdlab.problems import PROBLEMS
from gdlab.problems.data import DATA, DataSet
from gdlab.problems.formula import Formula
from gdlab.record import Count, NonNegative, Positive, Record
from gdlab.store.names import PATTERN

# The keys of a config that choose one of several records by name, and those that hold the one record they are for.
CHOICES: dict[str, Mapping[str, type[Record]]] = {"problem": PROBLEMS, "gradient": METHODS, "optimizer": OPTIMIZERS}
SECTIONS: dict[str, type[Record]] = {"stop": Stop, "log": Log, "batch": Batch, "checkpoint": Checkpoint}

# Records that are values of parameters, and what may be written for them.
RECORDS_WITHIN: dict[type[Record], str] = {
    Schedule: "a number, or a mapping with schedule",
    Noise: "a number > 0, or a mapping of variance, decay and seed",
    Average: "polyak or exponential, or a mapping with name",
    DataSet: "the name of a data set, or a mapping with name or file",
}

DEFAULTS: dict[str, Any] = {"gradient": {"name": "reverse"}, "stop": {}, "log": {}, "batch": {}, "checkpoint": {}}

# Strict: true is no number, "5" and 1.5 are no whole numbers, NaN and infinity are nothing at all.
_STRICT = ConfigDict(
    strict=True,
    extra="forbid",
    allow_inf_nan=False,
    protected_namespaces=(),
    field_title_generator=lambda name, field: name,
)

REFUSED = "x-refused"  # in the schema of a field that is not offered

_EXACT = 2**53  # up to here a float that is whole is the number that was written


@functools.cache
def record_model(record: Any, without: frozenset[str] = frozenset()) -> type[BaseModel]:
    """The model of the parameters of a record, without some of them."""
    fields = {name: field for name, field in _parameters(record).items() if name not in without}
    return _model(record.__name__, record.summary(), fields)


@functools.cache
def optimizer_model(rule: Any, without: frozenset[str] = frozenset()) -> type[BaseModel]:
    """The model of the keys of an optimizer, without some: those of the rule, and those of what goes around any."""
    fields = {name: field for name, field in (_parameters(rule) | _around(rule)).items() if name not in without}
    return _model(rule.__name__, rule.summary(), fields)


@functools.cache
def settings_model() -> type[BaseModel]:
    """The model of a config in which the keys of CHOICES and SECTIONS may hold anything."""
    return _config_model(dict.fromkeys((*CHOICES, *SECTIONS), Any))


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a config file, for editors that complete and check as one types."""
    kinds = {key: _choice(key, records) for key, records in CHOICES.items()}
    kinds |= {key: record_model(record) | None for key, record in SECTIONS.items()}  # type: ignore[arg-type] # as above
    schema = _config_model(kinds).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parameter_schemas(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each field of a model."""
    properties: dict[str, dict[str, Any]] = model.model_json_schema().get("properties", {})
    return properties


def _config_model(kinds: Mapping[str, Any]) -> type[BaseModel]:
    """The model of a config, its keys in the order of an experiment's fields."""
    hints = get_type_hints(Experiment, include_extras=True)
    defaults = {field.name: field.default for field in dataclasses.fields(Experiment)}
    fields = {key: (_field(hints[key]), default) for key, default in defaults.items()}
    fields |= {key: (kind, DEFAULTS.get(key, ...)) for key, kind in kinds.items()}
    fields["name"] = (Annotated[str, AfterValidator(check_name), Field(json_schema_extra={"pattern": PATTERN})], None)
    fields["tags"] = (tuple[Annotated[str, AfterValidator(_check_tag)], ...] | None, ())
    docs = _documented(Experiment)
    described = {key: (hint, Field(default, description=docs.get(key))) for key, (hint, default) in fields.items()}
    return _model("Config", docs[""], described)


def _model(name: str, doc: str, fields: dict[str, Any]) -> type[BaseModel]:
    return create_model(name, __config__=_STRICT, __doc__=doc, **fields)


def _choice(key: str, records: Mapping[str, type[Record]]) -> Any:
    """One of several records: a bare name, or a mapping with `name` and parameters."""
    fields: Any = {"optimizer": _optimizer_fields, "problem": _problem_fields}.get(key, _parameters)
    models = [
        _model(record.__name__, record.summary(), {"name": (Literal[name], ...), **fields(record)})
        for name, record in records.items()
    ]
    own = {"optimizer": [_own("optimizer")], "problem": [_formula(), _own("problem")]}.get(key, [])
    return Union[Literal[tuple(records)], *models, *own]


def _problem_fields(record: type[Record]) -> dict[str, Any]:
    """The fields of a problem, with any data set where it takes one."""
    fields = _parameters(record)
    for parameter in record.parameters():
        if DataSet in parameter.types:
            field = Field(parameter.default.name, description=parameter.doc)  # by default it is one as it is by name
            fields[parameter.name] = (Literal[tuple(DATA)] | _data(), field)
    return fields


@functools.cache
def _data() -> Any:
    """Any data set, as a mapping; one from a file needs no name."""
    models = []
    for name, record in DATA.items():
        named = (Literal[name], "file" if name == "file" else ...)
        models.append(_model(f"{record.__name__}Data", record.summary(), {"name": named, **_parameters(record)}))
    return _any_of("Data", models)


def _formula() -> type[BaseModel]:
    """A formula as a problem."""
    keys: dict[str, Any] = {"from": (float, ...), "to": (float, ...), "size": (Count | None, None)}
    start = float | tuple[float, ...] | _model("Range", "Numbers drawn evenly from a range.", keys)
    constant = float | tuple[float, ...] | tuple[tuple[float, ...], ...]
    kinds = {"start": dict[str, start], "constants": dict[str, constant]}  # type: ignore[valid-type] # made just above
    fields = {name: (kinds.get(name, hint), field) for name, (hint, field) in _parameters(Formula).items()}
    return _model("Formula", Formula.summary(), {"name": (Literal["formula"], "formula"), **fields})


def _around(rule: type[Optimizer]) -> dict[str, Any]:
    """The fields of what goes around a rule, but for those that it has itself; marked if they are always refused."""
    allowed, offered = keys_around(rule), offered_around(rule)
    fields = {name: field for name, field in _parameters(Around).items() if name in allowed}
    return {name: field if name in offered else _marked(*field) for name, field in fields.items()}


def _marked(hint: Any, field: Any) -> tuple[Any, Any]:
    """A field that is known, so that the reason can be told why it is refused, but not offered."""
    return hint, Field(field.default, description=field.description, json_schema_extra={REFUSED: True})


def _optimizer_fields(rule: type[Optimizer]) -> dict[str, Any]:
    """The fields of an optimizer and of what goes around it, with schedules wherever a number may follow one."""
    around = {name: field for name, field in _around(rule).items() if name in offered_around(rule)}
    within = {"noise": record_model(Noise), "average": _average()}
    fields = _parameters(rule) | around
    for name in (*schedulable(rule), *(name for name in schedulable(Around) if name in around)):
        hint, described = fields[name]
        fields[name] = (hint | _schedule(), described)
    for name in within.keys() & around.keys():
        kind = Positive if name == "noise" else Literal[tuple(AVERAGES)]
        fields[name] = (kind | within[name] | None, around[name][1])
    return fields


@functools.cache
def _schedule(*, after_warmup: bool = False) -> Any:
    """Any schedule; after a warm-up any other."""
    kinds: list[Any] = [record for record in SCHEDULES.values() if not (after_warmup and record is Warmup)]
    return _any_of("ScheduleAfterWarmup" if after_warmup else "Schedule", [_schedule_model(kind) for kind in kinds])


@functools.cache
def _schedule_model(record: Any) -> type[BaseModel]:
    fields = {"schedule": (Literal[record.name], ...), **_parameters(record)}
    if record is Warmup:
        fields["then"] = (NonNegative | _schedule(after_warmup=True), fields["then"][1])
    return _model(f"{record.__name__}Schedule", record.summary(), fields)


@functools.cache
def _average() -> Any:
    """Any average, as a mapping."""
    models = [
        _model(record.__name__, record.summary(), {"name": (Literal[name], ...), **_parameters(record)})
        for name, record in AVERAGES.items()
    ]
    return _any_of("Average", models)


def _any_of(name: str, models: list[type[BaseModel]]) -> Any:
    """A model with a name of its own, so that the JSON schema has it once."""
    base: Any = RootModel
    return create_model(name, __base__=base[Union[tuple(models)]])  # noqa: UP007 - of as many as there are


def _own(key: str) -> type[BaseModel]:
    """An optimizer or a problem from a file of the user's own, whose parameters only the file says."""
    what = "class" if key == "optimizer" else "function or class"
    keys: dict[str, Any] = {
        "file": (str, Field(..., description="a Python file; its path goes from the config")),
        "name": (str, Field(None, description=f"the {what} in it; may be left out if there is only one")),
        "sha256": (str, Field(None, description="the hash that its content must have")),
    }
    config = ConfigDict(**{**_STRICT, "extra": "allow"})
    return create_model(f"Own{key.title()}", __config__=config, __doc__=f"The {key} of your own file.", **keys)


def _parameters(record: type[Record]) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    return {
        parameter.name: (
            _field(hints[parameter.name]),
            Field(
                ... if parameter.default is dataclasses.MISSING else parameter.default,
                description=parameter.doc or None,
            ),
        )
        for parameter in record.parameters()
    }


def _field(hint: Any) -> Any:
    """The annotation of a field, to which 2e4 is a whole number too where one is asked for."""
    mentioned = _mentioned(hint)
    for kind, words in RECORDS_WITHIN.items():
        if kind in mentioned:  # read apart, with what is wrong within it at its place
            return Annotated[Any, Field(json_schema_extra={"allowed": words})]
    return Annotated[hint, BeforeValidator(_whole)] if int in mentioned and float not in mentioned else hint


def _mentioned(hint: Any) -> list[Any]:
    return [hint, *(kind for part in get_args(hint) for kind in _mentioned(part))]


def _whole(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_whole(item) for item in value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT else value


def _check_tag(tag: str) -> str:
    if not 0 < len(tag) <= 100 or not tag.isprintable() or tag != tag.strip():
        raise ParameterError("a tag has 1 to 100 characters, no line breaks, and no spaces around it")
    return tag


def _documented(cls: type) -> dict[str, str]:
    """What the docstring of a class says of each argument, and under "" of the class."""
    doc = cls.__doc__ or ""
    return {"": doc.splitlines()[0], **dict(re.findall(r"^ +(\w+): (.+)$", doc, re.MULTILINE))}
