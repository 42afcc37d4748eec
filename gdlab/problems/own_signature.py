"""What a user's own function takes: one array, perhaps rows, and settings, which become the fields of a record."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from gdlab.errors import UsageError, join
from gdlab.own_code import is_setting

Function = Callable[..., Any]


def signature_of(function: Function, where: str = "") -> dict[str, inspect.Parameter]:
    """What may be given to a function by name or place.

    Args:
        function: it.
        where: what to call it.

    Raises:
        UsageError: if it does not tell.
    """
    try:
        every = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise UsageError(f"{where} does not tell what it takes; wrap it: def my_loss(w): …") from None
    return {p.name: p for p in every if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}


def is_factory(function: Function) -> bool:
    """Whether all that a function takes has a default, so that it makes the loss."""
    return all(p.default is not p.empty for p in signature_of(function).values())


def settings_of(function: Function) -> tuple[str, ...]:
    """The parameters that a config sets: those of a factory, and of a loss those behind the array, but rows."""
    names = list(signature_of(function))
    return tuple(names if is_factory(function) else [name for name in names[1:] if name != "rows"])


def check_signature(function: Function, name: str, where: str) -> None:
    """Hold what a function takes to what a loss, or a factory, takes.

    Args:
        function: it.
        name: of the function.
        where: what to call it.

    Raises:
        UsageError: says what to write instead.
    """
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    if is_async or inspect.isgeneratorfunction(function):
        kind = "is async" if is_async else "yields"
        raise UsageError(f"{where} {kind}; a loss is a plain function that returns a number: def {name}(w): …")
    signature = signature_of(function, where)
    needed = [name for name, parameter in signature.items() if parameter.default is parameter.empty]
    if extra := [name for name in needed[1:] if name != "rows"]:
        names = ", ".join([needed[0], *extra])
        raise UsageError(
            f"{where} takes {join([needed[0], *extra])}; a loss takes one array of parameters, so write "
            f"def {name}(w): {names} = w. What else it takes needs a default, which the config may replace"
        )
    for setting in (*settings_of(function), "rows"):
        parameter = signature.get(setting)
        if parameter is not None and parameter.kind is parameter.POSITIONAL_ONLY:
            raise UsageError(
                f"{where}: {setting!r} stands before the / of its parameters, so that it cannot be given by name; "
                "leave out the /"
            )


def field_of(function: Function, name: str, where: str) -> tuple[str, Any, Any]:
    """A parameter of a function as a field of a record: its name, its annotation and its default.

    Raises:
        UsageError: if its default is nothing that can stand in a config.
    """
    try:
        hint = get_type_hints(function, include_extras=True).get(name)
    except (NameError, TypeError, AttributeError, SyntaxError):  # an annotation that says nothing of a setting
        hint = None
    given = signature_of(function)[name].default
    default = tuple(given) if isinstance(given, list) else given
    if hint is None or not is_setting(hint):
        hint = _kind_of(default)
    if hint is None:
        raise UsageError(f"{where}: the default of {name!r} is no number, text, true or false, or list of these")
    return name, hint, dataclasses.field(default=default)


def _kind_of(default: Any) -> Any:
    """The annotation of a parameter that has none; a whole number may be replaced by any number."""
    match default:
        case bool() | str() | float():
            return type(default)
        case int():
            return int | float
        case None:
            return Any | None
        case tuple():
            return tuple[Any, ...]
    return None
