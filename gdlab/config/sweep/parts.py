"""The parts of the cells, each validated once: a cell puts together what others have too.

Validating a config takes about a millisecond, and ten thousand cells would take as many. But the value of each key of
its top level is validated by itself, so that what varies below `optimizer` leaves `problem` what it is. And of
the values below one key, those that differ only in numbers are made from one that was validated, by the same record,
which checks its ranges itself; what it refuses is validated in full, for the fault and its place.
"""

import dataclasses
import functools
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gdlab.config.data import plain
from gdlab.config.extends import chooses_anew
from gdlab.config.models import CHOICES, SECTIONS
from gdlab.config.overrides import Override, apply
from gdlab.config.place import Node
from gdlab.config.resolve import MOST_FAULTS
from gdlab.config.sweep.lacking import lacking
from gdlab.config.sweep.plan import Axis
from gdlab.config.validation import validate
from gdlab.errors import ConfigError, Fault, ParameterError
from gdlab.experiment.spec import Log
from gdlab.optimizers import Around
from gdlab.record import Record
from gdlab.store.key import canonical

SETTINGS = ""  # the part of all keys of the top level that stand for themselves, such as steps
LOGS_BY = ("log", "batch", "problem", SETTINGS)  # what decides how often a cell logs
PARTS = (*CHOICES, *SECTIONS, SETTINGS)

_MOST_FAILED = 500  # values that are validated in vain; one mistake may be wrong in each of them

Rows = tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """What the cells that share some rows have below one key.

    Args:
        fields: of the experiment.
        data: the same as plain data.
    """

    fields: Mapping[str, Any]
    data: Mapping[str, Any]

    @cached_property
    def texts(self) -> dict[str, str]:
        """The data of each field in canonical form."""
        return {key: canonical(value) for key, value in self.data.items()}


class Parts:
    """The parts of all cells of a plan.

    Args:
        base: the config, without its sweep.
        axes: what varies.
        folder: from which the paths in it go.
        swept: whether they are those of a sweep, or of one experiment.

    Attributes:
        faults: what is wrong with them.
    """

    def __init__(self, base: Node, axes: Sequence[Axis], folder: Path, *, swept: bool) -> None:
        self.swept = swept
        self.base = base
        self.axes = axes
        self.folder = folder
        self.faults: dict[Fault, None] = {}
        self.touching = {part: [i for i, axis in enumerate(axes) if part in map(part_of, axis.keys)] for part in PARTS}
        self._numeric = {
            part: [i for i in self.touching[part] if _is_numeric(axes[i], part)] if part in CHOICES else []
            for part in PARTS
        }
        self._failed = 0
        self._log_axes = sorted({i for part in LOGS_BY for i in self.touching[part]})
        self._logs: dict[Rows, Log] = {}
        self._known: dict[tuple[str, Rows], Part | None] = {}
        self.faults |= dict.fromkeys(lacking(base, axes))

    def of(self, rows: Rows) -> list[Part] | None:
        """The parts of the cells with these rows of the axes; None if something is wrong with one."""
        found = [self._part(part, rows) for part in PARTS]
        return [part for part in found if part] if all(found) else None

    def at(self, rows: Rows) -> Node:
        """The config of the cells with these rows of the axes."""
        return varied(self.base, self.axes, rows)

    def log(self, rows: Rows) -> Log | None:
        """What these cells log, if a cell that logs the same has told: filling it in makes an experiment twice."""
        return self._logs.get(self._log_rows(rows))

    def keep_log(self, rows: Rows, log: Log) -> None:
        """Note what these cells log, and those that differ in nothing that it depends on."""
        self._logs[self._log_rows(rows)] = log

    def _log_rows(self, rows: Rows) -> Rows:
        return tuple([rows[i] for i in self._log_axes])

    @property
    def hopeless(self) -> bool:
        """Whether more is wrong than anyone reads."""
        return len(self.faults) > MOST_FAULTS or self._failed > _MOST_FAILED

    def _part(self, part: str, rows: Rows) -> Part | None:
        touching = self.touching[part]
        key = (part, tuple([rows[i] for i in touching]))
        if key not in self._known:
            own = tuple(row if i in touching else 0 for i, row in enumerate(rows))
            self._known[key] = self._derived(part, own) or self._validated(part, own)
        return self._known[key]

    def _derived(self, part: str, rows: Rows) -> Part | None:
        """The part made from one that differs in numbers only, where it can be."""
        numeric = self._numeric[part]
        first = tuple(0 if i in numeric else row for i, row in enumerate(rows))
        if not numeric or first == rows:
            return None
        like = self._part(part, first)
        if like is None:
            return None
        numbers = {
            key.partition(".")[2]: node.value
            for i in numeric
            for key, node in zip(self.axes[i].keys, self.axes[i].rows[rows[i]], strict=True)
            if part_of(key) == part
        }
        record = like.fields[part]
        changed = _with_numbers(record, part, numbers)
        if changed is None or not numbers.keys() <= like.data[part].keys():
            return None
        rule = _rule(changed)
        exact = {key: getattr(rule if key in _names(rule) else changed, key) for key in numbers}
        return Part({part: changed}, {part: {**like.data[part], **exact}})

    def _validated(self, part: str, rows: Rows) -> Part | None:
        if self.hopeless:
            return None
        try:
            fields = validate(self.at(rows), self.folder)
        except ConfigError as error:
            self.faults |= dict.fromkeys(error.faults)
            self._failed += 1
            return None
        inner = (*CHOICES, *SECTIONS)
        kept = {key: value for key, value in fields.items() if (key == part if part in inner else key not in inner)}
        data = {key: plain(value) for key, value in kept.items() if key not in ("name", "tags")}
        return Part(kept, data)


