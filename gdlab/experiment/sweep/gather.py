"""Small chunks put together before they are stored, so that a long sweep makes tens of files."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.store.sweep.chunk import Chunk

Array = np.ndarray[Any, np.dtype[Any]]

ENOUGH = 512  # cells that are worth a pair of files
SOON = 5.0  # seconds that a result waits at least while others come
PART = 0.05  # of the time since the start that it waits at most, so that the number of files grows ever more slowly


class Gather:
    """Collects chunks until they are worth a pair of files.

    Args:
        write: stores a chunk.
        now: tells the time in seconds.
    """

    def __init__(self, write: Callable[[Chunk], None], now: Callable[[], float] = perf_counter) -> None:
        self.write = write
        self.now = now
        self._start = self._since = now()
        self._waiting: list[Chunk] = []

    def add(self, chunk: Chunk) -> None:
        """Take a chunk."""
        if not self._waiting:
            self._since = self.now()
        self._waiting.append(chunk)
        if sum(map(len, self._waiting)) >= ENOUGH:
            self.flush()
        else:
            self.look()

    def look(self) -> None:
        """Store what has waited long enough."""
        now = self.now()
        if self._waiting and now - self._since >= max(SOON, PART * (now - self._start)):
            self.flush()

    def flush(self) -> None:
        """Store all that wait, those with the same columns together."""
        waiting, self._waiting = self._waiting, []
        kinds: dict[Any, list[Chunk]] = {}
        for chunk in waiting:
            kinds.setdefault((tuple(chunk.curves), None if chunk.w is None else len(chunk.w)), []).append(chunk)
        for alike in kinds.values():
            self.write(joined(alike))


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Chunks with the same columns as one, their cells one after the other."""
    if len(chunks) == 1:
        return chunks[0]
    points = max(len(column) for chunk in chunks for column in chunk.curves.values())
    names = dict.fromkeys(name for chunk in chunks for name in chunk.summary)
    return Chunk(
        cells=np.concatenate([chunk.cells for chunk in chunks]),
        status=[status for chunk in chunks for status in chunk.status],
        step=np.concatenate([chunk.step for chunk in chunks]),
        reason=[reason for chunk in chunks for reason in chunk.reason],
        summary={
            name: np.concatenate([chunk.summary.get(name, np.full(len(chunk), np.nan)) for chunk in chunks])
            for name in names
        },
        rows=np.concatenate([chunk.rows for chunk in chunks]),
        curves={
            name: np.concatenate([_padded(chunk.curves[name], points, len(chunk)) for chunk in chunks], axis=1)
            for name in chunks[0].curves
        },
        w=None if chunks[0].w is None else np.concatenate([chunk.w for chunk in chunks], axis=1),
        seconds=sum(chunk.seconds for chunk in chunks),
        host=chunks[0].host,
    )


def _padded(column: Array, points: int, cells: int) -> Array:
    """A column of shape (points, cells), NaN below what there is."""
    whole = np.full((points, cells), np.nan)
    whole[: len(column)] = column if column.ndim == 2 else column[:, None]
    return whole
