"""A sweep from its claim of a folder to its stored end; run again, it goes on where it was."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.drive import Drive, Watcher
from gdlab.experiment.sweep.engines import Engine
from gdlab.experiment.sweep.options import Options
from gdlab.experiment.sweep.plan import Job, Plan, plan
from gdlab.store.key import hash_of
from gdlab.store.left import find_sweep, unreadable_sweeps
from gdlab.store.status import Status
from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.chunk_files import whole
from gdlab.store.sweep.plan import CELLS, Described
from gdlab.store.sweep.stored import DONE, statuses
from gdlab.store.sweep.writer import SweepWriter


class Cell(Described, Protocol):
    """A cell as it is run and stored."""

    @property
    def experiment(self) -> Experiment:
        """What it is."""


@dataclass(frozen=True)
class Order:
    """A sweep to run.

    Args:
        name: of the sweep.
        cells: all of them, or those of a shard.
        data: the sweep as plain data.
        text: the same as YAML, stored as it is.
        tags: words to select it by.
        argv: the command, for the record.
        shard: which part of the sweep the cells are, such as `1/4`; empty for all.
    """

    name: str
    cells: Sequence[Cell]
    data: Mapping[str, Any]
    text: str
    tags: Sequence[str] = ()
    argv: Sequence[str] = ()
    shard: str = ""

    @property
    def key(self) -> str:
        """By which it is found again: the hash of the keys of its cells.

        They know the content of every file that a cell reads, which the sweep as it is written does not.
        """
        return hash_of("\n".join([self.shard, *(f"{cell.index} {cell.key}" for cell in self.cells)]))


@dataclass(frozen=True)
class Finished:
    """A sweep that has run.

    Args:
        folder: where it is stored.
        counts: the cells that are stored, by how they ended.
        before: how many were done before.
        ran: how many ran now.
        total: how many there are.
        seconds: wall time.
        failures: why cells failed now, and how many of each.
    """

    folder: Path
    counts: Mapping[str, int]
    before: int
    ran: int
    total: int
    seconds: float
    failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many have not run."""
        return self.total - self.before - self.ran

    @property
    def done(self) -> bool:
        """Whether none is left."""
        return self.left <= 0

    @property
    def failed(self) -> int:
        """How many cells failed."""
        return self.counts.get(Status.FAILED, 0)


@dataclass
class Told:
    """Whom to tell, and who decides.

    Args:
        planned: takes how many cells are done already, and the plan of the others.
        done: takes how many more cells are done.
        within: takes how much of the piece of work under way is done, in cells, where the engine can tell.
        warned: takes a sentence about what went wrong and was mended.
        stopped: asked a few times a second whether to stop.
    """

    planned: Callable[[int, Plan], None] = lambda done, plan: None
    done: Callable[[int], None] = lambda cells: None
    within: Callable[[float], None] = lambda cells: None
    warned: Callable[[str], None] = lambda text: None
    stopped: Callable[[], bool] = lambda: False


def execute_sweep(
    order: Order, root: Path | str, engine: Engine, told: Told | None = None, options: Options | None = None
) -> Finished:
    """Run the cells that are not done, and store them as they finish.

    Args:
        order: what to run.
        root: the runs folder.
        engine: where the work is done.
        told: whom to tell.
        options: how to run it.

    Raises:
        StoreError: if the sweep cannot be read or written, or another process runs it.
    """
    told, options, begin = told or Told(), options or Options(), perf_counter()
    with _opened(order, root, told, options) as writer:
        for sentence in writer.damaged:
            told.warned(sentence)
        before = done_cells(writer.done(), options)
        jobs = [Job(cell.index, cell.experiment) for cell in order.cells if cell.index not in before]
        planned = plan(jobs, engine.workers)
        if jobs:
            writer.begin()
        told.planned(len(before), planned)
        ran = [0]
        failures: Counter[str] = Counter()

        def came(chunk: Chunk) -> None:
            ran[0] += len(chunk)
            ends = zip(chunk.status, chunk.reason, strict=True)
            failures.update(reason for status, reason in ends if status == Status.FAILED)
            told.done(len(chunk))

        watcher = Watcher(done=came, stopped=told.stopped, lost=told.warned, within=told.within)
        drive = Drive(engine, writer.write, watcher, options.fail_fast)
        done = drive.run(planned.pieces)
        counts, total = Counter(writer.done().values()), len(order.cells)
        far = f"{sum(counts.values()):,} of {total:,} cells are done"
        writer.finish(DONE if done else Status.INTERRUPTED, f"all {total:,} cells are done" if done else far)
    return Finished(writer.folder, counts, len(before), ran[0], total, perf_counter() - begin, failures)


def stored_cells(folder: Path) -> Mapping[int, str]:
    """The cells of a sweep that are stored, and how each ended.

    Raises:
        StoreError: if the folder cannot be read.
    """
    return statuses([ends for _, ends in whole(folder, [], thoroughly=False)])


def done_cells(statuses: Mapping[int, str], options: Options) -> frozenset[int]:
    """The cells that need not run again."""
    again = {Status.FAILED, Status.INTERRUPTED} if options.retry_failed else {Status.INTERRUPTED}
    return frozenset(cell for cell, status in statuses.items() if status not in again)


def _opened(order: Order, root: Path | str, told: Told, options: Options) -> SweepWriter:
    folder = None if options.force else find_sweep(root, order.key)
    if folder is None and not options.force:
        for reason in unreadable_sweeps(root, order.name):
            told.warned(f"{reason}; a new sweep begins beside it")
    if folder is None:
        writer = SweepWriter.create(
            root, order.name, order.text, order.data, len(order.cells), order.key, order.tags, order.argv
        )
    else:
        writer = SweepWriter.reopen(folder, {cell.index: cell.key for cell in order.cells})
    if not (writer.folder / CELLS).exists():
        try:
            writer.describe(order.cells)
        except BaseException as error:
            writer.__exit__(type(error), error, error.__traceback__)
            raise
    return writer
