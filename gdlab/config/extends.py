"""One config on top of another: `extends: adam_xor.yaml`.

The path goes from the folder of the config that says it, and the base may extend another. Mappings are merged key by
key; anything else, lists too, replaces what the base says. Four rules keep what does not fit from leaking in:

- what is chosen by another name starts anew: under `optimizer: {name: gd}` nothing is left of the base's `adam`. The
  same holds for another `file` and another `schedule`. The same name, or none, adds to what the base says;
- `name` at the top is not taken over: it is what the base is called;
- `sweep` is taken over as a whole or not at all; `sweep: null` leaves it out;
- paths of files (`file: my_rule.py`) stay what they are in the base, seen from its own folder.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gdlab.config.files import read
from gdlab.config.loader import Document, load
from gdlab.config.place import BROKEN, Node
from gdlab.config.words import show
from gdlab.errors import ConfigError, Fault

CHOOSE = ("name", "file", "schedule")  # keys whose value decides which other keys there are
_WHOLE = ("sweep",)
_OWN = ("name", "extends")


def load_extended(path: Path) -> Document:
    """Read a config file and those that it extends, merged into one; each value still stands where it was written.

    Raises:
        ConfigError: if the file cannot be read.
    """
    return extended(load(read(path), str(path)), path.parent, (path,))


def extended(document: Document, folder: Path, chain: tuple[Path, ...] = ()) -> Document:
    """A config merged into those that it extends, without the key that says so.

    Args:
        document: the config.
        folder: from which its paths go.
        chain: the files that led here, the config's own last.
    """
    root = document.root
    if root is None or "extends" not in root.value:
        return document
    given = root.value["extends"]
    own = replace(root, value={key: node for key, node in root.value.items() if key != "extends"})
    try:
        base = _base(given, folder, chain)
    except ConfigError as error:
        return Document(None, (*document.faults, *error.faults))  # what is missing may stand in the base
    if base.root is None:
        return Document(None, (*document.faults, *base.faults))
    taken = {key: node for key, node in base.root.value.items() if key not in _OWN}
    under = rebased(replace(base.root, value=taken), (folder / given.value).parent, folder)
    return Document(_merged_root(under, own), (*document.faults, *base.faults))


def rebased(node: Node, folder: Path, onto: Path | None) -> Node:
    """A value whose `file` paths, which go from one folder, go from another; None makes them absolute."""
    match node.value:
        case dict():
            value = {
                key: _path(inner, folder, onto) if key == "file" else rebased(inner, folder, onto)
                for key, inner in node.value.items()
            }
            return replace(node, value=value)
        case tuple():
            return replace(node, value=tuple(rebased(inner, folder, onto) for inner in node.value))
        case _:
            return node


def merged(under: Node, over: Node) -> Node:
    """One value on top of another, by the rules of this module."""
    if over.value is BROKEN or under.value is BROKEN:
        return over
    base, top = _as_mapping(under, over), _as_mapping(over, under)
    if not isinstance(base.value, dict) or not isinstance(top.value, dict) or chooses_anew(base, top):
        return over
    entries = {key: merged(base.value[key], node) if key in base.value else node for key, node in top.value.items()}
    return replace(top, value={**base.value, **entries})


def chooses_anew(under: Node, over: Node) -> bool:
    """Whether one mapping chooses by another name than that below it."""
    said = {key: over.value[key].value for key in CHOOSE if key in over.value}
    before = {key: under.value[key].value for key in CHOOSE if key in under.value}
    return any(key not in before or before[key] != value for key, value in said.items())


def _merged_root(under: Node, over: Node) -> Node:
    entries = {
        key: merged(under.value[key], node) if key in under.value and key not in _WHOLE else node
        for key, node in over.value.items()
    }
    value = {**under.value, **entries}
    if "sweep" in value and value["sweep"].value is None and "sweep" in under.value:
        del value["sweep"]
    return replace(over, value=value)


def _as_mapping(node: Node, other: Node) -> Node:
    """A bare name beside a mapping as the mapping that it stands for."""
    if isinstance(node.value, str) and isinstance(other.value, dict):
        return replace(node, value={"name": replace(node, key=node.key)})
    return node


def _base(given: Node, folder: Path, chain: tuple[Path, ...]) -> Document:
    """What the file at a path holds, with what it extends itself."""
    if given.value is BROKEN:
        raise ConfigError([])
    if not isinstance(given.value, str) or not given.value:
        hint = "it must be the path of a config, such as adam_xor.yaml"
        raise ConfigError([given.place.fault(f"extends cannot be {show(given.plain())}", hint)])
    path = folder / given.value
    if any(_same(path, before) for before in chain):
        raise ConfigError([given.place.fault(f"extends itself: {_chain((*chain, path))}", "take one of them out")])
    try:
        text = read(path)
    except ConfigError as error:
        raise ConfigError([_at(given, fault) for fault in error.faults]) from None
    return extended(load(text, str(path)), path.parent, (*chain, path))


def _at(given: Node, fault: Fault) -> Fault:
    """A fault of a file as a whole, shown where the file is named."""
    if fault.line is not None:
        return fault
    return given.place.fault(f"extends {fault.source}, and that {_third_person(fault.message)}", fault.hint)


def _third_person(message: str) -> str:
    return "is no file" if message == "no such file" else message


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _chain(paths: Iterable[Path]) -> str:
    return " → ".join(path.name for path in paths)


def _path(node: Node, folder: Path, onto: Path | None) -> Node:
    if not isinstance(node.value, str) or not node.value:
        return node
    if onto is None:
        return replace(node, value=str((folder / node.value).resolve()))
    if _same(folder, onto):
        return node
    return replace(node, value=os.path.relpath(folder / node.value, onto))
