"""Values and what is allowed of them, in words."""

import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

from gdlab.config.place import BROKEN
from gdlab.errors import did_you_mean, join
from gdlab.report.numbers import setting

Schema = Mapping[str, Any]

_PLURALS = {"a number": "numbers", "a whole number": "whole numbers", "text": "texts", "true or false": "true or false"}
_TYPES = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "true or false"}
_BOUNDS = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}

_brief = reprlib.Repr()
_brief.maxstring = _brief.maxlong = _brief.maxother = 60


def quote(text: str) -> str:
    """A text in quotes, cut in its middle if it is long, with what cannot be printed escaped."""
    return _brief.repr(text)


def show(value: Any) -> str:
    """A value as it stands in YAML, if that is short; text in quotes."""
    match value:
        case str():
            return quote(value)
        case bool() | float() | None:
            return setting(value)
        case int():
            return _brief.repr(value)
        case tuple() | list():
            return f"[{', '.join(map(show, value))}]" if len(value) <= 6 and not any(map(_large, value)) else "a list"
        case _:
            return "a mapping" if value is not BROKEN else "?"


def _large(value: Any) -> bool:
    return isinstance(value, tuple | list | dict)


def offer(word: str, names: Iterable[str], verb: str = "There are", none: str = "none") -> str:
    """What there is in place of a word, the nearest first: `did you mean 'beta1'? There are: lr, beta1`.

    Args:
        word: that was written; empty if none was.
        names: that there are.
        verb: before them.
        none: what there is if there are none.
    """
    words = list(names)
    near = did_you_mean(word, words) if word else ""
    return f"{near}{' ' * bool(near)}{verb}: {', '.join(words) or none}"


def allowed(schema: Schema) -> str:
    """What a JSON schema allows, besides null: `a number > 0`, `forward or central`, `a list of whole numbers ≥ 1`.

    Args:
        schema: of one parameter, without references.
    """
    if "allowed" in schema:
        return str(schema["allowed"])
    if "anyOf" in schema:
        return join([allowed(part) for part in schema["anyOf"] if part.get("type") != "null"], "or")
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return join([str(word) for word in schema["enum"]], "or")
    match schema.get("type"):
        case "array":
            return _allowed_list(schema)
        case "object":
            return f"a mapping of {', '.join(schema.get('properties', ['names']))}"
        case kind:
            return _bounded(_TYPES.get(str(kind), "a value"), schema)


def _bounded(kind: str, schema: Schema) -> str:
    bounds = [f"{relation} {schema[key]:g}" for key, relation in _BOUNDS.items() if key in schema]
    return " ".join([kind, " and ".join(bounds)]) if bounds else kind


def _allowed_list(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"a list of {' and '.join(allowed(item) for item in schema['prefixItems'])}"
    one = allowed(schema.get("items", {}))
    kind = next((kind for kind in _PLURALS if one.startswith(kind)), None)
    return f"a list of {_PLURALS[kind] + one.removeprefix(kind) if kind else one}"
