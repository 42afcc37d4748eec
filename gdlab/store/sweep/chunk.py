"""What became of some cells of a sweep, in columns: as it is sent between processes, and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Chunk:
    """Cells that are stored together: a pair of files, written in one piece.

    Args:
        cells: the number of each in the order of the sweep, an int array of shape (cells,).
        status: how each ended, one of `Status`.
        step: the steps each had done then, an int array of shape (cells,).
        reason: one sentence for each.
        summary: numbers at the end by name, as `Run.summary` has them, each of shape (cells,), NaN where there is none.
        rows: how many rows each has logged, an int array of shape (cells,).
        curves: the logged columns by name, `step` first, each of shape (points, cells), or (points,) where it is the
            same for all cells. Beyond the last row of a cell there is NaN, or anything.
        w: the final parameters, shape (n, cells), if they are few enough to be worth reading.
        seconds: wall time that the chunk took.
        host: where it ran: host, pid and the like.
        remark: what the driver should know of how the work went; it is not stored.
    """

    cells: Array
    status: Sequence[str]
    step: Array
    reason: Sequence[str]
    summary: Mapping[str, Array]
    rows: Array
    curves: Mapping[str, Array]
    w: Array | None = None
    seconds: float = 0.0
    host: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""

    def __len__(self) -> int:
        return len(self.cells)

    def only(self, kept: Array) -> Self:
        """Some of the cells.

        Args:
            kept: a bool array of shape (cells,).
        """
        if kept.all():
            return self
        at = np.flatnonzero(kept)
        places = at.tolist()
        return replace(
            self,
            cells=self.cells[at],
            status=[self.status[i] for i in places],
            step=self.step[at],
            reason=[self.reason[i] for i in places],
            summary={name: values[at] for name, values in self.summary.items()},
            rows=self.rows[at],
            curves={name: _of_cells(column, at) for name, column in self.curves.items()},
            w=None if self.w is None else self.w[:, at],
        )

    def with_surroundings(self, seconds: float, host: Mapping[str, Any]) -> Self:
        """The same, with how long it took and where."""
        return replace(self, seconds=seconds, host=host)


def _of_cells(column: Array, at: Array) -> Array:
    return column[:, at] if column.ndim == 2 else column
