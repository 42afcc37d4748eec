"""Driving a sweep: pieces of work to an engine, what comes back to the store."""

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gdlab.experiment.sweep.engines import Engine
from gdlab.experiment.sweep.gather import Gather
from gdlab.experiment.sweep.plan import Piece
from gdlab.experiment.sweep.work import work
from gdlab.store.status import Status
from gdlab.store.sweep.chunk import Chunk

AHEAD = 2  # pieces that each worker has in hand or waiting, so that none is idle
LOOK = 0.2  # seconds between two looks at whether to stop
ATTEMPTS = 3  # workers that may die of one cell before it counts as failed


@dataclass
class Watcher:
    """Who is told, and who decides.

    Args:
        done: takes the chunks that came back, as they come.
        stopped: asked a few times a second whether to stop.
        lost: takes a sentence when workers died.
        within: takes how much of the piece under way is done, in cells, if the work is done in this process.
    """

    done: Callable[[Chunk], None] = lambda chunk: None
    stopped: Callable[[], bool] = lambda: False
    lost: Callable[[str], None] = lambda text: None
    within: Callable[[float], None] = lambda cells: None


@dataclass
class Drive:
    """Work under way.

    Args:
        engine: where it is done.
        write: stores a chunk.
        watcher: who is told.
        fail_fast: stop at the first cell that fails.

    Attributes:
        failed: how many cells have failed.
    """

    engine: Engine
    write: Callable[[Chunk], None]
    watcher: Watcher = field(default_factory=Watcher)
    fail_fast: bool = False
    failed: int = 0
    _remarks: set[str] = field(default_factory=set)

    def run(self, pieces: Sequence[Piece]) -> bool:
        """Do the work, and store what comes back.

        Returns:
            Whether all of it is done; false if it was stopped.

        Raises:
            StoreError: if a chunk cannot be stored.
        """
        gather, waiting = Gather(self.write), deque(pieces)
        try:
            while waiting and not self._over():
                executor = self.engine.start()
                try:
                    self._with(executor, waiting, gather)
                finally:
                    self.engine.stop(executor)
        finally:
            gather.flush()
        return not waiting and not (self.fail_fast and self.failed)

    def _over(self) -> bool:
        return self.watcher.stopped() or (self.fail_fast and self.failed > 0)

    def _with(self, executor: Executor, waiting: deque[Piece], gather: Gather) -> None:
        """Work with one executor until all is done, it is to stop, or its workers have died."""
        running: dict[Future[Any], Piece] = {}
        lost: list[Piece] = []
        causes: list[str] = []
        while (waiting or running) and not lost and not self._over():
            while waiting and len(running) < self._ahead(waiting[0], running.values()):
                piece = waiting.popleft()
                try:
                    running[self._submit(executor, piece)] = piece
                except (BrokenExecutor, RuntimeError):
                    lost.append(piece)
                    break
            finished, _ = wait(running, LOOK, FIRST_COMPLETED)
            gather.look()
            for future in finished:
                piece = running.pop(future)
                cause = _death(future, here=self.engine.here)
                if cause is not None:
                    lost.append(piece)
                    causes.append(cause)
                else:
                    self._take(future.result(), piece, waiting, gather)
            if not finished and running and self.engine.lost(executor):
                lost, running = list(running.values()), {}
        if lost:
            self._again([*lost, *running.values()], next(filter(None, causes), ""), waiting, gather)
        else:
            waiting.extendleft(running.values())

    def _ahead(self, following: Piece, running: Iterable[Piece]) -> int:
        """How many pieces may be under way; what workers may have died of goes alone, so that it is known if it did."""
        alone = self.engine.here or following.attempts or any(piece.attempts for piece in running)
        return 1 if alone else AHEAD * self.engine.workers

    def _submit(self, executor: Executor, piece: Piece) -> "Future[Any]":
        if self.engine.here:
            within, cells = self.watcher.within, len(piece)
            return executor.submit(work, piece, self.watcher.stopped, lambda share: within(share * cells))
        return executor.submit(work, piece)

    def _take(self, chunks: Sequence[Chunk], piece: Piece, waiting: deque[Piece], gather: Gather) -> None:
        came = set()
        for chunk in chunks:
            gather.add(chunk)
            self.watcher.done(chunk)
            if chunk.remark and chunk.remark not in self._remarks:
                self._remarks.add(chunk.remark)
                self.watcher.lost(chunk.remark)
            self.failed += sum(status == Status.FAILED for status in chunk.status)
            came |= set(chunk.cells.tolist())
        left = tuple(job for job in piece.jobs if job.cell not in came)
        if left:  # stopped in between
            waiting.appendleft(replace(piece, jobs=left))

    def _again(self, lost: Sequence[Piece], cause: str, waiting: deque[Piece], gather: Gather) -> None:
        """Workers died: the pieces under way are tried again one by one, and one that was alone in halves."""
        fatal = len(lost) == 1 and len(lost[0]) == 1 and lost[0].attempts + 1 >= ATTEMPTS
        if not self.watcher.stopped():  # or else the workers were probably told to end as well
            many = sum(map(len, lost))
            then = (
                "its cell fails" if fatal else "one cell is run again" if many == 1 else f"{many:,} cells are run again"
            )
            self.watcher.lost(f"a worker died{f' ({cause})' if cause else ''}; {then}")
        if fatal:
            chunk = _dead(lost[0], cause or "out of memory is the usual cause")
            gather.add(chunk)
            self.watcher.done(chunk)
            self.failed += 1
        elif len(lost) == 1:
            (piece,) = lost
            waiting.extendleft(replace(part, attempts=piece.attempts + 1) for part in piece.halves())
        else:
            waiting.extendleft(replace(piece, attempts=max(1, piece.attempts)) for piece in lost)


def _death(future: "Future[Any]", *, here: bool) -> str | None:
    """What the worker said when it died, if anything; None if it did not.

    Raises:
        Exception: if it is the work that went wrong; in this process nothing else can.
    """
    if future.cancelled():
        return ""
    error = future.exception()
    if error is None:
        return None
    if here:
        raise error
    if isinstance(error, OSError | EOFError | MemoryError):
        return " ".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, BrokenExecutor) or type(error).__name__ in _LOST:
        return ""
    raise error


_LOST = ("KilledWorker", "CancelledError", "CommClosedError", "FutureCancelledError")  # Dask's words for it


def _dead(piece: Piece, cause: str) -> Chunk:
    """A cell of which workers died."""
    return Chunk(
        cells=np.array([piece.jobs[0].cell]),
        status=[str(Status.FAILED)],
        step=np.array([0]),
        reason=[f"the process that ran it died, {ATTEMPTS} times; {cause}"],
        summary={},
        rows=np.array([0]),
        curves={"step": np.empty((0, 1)), "loss": np.empty((0, 1))},
    )
