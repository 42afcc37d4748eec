"""Swept parameters that some of what is swept beside them does not have."""

from collections.abc import Iterator, Sequence

from gdlab.config.models import CHOICES
from gdlab.config.place import Node, Place
from gdlab.config.sweep.plan import Axis
from gdlab.config.words import quote
from gdlab.errors import Fault, did_you_mean, join
from gdlab.optimizers import OPTIMIZERS
from gdlab.optimizers.around import KEYS, keys_around


def lacking(base: Node, axes: Sequence[Axis]) -> Iterator[Fault]:
    """What is wrong with parameters that are swept below one name or several, where not all have them.

    Args:
        base: the config, without its sweep.
        axes: what varies.
    """
    for part in CHOICES:
        names = _names(part, base, axes)
        for axis in axes:
            for k, key in enumerate(axis.keys):
                top, _, parameter = key.partition(".")
                if top == part and parameter and "." not in parameter and parameter not in ("name", "file", "sha256"):
                    at = axis.rows[0][k]
                    yield from _without(part, parameter, names, at.key or at.place)


def _without(part: str, parameter: str, names: Sequence[str], place: Place) -> Iterator[Fault]:
    known = {name: _parameters(part, name) for name in names}
    lack = [name for name in names if parameter not in known[name]]
    have = [name for name in names if name not in lack]
    if not lack:
        return
    verb, some = ("has", part) if len(lack) == 1 else ("have", f"{part}s")
    if have:
        example = f"{part}: [{{name: {lack[0]}}}, {{name: {have[0]}, {parameter}: …}}]"
        message = f"{part}.{parameter} is swept for all, but {some} {join(lack)} {verb} no {parameter!r}"
        yield place.fault(
            message, f"{join(have)} {'has' if len(have) == 1 else 'have'} it; sweep {part}s as a whole: {example}"
        )
    elif len(lack) == 1:
        hint = f"{did_you_mean(parameter, known[lack[0]])} It has: {', '.join(known[lack[0]]) or 'no parameters'}"
        yield place.fault(f"unknown key {quote(parameter)} of {part} {lack[0]!r}", hint.strip())
    else:
        every = [*dict.fromkeys(key for keys in known.values() for key in keys)]
        yield place.fault(f"{some} {join(lack)} have no {quote(parameter)}", did_you_mean(parameter, every))


def _names(part: str, base: Node, axes: Sequence[Axis]) -> list[str]:
    """The built-in names that a part takes; what is no name is told where it is validated."""
    values = [node for key in (f"{part}.name", part) for node in _column(key, axes)]
    if not any(f"{part}.name" in axis.keys or part in axis.keys for axis in axes) and part in base.value:
        values = [base.value[part]]
    found = [
        node.value.get("name", node) if isinstance(node.value, dict) else node
        for node in values
        if not (isinstance(node.value, dict) and "file" in node.value)
    ]
    return [*dict.fromkeys(node.value for node in found if isinstance(node.value, str) and node.value in CHOICES[part])]


def _column(key: str, axes: Sequence[Axis]) -> list[Node]:
    return [row[axis.keys.index(key)] for axis in axes if key in axis.keys for row in axis.rows]


def _parameters(part: str, name: str) -> list[str]:
    own = [parameter.name for parameter in CHOICES[part][name].parameters()]
    around = keys_around(OPTIMIZERS[name]) if part == "optimizer" else ()
    return own + [key for key in KEYS if key in around]
