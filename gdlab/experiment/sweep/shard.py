"""A part of a sweep for a machine that knows nothing of the others: the same part each time, and no cell in two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Protocol, TypeVar

from gdlab.errors import UsageError
from gdlab.experiment.lanes import group
from gdlab.experiment.spec import Experiment

WIDE = 64  # lanes of a program that keep a core busy; fewer take about as long


class Cell(Protocol):
    """A cell of a sweep."""

    @property
    def experiment(self) -> Experiment:
        """What it is."""


C = TypeVar("C", bound=Cell)


@dataclass(frozen=True)
class Shard:
    """Part i of n, from 1.

    Raises:
        UsageError: if there is no such part.
    """

    i: int
    n: int

    def __post_init__(self) -> None:
        if self.n < 1 or not 1 <= self.i <= self.n:
            there = f"the parts of {self.n:,} are 1/{self.n} to {self.n}/{self.n}" if self.n >= 1 else "use 1/1 for all"
            raise UsageError(f"there is no shard {self}: {there}")

    def __str__(self) -> str:
        return f"{self.i}/{self.n}"

    @classmethod
    def read(cls, text: str) -> "Shard":
        """A shard as it is written on the command line.

        Args:
            text: such as `2/8`.

        Raises:
            UsageError: if it is nothing of the kind.
        """
        found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        if found is None:
            raise UsageError(f"--shard {text!r} is no part of a sweep; write i/n, such as 2/8 for the second of eight")
        return cls(*map(int, found.groups()))


def shard(cells: Sequence[C], i: int, n: int) -> list[C]:
    """The cells of part i of n, in their order.

    Cells that share a program stay together as far as all parts still get as many: a program of many cells is cut into
    n equal parts, and of several small ones each goes whole to where the fewest are. Cells that run by themselves are
    dealt out one by one, kind by kind, since each of them may take as long as a program. The parts depend on the cells
    alone, not on what is done already.

    Args:
        cells: all cells of a sweep.
        i: which part, from 1.
        n: of how many.

    Raises:
        UsageError: if there is no such part.
    """
    Shard(i, n)
    groups, alone = group([cell.experiment for cell in cells])
    cut = [_cut(members, n, sum(map(len, groups))) for members in groups]
    cut.sort(key=lambda parts: -max(map(len, parts)))  # the largest first evens out best
    mine, counts = _dealt([part for parts in cut for part in parts], [0] * n, i)
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for place, reason in alone.items():
        one = cells[place].experiment
        kinds.setdefault((one.problem.name, one.optimizer.name, str(reason)), []).append(place)
    rest, _ = _dealt([[place] for kind in kinds.values() for place in kind], _order(counts), i)
    return [cells[place] for place in sorted(mine + rest)]


def _cut(members: Sequence[int], n: int, laned: int) -> list[list[int]]:
    """A program's cells in as many parts as pay: none above an equal share, and more only while they stay wide."""
    many = min(n, len(members), max(len(members) // WIDE, -(-len(members) * n // laned)))
    return [list(members[len(members) * k // many : len(members) * (k + 1) // many]) for k in range(many)]


def _dealt(parts: Sequence[list[int]], loads: Sequence[float], i: int) -> tuple[list[int], list[float]]:
    """What part i of n gets, and how much each has, if each part goes to where the least is."""
    heap = [(load, k) for k, load in enumerate(loads)]
    heapify(heap)
    mine: list[int] = []
    for part in parts:
        load, k = heappop(heap)
        if k == i - 1:
            mine += part
        heappush(heap, (load + len(part), k))
    return mine, [load for load, _ in sorted(heap, key=lambda pair: pair[1])]


def _order(counts: Sequence[float]) -> list[float]:
    """Less than one cell each, so that whoever has the fewest lanes is the first to get a cell beside them."""
    most = max(counts) + 1
    return [count / most for count in counts]
