"""Why runs ended as they did: sentences that differ in their numbers only are one reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from gdlab.report.grid import Cell, Column
from gdlab.report.outcomes import outcome
from gdlab.report.text import literal
from gdlab.store.run import Run


@dataclass(frozen=True)
class Reason:
    """One way in which runs ended.

    Args:
        status: how.
        text: the sentence of the first of them.
        count: how many.
        example: the first of them.
    """

    status: str
    text: str
    count: int
    example: Run


def alike(runs: Iterable[Run]) -> list[Reason]:
    """The reasons, the most frequent first."""
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        shape = "".join("0" if c.isdigit() else c for c in run.reason)
        found.setdefault((str(run.status), shape), []).append(run)
    reasons = [Reason(status, some[0].reason, len(some), some[0]) for (status, _), some in found.items()]
    return sorted(reasons, key=lambda one: -one.count)


def reason_columns(reasons: list[Reason]) -> list[Column]:
    """The reasons as a table."""
    return [
        Column("outcome", [outcome(one.status) for one in reasons]),
        Column("runs", [Cell(f"{one.count:,}") for one in reasons], right=True),
        Column("why", [Cell(literal(one.text)) for one in reasons]),
        Column("such as", [Cell(literal(one.example.id)) for one in reasons]),
    ]
