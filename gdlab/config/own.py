"""What a config takes from a Python file of the user's own: an optimizer, or a problem."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.config.place import BROKEN, Node
from gdlab.config.words import show
from gdlab.errors import OwnCodeError, UsageError
from gdlab.own_code import load_module

if TYPE_CHECKING:
    from gdlab.config.validation import Check

CHOOSING = ("file", "name", "sha256")


def choose_own(
    check: "Check", node: Node, folder: Path, key: str, load: Callable[[Path, str], Any]
) -> tuple[Any, Node] | None:
    """The class that a file and a name choose, and its parameters.

    Args:
        check: takes what is wrong.
        node: a mapping with `file`.
        folder: from which the path goes.
        key: whose value it is, such as `optimizer`.
        load: takes the path and the name to a class with an `origin`.
    """
    file, name, digest = (node.value.get(part) or Node("", node.place) for part in CHOOSING)
    for part, inner in zip(CHOOSING, (file, name, digest), strict=True):
        if inner.value is BROKEN:
            return None
        if not isinstance(inner.value, str) or (part == "file" and not inner.value):
            check.faults.append(
                inner.place.fault(f"{part} of {key} cannot be {show(inner.plain())}", "it must be text")
            )
            return None
    place = file.place
    try:
        load_module(folder / file.value)
        place = name.place if name.value else place
        kind = load(folder / file.value, name.value)
    except OwnCodeError as error:
        check.faults.append(error.fault)
        return None
    except UsageError as error:
        check.faults.append(place.fault(str(error)))
        return None
    if digest.value and kind.origin is not None and digest.value != kind.origin.sha256:
        hint = "leave sha256 out to take the file as it is now"
        check.faults.append(digest.place.fault(f"{file.value} is not what it was, its hash has changed", hint))
        return None
    rest = {part: inner for part, inner in node.value.items() if part not in CHOOSING}
    return kind, Node(rest, node.place, node.key)
