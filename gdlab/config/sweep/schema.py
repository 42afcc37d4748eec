"""The JSON schema of config files with `extends` and `sweep`."""

from typing import Any

from gdlab.config.models import json_schema
from gdlab.config.sweep.values import SHAPES

_LIST = {"type": "array", "minItems": 1}
_THREE = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}
_TWO = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_SEED = {"type": "integer", "minimum": 0}


def sweep_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what a config file may hold, on its own, on top of another, or as a sweep.

    On top of another, or as a sweep, a config need not be whole, so that only its keys are held to it.
    """
    whole = json_schema()
    keys = {"extends": _EXTENDS, "sweep": {"anyOf": [_section(), {"type": "null"}]}}
    part = {
        "properties": {**dict.fromkeys(whole["properties"], True), **keys},
        "additionalProperties": False,
    }
    alone = {key: whole.pop(key) for key in ("properties", "required", "additionalProperties")}
    return {**whole, "if": {"anyOf": [{"required": [key]} for key in keys]}, "then": part, "else": alone}


_EXTENDS = {"type": "string", "minLength": 1, "description": "the path of a config to build on, from this one's folder"}


def _section() -> dict[str, Any]:
    values = {"anyOf": [_LIST, *(_form(word, _THREE) for word in SHAPES)]}
    space = {
        "anyOf": [_LIST, *(_form(word, _TWO) for word in ("uniform", "loguniform", "integers")), _form("choice", _LIST)]
    }
    random = {
        "n": {"type": "integer", "minimum": 1},
        "seed": _SEED,
        "space": _keys(space, "what each key is drawn from"),
    }
    entry = {"type": "object", "minProperties": 1}
    properties = {
        "grid": _keys(values, "keys such as optimizer.lr and their values, in all combinations"),
        "zip": _keys(values, "keys and as many values of each, which change together"),
        "random": {
            **_closed(random),
            "required": ["n", "space"],
            "description": "n rows of values drawn from a seed of their own",
        },
        "seeds": {
            "anyOf": [{"type": "integer", "minimum": 1}, {**_LIST, "items": _SEED}, {"type": "string"}],
            "description": "50 for the seeds 0 to 49, a list, or 10:20, the end not included",
        },
        "exclude": {
            "anyOf": [entry, {**_LIST, "items": entry}],
            "description": "cells to leave out: keys and the value, or the values, that they have there",
        },
    }
    return {**_closed(properties), "minProperties": 1, "description": "many experiments in one config"}


def _keys(values: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values, "minProperties": 1, "description": description}


def _form(word: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {**_closed({word: arguments}), "required": [word]}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
