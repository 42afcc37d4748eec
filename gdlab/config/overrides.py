"""Values from the command line that replace those of the file: `--set optimizer.lr=1e-2`, `--seed 3`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gdlab.config.loader import DEEPEST, load
from gdlab.config.place import Node, Place
from gdlab.config.words import quote
from gdlab.errors import ConfigError, Fault

_QUOTES = "the value is YAML; text with brackets, quotes or ': ' in it goes in quotes"
_NAMED = (("average",), ("data",))  # below the top level: what is chosen by a name
_SHAPE = "write it as key=value, such as optimizer.lr=0.01"


@dataclass(frozen=True)
class Override:
    """One value to be set.

    Args:
        path: the keys that lead to it, from the outermost.
        value: what it is set to; stands at the option.
    """

    path: tuple[str, ...]
    value: Node


def read_overrides(options: Iterable[str], seed: int | None = None) -> tuple[Override, ...]:
    """Read the values of `--set` and `--seed`, in the order in which they take effect.

    Args:
        options: texts such as `optimizer.lr=1e-2`; the value is YAML in flow form.
        seed: the value of `--seed`, if given.

    Raises:
        ConfigError: names every option that has no key or a value that is not YAML.
    """
    overrides: list[Override] = []
    faults: list[Fault] = []
    for option in options:
        try:
            overrides.append(_read(option))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    if seed is not None:
        overrides.append(Override(("seed",), Node(seed, Place(f"--seed {seed}"))))
    return tuple(overrides)


def apply(root: Node, override: Override) -> Node:
    """The config with one value replaced or added.

    Where a key of the path has a bare name, as in `optimizer: adam`, the name becomes a mapping that has it as `name`.

    Raises:
        ConfigError: if the path leads into something that has no keys.
    """
    return _set(root, override.path, override.value, ())


def read_values(option: str) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """The path of one `--set`, and its values: several of them are separated by commas, as in `optimizer.lr=0.1,0.2`.

    Raises:
        ConfigError: if it has no key, or a value that is not YAML.
    """
    source = f"--set {option if len(option) <= 80 else option[:79] + '…'}"
    key, equals, text = option.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not all(path):
        raise ConfigError([Fault("has no key and value", source, hint=_SHAPE)])
    if len(path) > DEEPEST:
        raise ConfigError([Fault(f"nested deeper than {DEEPEST} levels", source)])
    return path, _values(text, source)


def _read(option: str) -> Override:
    path, values = read_values(option)
    if len(values) > 1:
        text = option.partition("=")[2]
        hint = f"for a list write [{quote(text)[1:-1]}]"
        raise ConfigError([Fault("has more than one value", values[0].place.source, hint=hint)])
    return Override(path, values[0])


def _values(text: str, source: str) -> tuple[Node, ...]:
    # Inside a list the value is read in flow form; the line break ends a comment.
    document = load(f"value: [{text}\n]", source)
    if document.faults:
        raise ConfigError([Fault(fault.message, source, hint=_QUOTES) for fault in document.faults])
    entries = document.root.value if document.root else {}
    if len(entries) > 1:
        raise ConfigError([Fault("has more than one value", source, hint=_QUOTES)])
    items = entries["value"].value or (Node(None, Place(source)),)
    return tuple(_placed(item, Place(source)) for item in items)


def _placed(node: Node, place: Place) -> Node:
    """The same value, all of it standing at one place."""
    match node.value:
        case dict():
            value = {name: _placed(item, place) for name, item in node.value.items()}
            return Node(value, place, place)
        case tuple():
            return Node(tuple(_placed(item, place) for item in node.value), place, place)
        case _:
            return Node(node.value, place, place)


def _set(node: Node, path: tuple[str, ...], value: Node, done: tuple[str, ...]) -> Node:
    if not path:
        return replace(value, key=value.key or value.place)
    entries = _entries(node, done, value.place)
    name, *rest = path
    inner = entries.get(name) or Node(None, value.place, value.place)
    return replace(node, value={**entries, name: _set(inner, tuple(rest), value, (*done, name))})


def _entries(node: Node, done: tuple[str, ...], place: Place) -> dict[str, Node]:
    match node.value:
        case dict():
            return node.value
        case None:
            return {}
        case str() if len(done) == 1 or done[1:] in _NAMED:
            return {"name": replace(node, key=node.key)}
        case _:
            raise ConfigError([place.fault(f"{'.'.join(done)} has no keys that could be set", "set it as a whole")])
