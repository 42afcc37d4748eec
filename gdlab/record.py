"""Immutable records of named, range-checked parameters.

Optimizers, problems and gradient methods are all such records: frozen dataclasses whose fields carry their range and
one line of explanation in their annotation, where the config reader, `gdlab info` and the JSON schema find them:

    @dataclass(frozen=True)
    class GD(Optimizer):
        lr: Annotated[Positive, "length of a step in units of the gradient"] = 0.1
"""

import dataclasses
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt

from gdlab.errors import ParameterError, join

Positive = Annotated[float, Gt(0)]
NonNegative = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
Count = Annotated[int, Ge(1)]

_BOUNDS: dict[type, tuple[str, str]] = {Gt: ("gt", ">"), Ge: ("ge", "≥"), Lt: ("lt", "<"), Le: ("le", "≤")}


@dataclass(frozen=True)
class Parameter:
    """What a record says of one of its fields.

    Args:
        name: the field, the same word in Python and in YAML.
        types: the alternatives of its annotation, without range and explanation: `(float,)`, `(float, None)`.
        default: the default, or `dataclasses.MISSING`.
        bounds: pairs of relation and limit, `((">", 0.0), ("<", 1.0))`.
        doc: the one line of explanation.
    """

    name: str
    types: tuple[Any, ...]
    default: Any
    bounds: tuple[tuple[str, float], ...]
    doc: str

    @functools.cached_property
    def choices(self) -> tuple[Any, ...]:
        """The allowed words, if it is a choice."""
        return sum((get_args(kind) for kind in self.types if get_origin(kind) is Literal), ())

    @property
    def range(self) -> str:
        """The allowed values in words: `> 0`, `≥ 0 and < 1`, `sigmoid, tanh or relu`, or an empty string."""
        if self.choices:
            return join([str(choice) for choice in self.choices], "or")
        return " and ".join(f"{relation} {limit:g}" for relation, limit in self.bounds)

    @property
    def allowed(self) -> str:
        """What may be given, as it stands in an error: `a number > 0`, `a whole number ≥ 1`, `true or false`."""
        if self.choices:
            return self.range
        if bool in self.types:
            return "true or false"
        kind = "a number" if float in self.types else "a whole number" if int in self.types else "something else"
        return f"{kind} {self.range}".rstrip()

    def allows(self, value: Any) -> bool:
        """Whether the value, or each of an array of values, is of the right kind and in range. NaN never is."""
        if value is None:
            return None in self.types
        if self.choices:
            return isinstance(value, str) and value in self.choices
        if bool in self.types:
            return isinstance(value, bool)
        if float not in self.types and int not in self.types:
            return True
        if isinstance(value, bool | str):
            return False
        try:
            return all(self._holds(number) for number in _numbers(value))
        except TypeError:
            return False

    def _holds(self, value: float) -> bool:
        whole = float in self.types or (math.isfinite(value) and value == int(value))
        return whole and math.isfinite(value) and all(_holds(value, *bound) for bound in self.bounds)


def _numbers(value: Any) -> Iterator[float]:
    yield from value.ravel().tolist() if hasattr(value, "ravel") else (value,)


def _holds(value: float, relation: str, limit: float) -> bool:
    match relation:
        case ">":
            return value > limit
        case "≥":
            return value >= limit
        case "<":
            return value < limit
        case _:
            return value <= limit


@dataclass(frozen=True)
class Record:
    """Base of the immutable records. A subclass is a frozen dataclass with a `name` that YAML uses for it.

    Raises:
        ParameterError: on construction, if a value lies outside the range that its annotation declares.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            value = getattr(self, parameter.name)
            if not parameter.allows(value):
                problem = f"{self.name}: {parameter.name} = {value!r} is not allowed"
                raise ParameterError(f"{problem}, it must be {parameter.allowed}", parameter.name)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """What can be set on this record, in the order of its fields."""
        return _parameters(cls)  # type: ignore[arg-type] # mypy takes the dataclass for unhashable; its type is not

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring, without its full stop."""
        return (cls.__doc__ or "").strip().splitlines()[0].rstrip(".")


@functools.cache
def _parameters(cls: Any) -> tuple[Parameter, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_parameter(field, hints[field.name]) for field in dataclasses.fields(cls) if field.init)


def _parameter(field: "dataclasses.Field[Any]", hint: Any) -> Parameter:
    alternatives, bounds, doc = _flatten(hint)
    default = field.default
    if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    return Parameter(field.name, alternatives, default, bounds, doc)


def _flatten(hint: Any) -> tuple[tuple[Any, ...], tuple[tuple[str, float], ...], str]:
    """Take `Annotated[Annotated[float, Gt(0)] | None, "doc"]` apart: (float, None), ((">", 0),), "doc"."""
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        alternatives, bounds, doc = _flatten(inner)
        own = tuple((_BOUNDS[type(n)][1], getattr(n, _BOUNDS[type(n)][0])) for n in notes if type(n) in _BOUNDS)
        return alternatives, bounds + own, next((n for n in notes if isinstance(n, str)), doc)
    if get_origin(hint) in (Union, UnionType):
        parts = [_flatten(part) for part in get_args(hint)]
        return sum((p[0] for p in parts), ()), sum((p[1] for p in parts), ()), ""
    return (None if hint is type(None) else hint,), (), ""
