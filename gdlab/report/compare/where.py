"""Which runs are meant by `optimizer=adam lr<0.1`.

    where  = clause, …      all of them must hold; between them a space
    clause = KEY OP VALUE   OP is = != < <= > or >=
    VALUE  = WORD | 'TEXT'  after = and != several with commas: any of them; * and ? stand for any letters

Numbers are compared as numbers, `true`, `false` and `null` as they stand in a config, all else as text. Order is for
numbers: what is none, or is not set, is not below or above anything.
"""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gdlab.errors import UsageError, join
from gdlab.report.compare.fields import Fields
from gdlab.report.numbers import UNSET, number, setting
from gdlab.store.run import Run

_CLAUSE = re.compile(
    r"""\s*(?P<key>[^\s=!<>"']+)\s*(?P<op>==|!=|<=|>=|=|<|>)\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=!<>]+)(?=\s|$)"""
)
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SHOWN = 8  # values in a message


@dataclass(frozen=True)
class Clause:
    """One condition.

    Args:
        key: as it was typed.
        op: `=`, `!=`, `<`, `<=`, `>` or `>=`.
        values: at least one; several only for `=` and `!=`.
    """

    key: str
    op: str
    values: tuple[str, ...]

    def holds(self, value: Any) -> bool:
        """Whether it holds for the value of a run."""
        if self.op in _ORDER:
            return _is_number(value) and _ORDER[self.op](float(value), float(self.values[0]))
        return any(_equal(value, wanted) for wanted in self.values) == (self.op == "=")


def parse(text: str) -> list[Clause]:
    """Read conditions.

    Raises:
        UsageError: where they cannot be read; shows the place.
    """
    clauses, at = [], 0
    while text[at:].strip():
        match = _CLAUSE.match(text, at)
        if match is None:
            raise UsageError(
                f"--where {text!r}: {text[at:].strip()!r} is no condition. It is KEY=VALUE, or one with "
                "!= < <= > >=, such as 'optimizer=adam lr<0.1'"
            )
        clauses.append(_clause(match))
        at = match.end()
    if not clauses:
        raise UsageError("--where: there is no condition in it. It is such as 'optimizer=adam lr<0.1'")
    return clauses


def _clause(match: "re.Match[str]") -> Clause:
    key, op, value = match["key"], match["op"], match["value"]
    op = "=" if op == "==" else op
    quoted = value[0] in "\"'"
    values = (value[1:-1],) if quoted else tuple(value.split(","))
    if op in _ORDER and _as_number(values[0] if len(values) == 1 else "") is None:
        raise UsageError(f"--where {match[0].strip()!r}: {op} compares numbers, and {value!r} is none")
    return Clause(key, op, values)


def matching(runs: Sequence[Run], text: str) -> list[Run]:
    """The runs for which all conditions hold.

    Raises:
        UsageError: the conditions cannot be read, name what no run has, or hold for no run.
    """
    fields = Fields(runs)
    kept = [True] * len(runs)
    for clause in parse(text):
        name = fields.resolve(clause.key, "--where")
        column = fields.column(name)
        if not any(clause.holds(value) for value in column):
            raise UsageError(f"--where {text!r}: no run has {_told(clause)}; {_there(name, column)}")
        kept = [keep and clause.holds(value) for keep, value in zip(kept, column, strict=True)]
    if not any(kept):
        raise UsageError(f"--where {text!r}: each condition holds for some runs, all of them for none")
    return [run for run, keep in zip(runs, kept, strict=True) if keep]


def _told(clause: Clause) -> str:
    return f"{clause.key} {clause.op} {join([*clause.values], 'or')}"


def _there(name: str, column: Sequence[Any]) -> str:
    """What there is instead."""
    numbers = [value for value in column if _is_number(value)]
    values = [*dict.fromkeys(map(setting, column))]
    if len(values) > _SHOWN and numbers:
        return f"{name} is between {number(min(numbers))} and {number(max(numbers))}"
    return f"{name} is {join(values[:_SHOWN], 'or')}{', …' if len(values) > _SHOWN else ''}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _equal(value: Any, wanted: str) -> bool:
    if isinstance(value, list | tuple) and not wanted.startswith("["):
        return any(_equal(item, wanted) for item in value)
    if _is_number(value):
        other = _as_number(wanted)
        return other is not None and (value == other or (math.isnan(value) and math.isnan(other)))
    if value is None:
        return wanted == UNSET
    text = setting(value) if not isinstance(value, str) else value
    return text == wanted or fnmatchcase(text, wanted.replace("[", "[[]"))