def varied(base: Node, axes: Sequence[Axis], rows: Rows) -> Node:
    """A config with the values of some rows; whole values first, then names, then what is below them."""
    changes = [
        (tuple(key.split(".")), node)
        for axis, row in zip(axes, rows, strict=True)
        for key, node in zip(axis.keys, axis.rows[row], strict=True)
    ]
    for path, node in sorted(changes, key=lambda change: (len(change[0]), change[0][-1] != "name")):
        base = _changed(base, path, node)
    return base


def part_of(key: str) -> str:
    """The part that a key is in."""
    top = key.partition(".")[0]
    return top if top in PARTS else SETTINGS


def _changed(root: Node, path: tuple[str, ...], value: Node) -> Node:
    """The config with a value set; another name starts anew, as it does where a config extends another."""
    if len(path) > 1 and path[-1] == "name":
        chosen = Node({"name": value}, value.place, value.key)
        below = _at(root, path[:-1])
        if below is not None and isinstance(below.value, dict) and chooses_anew(below, chosen):
            return apply(root, Override(path[:-1], chosen))
    return apply(root, Override(path, value))


def _at(node: Node, path: Sequence[str]) -> Node | None:
    for name in path:
        if not isinstance(node.value, dict) or name not in node.value:
            return None
        node = node.value[name]
    return node


def _is_numeric(axis: Axis, part: str) -> bool:
    columns = [k for k, key in enumerate(axis.keys) if part_of(key) == part]
    return all(axis.keys[k].count(".") == 1 for k in columns) and all(
        isinstance(row[k].value, int | float) and not isinstance(row[k].value, bool)
        for row in axis.rows
        for k in columns
    )


def _with_numbers(record: Any, part: str, numbers: Mapping[str, int | float]) -> Any:
    """A record with other numbers, or None if that needs more than the record itself knows."""
    rule = _rule(record)
    if type(rule) is not CHOICES[part].get(rule.name):  # from the user's own file
        return None
    inner = {key: value for key, value in numbers.items() if key in _names(rule)}
    outer = {key: value for key, value in numbers.items() if key not in inner}
    scheduled = dict(record.schedules) if isinstance(record, Around) else {}
    if scheduled.keys() & numbers.keys() or (outer and not isinstance(record, Around)):
        return None
    try:
        own, around = dict(_exact(rule, inner)), dict(_exact(record, outer))
        made = dataclasses.replace(rule, **own) if own else rule
        return made if record is rule else dataclasses.replace(record, rule=made, **around)
    except (ParameterError, OverflowError, ValueError):
        return None


def _rule(record: Any) -> Any:
    """The record itself, without what is around it."""
    return record.rule if isinstance(record, Around) else record


def _names(record: Record) -> Container[str]:
    return _kinds(type(record))  # type: ignore[arg-type] # as above


@functools.cache
def _kinds(record: Any) -> dict[str, set[type]]:
    """The kinds of numbers that each parameter of a record takes."""
    return {parameter.name: {float, int} & {*parameter.types} for parameter in record.parameters()}


def _exact(record: Record, numbers: Mapping[str, int | float]) -> Iterator[tuple[str, int | float]]:
    """Numbers as a config gives them to a record.

    Raises:
        ValueError: if one is not for a field that takes numbers of its kind, and has one.
    """
    kinds = _kinds(type(record))  # type: ignore[arg-type] # mypy takes it for unhashable
    for key, value in numbers.items():
        before = getattr(record, key, None)
        if kinds.get(key) == {float} and isinstance(before, float):
            yield key, float(value)
        elif kinds.get(key) == {int} and type(before) is int and isinstance(value, int):
            yield key, value
        else:
            raise ValueError(key)
