"""Cells into pieces of work: those that share a program side by side, the others one after the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gdlab.experiment.lanes import group
from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.parcel import Parcel

LANES = 1024  # cells of a piece that run side by side
FEW = 2  # cells that share a program from which it pays to run them as lanes
IN_A_ROW = 16  # cells of a piece that run one after the other, at most


@dataclass(frozen=True)
class Job:
    """A cell to run.

    Args:
        cell: its number in the order of the sweep.
        experiment: what it is.
    """

    cell: int
    experiment: Experiment


@dataclass(frozen=True)
class Piece:
    """What one worker does at a time; in another process it arrives as a `Parcel`.

    Args:
        jobs: the cells.
        laned: whether they run side by side as lanes of one program.
        attempts: how many workers have died of it so far.
    """

    jobs: tuple[Job, ...]
    laned: bool
    attempts: int = 0

    def __len__(self) -> int:
        return len(self.jobs)

    def __reduce__(self) -> Any:
        first = self.jobs[0].experiment if self.jobs else None
        name = f"{first.problem.name} with {first.optimizer.name}" if first else "a piece of work"
        parcel = Parcel.of((self.jobs, self.laned, self.attempts), name)
        return Parcel, (parcel.content, parcel.versions)

    def halves(self) -> "tuple[Piece, ...]":
        """The same in two parts, to find the cell that a worker dies of; itself if it is only one."""
        if len(self) == 1:
            return (self,)
        middle = len(self) // 2
        return Piece(self.jobs[:middle], self.laned), Piece(self.jobs[middle:], self.laned)


@dataclass(frozen=True)
class Plan:
    """How the cells run.

    Args:
        pieces: the work; the largest first, so that none is left for the end.
        alone: how many cells run by themselves, by the reason why, the most frequent reason first.
    """

    pieces: tuple[Piece, ...]
    alone: dict[str, int]

    @property
    def laned(self) -> int:
        """How many cells run side by side."""
        return sum(len(piece) for piece in self.pieces if piece.laned)

    def __len__(self) -> int:
        return sum(map(len, self.pieces))


def plan(jobs: Sequence[Job], workers: int = 1) -> Plan:
    """Put cells together that share a program.

    Args:
        jobs: the cells.
        workers: how many work at once; each should get something to do.
    """
    groups, alone = group([job.experiment for job in jobs])
    reasons = {i: str(reason) for i, reason in alone.items()}
    pieces: list[Piece] = []
    for members in groups:
        if len(members) < FEW:
            reasons |= dict.fromkeys(members, "no other cell shares its program")
            continue
        pieces += [Piece(tuple(jobs[i] for i in part), laned=True) for part in _cut(members, workers, LANES)]
    single = sorted(reasons)
    pieces += [Piece(tuple(jobs[i] for i in part), laned=False) for part in _cut(single, workers, IN_A_ROW)]
    pieces.sort(key=lambda piece: (-len(piece) if piece.laned else 0, piece.jobs[0].cell))
    return Plan(tuple(pieces), dict(Counter(reasons.values()).most_common()))


def _cut(members: Sequence[int], workers: int, most: int) -> list[list[int]]:
    """Equal parts, none larger than allowed, and enough of them for all workers."""
    cells = len(members)
    many = max(-(-cells // most), min(workers, cells // FEW), 1)
    ends = [cells * part // many for part in range(many + 1)]
    return [list(members[begin:end]) for begin, end in pairwise(ends) if end > begin]
