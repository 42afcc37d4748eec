"""What pydantic says of a value, as a fault that shows where it stands and what is allowed."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from gdlab.config.models import CHOICES, REFUSED, parameter_schemas
from gdlab.config.place import BROKEN, Node, Place
from gdlab.config.scalars import read_scalar
from gdlab.config.words import allowed, offer, quote, show
from gdlab.errors import Fault, ParameterError, did_you_mean

MOST_HINTS = 100  # of one mapping; looking for the nearest word takes time, and nobody reads on


def faults_of(
    error: ValidationError, model: type[BaseModel], node: Node, owner: str, elsewhere: Mapping[str, str]
) -> Iterator[Fault]:
    """Translate what is wrong with a mapping.

    Args:
        error: from validating the mapping.
        model: that it was validated against.
        node: the mapping.
        owner: whose keys they are, such as `optimizer 'adam'`; empty for those of the config itself.
        elsewhere: for keys of other mappings, where they belong.
    """
    schemas = parameter_schemas(model)
    told: set[tuple[str | int, ...]] = set()
    for count, detail in enumerate(error.errors(include_url=False)):
        path = detail["loc"]
        at, steps = _descend(node, path)
        if at.value is BROKEN:
            continue
        match detail["type"]:
            case "missing":
                yield _missing(str(path[-1]), node, owner, schemas)
            case "extra_forbidden":
                hint = _belongs(str(path[-1]), owner, schemas, elsewhere) if count < MOST_HINTS else ""
                message = f"unknown key {quote(str(path[-1]))}" + (f" of {owner}" if owner else "")
                yield (at.key or at.place).fault(message, hint)
            case "value_error" if isinstance(detail["ctx"]["error"], ParameterError):
                yield at.place.fault(str(detail["ctx"]["error"]))
            case _ if path[:steps] not in told:  # each alternative of a type has a complaint of its own
                told.add(path[:steps])
                yield _not_allowed(at, path[:steps], owner, schemas[str(path[0])])


def _belongs(key: str, owner: str, known: Mapping[str, Any], elsewhere: Mapping[str, str]) -> str:
    """Where an unknown key belongs, or which known one it may be."""
    if key in elsewhere:
        return f"it belongs {elsewhere[key]}"
    known = {name: schema for name, schema in known.items() if REFUSED not in schema}
    verb = "It has" if owner else "Allowed"
    return offer(key, known, verb, "no parameters")


def _missing(key: str, node: Node, owner: str, schemas: Mapping[str, Any]) -> Fault:
    if owner:
        return (node.key or node.place).fault(f"{owner} needs {key!r}", f"it must be {allowed(schemas[key])}")
    return Place(node.place.source).fault(f"missing key {key!r}", f"There are: {', '.join(CHOICES[key])}")


def _not_allowed(node: Node, path: Sequence[str | int], owner: str, schema: Mapping[str, Any]) -> Fault:
    name = "".join(f"[{part}]" if isinstance(part, int) else str(part) for part in path)
    message = f"{name}{f' of {owner}' if owner else ''} cannot be {show(node.plain())}"
    for part in path:
        schema = _element(schema, part) if isinstance(part, int) else schema
    return node.place.fault(message, f"it must be {allowed(schema)}{_advice(node.value, schema)}")


def _element(schema: Mapping[str, Any], place: int) -> Mapping[str, Any]:
    """What a schema allows of one element of a list."""
    for part in (schema, *schema.get("anyOf", ())):
        if place < len(part.get("prefixItems", ())):
            return part["prefixItems"][place]  # type: ignore[no-any-return] # a schema holds schemas
        if "items" in part:
            return part["items"]  # type: ignore[no-any-return] # as above
    return schema


def _advice(value: Any, schema: Mapping[str, Any]) -> str:
    """What was probably meant: another word, or the same with or without quotes."""
    alternatives = [*_alternatives(schema)]
    kinds = {part.get("type") for part in alternatives}
    if isinstance(value, float) and not math.isfinite(value):
        return ", and finite" if kinds & {"number", "integer"} else ""
    if not isinstance(value, str):
        return "; put it in quotes" if "string" in kinds and isinstance(value, int | float) else ""
    near = did_you_mean(value, [str(word) for part in alternatives for word in part.get("enum", ())])
    if near:
        return f"; {near}"
    return "; leave out the quotes" if kinds & {"number", "integer"} and _is_number(value) else ""


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema, and those of what it may hold."""
    yield schema
    for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from _alternatives(part)


def _is_number(text: str) -> bool:
    try:
        value = read_scalar(text)
    except ValueError:
        return False
    return isinstance(value, int | float) and not isinstance(value, bool)


def _descend(node: Node, path: Sequence[str | int]) -> tuple[Node, int]:
    """The innermost node that the path leads to, and how many of its parts lead there."""
    for steps, part in enumerate(path):
        try:
            node = node.value[part]
        except (KeyError, IndexError, TypeError):
            return node, steps
    return node, len(path)
