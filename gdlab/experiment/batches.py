"""Which rows of the data each step looks at."""

from typing import Any

import numpy as np

from gdlab.experiment.parts import OnRows
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Batch
from gdlab.problems.base import Problem

Array = np.ndarray[Any, np.dtype[Any]]


def batches_of(batch: Batch, problem: Problem, seed: int) -> "Batches | None":
    """The batches of a run; None if each step looks at all rows."""
    if batch.size is None or not problem.rows:
        return None
    return Batches(batch, problem.rows, Streams.of(seed).batches)


class Batches:
    """The batches of a run, one after the other.

    Args:
        batch: how they are chosen.
        rows: how many rows of data there are.
        rng: the run's own generator for batches.

    Attributes:
        sizes: the different numbers of rows that batches have.
    """

    def __init__(self, batch: Batch, rows: int, rng: np.random.Generator) -> None:
        self.batch = batch
        self.rows = rows
        self.size = rows if batch.size is None else min(batch.size, rows)
        rest = rows % self.size
        whole = batch.sampling == "replacement" or batch.partial == "drop" or not rest
        self.sizes = (self.size,) if whole else (self.size, rest)
        self._rng = rng
        self._order = np.arange(rows)
        self._at = rows

    @property
    def per_epoch(self) -> int:
        """Steps in which every row is looked at once; with replacement, or where the rest is dropped, about once."""
        return len(self.sizes) - 1 + self.rows // self.size if self.batch.sampling == "epoch" else self._about()

    def _about(self) -> int:
        return max(1, round(self.rows / self.size))

    def next(self) -> Array:
        """The row numbers of the next batch, an int array; not to be written to."""
        if self.batch.sampling == "replacement":
            return self._rng.integers(self.rows, size=self.size)
        if self.rows - self._at < (self.size if self.batch.partial == "drop" else 1):
            self._at = 0
            if self.batch.shuffle:
                self._order = self._rng.permutation(self.rows)
        taken = self._order[self._at : self._at + self.size]
        self._at += len(taken)
        return taken

    def skip(self, steps: int) -> None:
        """Draw the batches of that many steps and drop them."""
        for _ in range(steps):
            self.next()

    def turn(self, derivatives: OnRows) -> Array:
        """Make the next batch the current rows, weighted as it counts; tells them."""
        rows = self.next()
        derivatives.rows, derivatives.weight = rows, self.weight(len(rows))
        return rows

    def weight(self, size: int) -> float:
        """What the mean over a batch of that size counts for."""
        return size / self.size if self.batch.partial == "weighted" else 1.0

    def seen(self, steps: int) -> int:
        """How many rows that many steps have looked at, counting those that came again."""
        if len(self.sizes) == 1:
            return steps * self.size
        epochs, more = divmod(steps, self.per_epoch)
        return epochs * self.rows + more * self.size

    def epoch(self, steps: int) -> float:
        """How many times that many steps went through the data."""
        if self.batch.sampling == "replacement":
            return steps * self.size / self.rows
        epochs, more = divmod(steps, self.per_epoch)
        return epochs + more * self.size / self.rows
