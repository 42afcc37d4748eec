"""The state that an iteration carries from step to step: a tree of arrays.

It is an array, a number, None, or a tuple, a named tuple or a dict of states. A list is none: it could change in place.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gdlab.errors import UsageError

State = Any

ALLOWED = "an array, a number, None, or a tuple, named tuple or dict of these"


def leaves(state: State) -> list[tuple[tuple[str, ...], Any]]:
    """The arrays and numbers of a state, each with the names or places that lead to it.

    Raises:
        UsageError: if something else is in it.
    """
    return list(_leaves(state, ()))


def flatten(state: State) -> tuple[dict[str, Any], Callable[[Sequence[Any]], State]]:
    """The arrays and numbers of a state by name, such as `state_m`, and the function that puts others in their place.

    Two states of the same structure have the same names in the same order. Each name is an identifier.
    """
    found: dict[str, Any] = {}
    for path, leaf in _leaves(state, ()):
        name = re.sub(r"\W", "_", "_".join(("state", *path)), flags=re.ASCII)
        while name in found:
            name += "_"
        found[name] = leaf
    return found, lambda parts: mapped(lambda leaf, part: part, state, given=iter(parts))


def mapped(f: Callable[..., Any], state: State, *others: State, given: Iterator[Any] | None = None) -> State:
    """A state of the same structure, with f of the arrays that stand in the same place of all.

    Args:
        f: takes one array of each state, and one more if any are given.
        state: says the structure.
        others: of the same structure.
        given: what f takes last, in the order of `leaves`.
    """
    if state is None:
        return None
    if isinstance(state, dict):
        return {key: mapped(f, state[key], *(other[key] for other in others), given=given) for key in _keys(state)}
    if isinstance(state, tuple):
        parts = [mapped(f, *same, given=given) for same in zip(state, *others, strict=True)]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    return f(state, *others) if given is None else f(state, *others, next(given))


def structure(state: State) -> Any:
    """What two states have in common that differ in their arrays and numbers alone; to be compared.

    Raises:
        UsageError: if it is no state.
    """
    if state is None:
        return None
    if isinstance(state, dict):
        return tuple((key, structure(state[key])) for key in _keys(state))
    if isinstance(state, tuple):
        return type(state), tuple(map(structure, state))
    _check(state)
    return "array"


def described(state: State) -> str:
    """A state in words: `an array of shape (2,)`, `a dict of m and v`."""
    if hasattr(state, "shape") and hasattr(state, "dtype"):
        if not state.shape:
            return "one number" if _is_numeric(state) else f"one value of type {state.dtype}"
        kind = "an array" if _is_numeric(state) else f"an array of {state.dtype}"
        return f"{kind} of shape {tuple(state.shape)}"
    if state is None or isinstance(state, bool | int | float):
        return repr(state)
    if isinstance(state, dict):
        return f"a dict with {', '.join(map(repr, state))}" if state else "an empty dict"
    if isinstance(state, tuple):
        name = f"a {type(state).__name__}" if hasattr(state, "_fields") else "a tuple"
        return f"{name} of {len(state)}: {', '.join(map(described, state))}" if state else "an empty tuple"
    word = type(state).__name__
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _leaves(state: State, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if state is None:
        return
    if isinstance(state, dict):
        for key in _keys(state):
            yield from _leaves(state[key], (*path, str(key)))
    elif isinstance(state, tuple):
        for place, part in zip(getattr(state, "_fields", range(len(state))), state, strict=True):
            yield from _leaves(part, (*path, str(place)))
    else:
        _check(state)
        yield path, state


def _keys(state: dict[Any, Any]) -> list[Any]:
    """In an order that does not depend on how the dict was made."""
    return sorted(state, key=str)


def _is_numeric(leaf: Any) -> bool:
    return bool(getattr(leaf.dtype, "kind", "f") in "fiub")


def _check(leaf: Any) -> None:
    if isinstance(leaf, bool | int | float) or (hasattr(leaf, "dtype") and _is_numeric(leaf)):
        return
    raise UsageError(f"a state is {ALLOWED}; {described(leaf)} is none")
