"""The problem of a config: one by name, a formula, or one from a file of the user's own; and the data of a network."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.config.own import choose_own
from gdlab.config.place import BROKEN, Node, Place
from gdlab.errors import Fault, OwnCodeError, UsageError
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.problems.data import DATA, DataFile, DataSet
from gdlab.problems.formula import Formula, examine
from gdlab.problems.own import FunctionProblem, load_problem
from gdlab.problems.start import Trouble, read_start

if TYPE_CHECKING:
    from gdlab.config.validation import Check

_FORMULA = ("formula", "start", "constants")


def choose_problem(check: "Check", node: Node, folder: Path) -> tuple[Any, Node] | None:
    """The problem that a name, a formula or a file chooses, and its parameters.

    Args:
        check: takes what is wrong.
        node: the value of `problem`.
        folder: from which the path of a file goes.
    """
    keys = node.value if isinstance(node.value, dict) else {}
    if "formula" in keys:
        return _choose_formula(check, node)
    if "file" in keys:
        return choose_own(check, node, folder, "problem", load_problem)
    name = keys.get("name", node)
    if isinstance(name.value, str) and name.value in DATA and name.value not in PROBLEMS:
        hint = f"a network learns from it: {{name: mlp, data: {name.value}}}"
        check.faults.append(name.place.fault(f"{name.value!r} is a data set, not a problem", hint))
        return None
    return check.chosen("problem", node)


def _choose_formula(check: "Check", node: Node) -> tuple[Any, Node] | None:
    for key in ("name", "file"):
        inner = node.value.get(key)
        if inner is not None and inner.value is not BROKEN and (key, inner.value) != ("name", Formula.name):
            message = f"a problem has a formula or a {key}, not both"
            check.faults.append((inner.key or inner.place).fault(message, f"leave out formula, or {key}"))
            return None
    return Formula, Node({key: inner for key, inner in node.value.items() if key != "name"}, node.place, node.key)


def read_problem(check: "Check", kind: Any, node: Node, folder: Path) -> Problem | None:
    """The problem with the parameters of a mapping.

    Args:
        check: takes what is wrong.
        kind: a class of problems.
        node: the mapping, without the keys that chose it.
        folder: from which the paths of data go.
    """
    owner = f"problem {kind.name!r}"
    if kind is Formula:
        return _read_formula(check, node)
    given: dict[str, Any] = {}
    if issubclass(kind, FunctionProblem) and "start" in node.value:
        start, troubles = read_start(node.value["start"].plain(), ("start",))
        check.faults += _told(troubles, node)
        given["start"] = BROKEN if troubles else start
    for parameter in kind.parameters():
        if DataSet in parameter.types and parameter.name in node.value:
            given[parameter.name] = _read_data(check, node.value[parameter.name], folder)
    return _record(check, kind, node, owner, given)


def _record(check: "Check", kind: Any, node: Node, owner: str, given: dict[str, Any]) -> Problem | None:
    """The record; where a value that was read apart is broken, only what else is wrong is told."""
    if BROKEN in given.values():
        check.fields(kind, node, owner, frozenset(given))
        return None
    try:
        return check.record(kind, node, owner, given)  # type: ignore[return-value] # the kind is one of problems
    except OwnCodeError as error:
        check.faults.append(error.fault)
    except UsageError as error:
        check.faults.append((node.key or node.place).fault(str(error)))
    return None


def _read_formula(check: "Check", node: Node) -> Problem | None:
    plain = node.plain()
    start, constants, troubles = examine(*(plain.get(key) for key in _FORMULA))
    check.faults += _told(troubles, node)
    given = {"formula": plain["formula"], "start": start, "constants": constants}
    return _record(check, Formula, node, "the formula", dict.fromkeys(given, BROKEN) if troubles else given)


def _told(troubles: Iterable[Trouble], node: Node) -> Iterable[Fault]:
    """Troubles at their places in the config; what is broken already is passed over."""
    for trouble in troubles:
        at, found = node, True
        for key in trouble.path:
            inner = at.value.get(key) if isinstance(at.value, dict) else None
            if isinstance(at.value, tuple) and isinstance(key, int):
                inner = at.value[key]
            if inner is None:
                found = False
                break
            at = inner
        if at.value is BROKEN:
            continue
        place = (at.key or at.place) if trouble.of_key or not found else at.place
        if trouble.span is not None and isinstance(at.value, str):
            yield _within(place, at.value, trouble)
        else:
            yield place.fault(trouble.message, trouble.hint)


def _within(place: Place, text: str, trouble: Trouble) -> Fault:
    """A fault that underlines a part of a text, if the text stands on its line as it is; else one that quotes it."""
    begin, end = trouble.span or (0, 0)
    line = place.text or ""
    at = line.find(text, (place.column or 1) - 1)
    if place.column is not None and 0 <= at <= place.column:
        inner = replace(place, column=at + begin + 1, length=max(1, end - begin))
        return inner.fault(trouble.message, trouble.hint)
    part = text[begin:end].strip() or text[max(0, begin - 10) : begin + 1].strip()
    return place.fault(f"{trouble.message}, at character {begin + 1} of the formula: {part}", trouble.hint)


def _read_data(check: "Check", node: Node, folder: Path) -> Any:
    """A data set by its name, or from a file; BROKEN if something is wrong with it."""
    keys = node.value if isinstance(node.value, dict) else {}
    file = keys.get("file")
    if file is not None and "name" not in keys and "file" in DATA:
        keys = {"name": Node("file", file.place), **keys}
        node = Node(keys, node.place, node.key)
    found = check.chosen("data", node, DATA, what="data set")
    if found is None:
        return BROKEN
    kind, parameters = found
    if file is not None and isinstance(file.value, str) and file.value:
        path = str((folder / file.value).absolute())
        parameters = Node({**parameters.value, "file": replace(file, value=path)}, parameters.place, parameters.key)
    data = check.record(kind, parameters, f"data {kind.name!r}")
    if not isinstance(data, DataFile):
        return BROKEN if data is None else data
    if not data.is_unchanged:
        message = f"{data.file} is not what it was, its hash has changed"
        place = parameters.value["sha256"].place
        check.faults.append(place.fault(message, "leave sha256 out to take the file as it is now"))
        return BROKEN
    return data.identified()
