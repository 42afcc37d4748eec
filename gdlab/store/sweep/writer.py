"""The writer's side of a sweep: one folder and one driver at a time, whole at every moment."""

import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import IO, Any, Self

from gdlab.errors import StoreError, in_a_line
from gdlab.store.claim import claim
from gdlab.store.files import create, in_words, replace
from gdlab.store.liveness import LOCKED_FILE, hold, take_over
from gdlab.store.messages import write_message
from gdlab.store.names import check_name
from gdlab.store.record import FILE, is_sweep, read_record
from gdlab.store.run import FORMAT
from gdlab.store.status import RUNNING, Status
from gdlab.store.strict_json import dumps
from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.chunk_files import leftovers, next_number, whole, write_chunk
from gdlab.store.sweep.driver import driver, holder, spent
from gdlab.store.sweep.plan import CELLS, CONFIGS, Described, read_plan, write_plan
from gdlab.store.sweep.stored import DONE, missing, plan_gone, statuses


class SweepWriter:
    """Writes one sweep. A context manager: a block that is left by an exception leaves the sweep to be gone on with.

        with SweepWriter.create("runs", "lr_sweep", text, sweep.data, len(sweep), key) as writer:
            writer.describe(sweep)
            writer.write(chunk)
            writer.finish("done", "all 1,200 cells are done")

    A chunk is stored whole or not at all: whatever happens, what was stored stays readable. A sweep whose process is
    killed is read as interrupted.

    Attributes:
        folder: where the sweep is stored.
        damaged: what was found damaged when it was opened, and what becomes of it, in a sentence each. The files of a
            damaged chunk have been renamed to end in `.damaged`, and its cells are not done; a damaged plan is due
            again.
    """

    def __init__(self, folder: Path, log: IO[bytes], record: Mapping[str, Any]) -> None:
        self.folder = folder
        self.damaged: list[str] = []
        self._log = log
        self._record = record
        self._start = perf_counter()
        self._spent = 0.0
        self._begun = False
        self._done: dict[int, str] = {}
        self._next = 0

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @classmethod
    def create(
        cls,
        root: Path | str,
        name: str,
        config_text: str,
        data: Mapping[str, Any],
        count: int,
        key: str,
        tags: Sequence[str] = (),
        argv: Sequence[str] | None = None,
    ) -> Self:
        """Claim a folder for a new sweep and write what is known at its start.

        Args:
            root: the runs folder; made if it is missing.
            name: of its experiments; letters, digits, `.`, `_` and `-`.
            config_text: the sweep as YAML, stored as it is.
            data: the same as plain data.
            count: how many cells it has.
            key: by which `find_sweep` finds it again.
            tags: words to select it by.
            argv: the command that started it; that of this process if None.

        Raises:
            StoreError: if the name cannot be used, or the folder cannot be made or written. Nothing is left then.
        """
        check_name(name)
        started = datetime.now().astimezone()
        record = {
            "format": FORMAT,
            "sweep": True,
            "name": name,
            "count": int(count),
            "tags": list(tags),
            "started": started.isoformat(),
            "key": key,
            "argv": list(sys.argv if argv is None else argv),
            "config": data,
        }
        folder = claim(Path(root), name, started)
        try:
            with ExitStack() as undo:
                with in_words("write", folder / LOCKED_FILE):
                    log = undo.enter_context((folder / LOCKED_FILE).open("xb", buffering=0))
                hold(log)  # before run.json says that it is running
                create(folder / "config.yaml", config_text.encode("utf-8", "backslashreplace"))
                writer = cls(folder, log, record | driver())
                writer.begin()
                undo.pop_all()
                return writer
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def reopen(cls, folder: Path | str, keys: Mapping[int, str] | None = None) -> Self:
        """Go on with a sweep: what a killed writer has left is cleaned, and every chunk is checked.

        The record of one that is done, and whole, stays as it is until `begin`.

        Args:
            folder: of the sweep.
            keys: of its cells, by their numbers, if they are known; a stored plan of others counts as damaged.

        Raises:
            StoreError: if another process drives it (says which), or it cannot be read or written.
        """
        folder = Path(folder)
        with ExitStack() as undo:
            with in_words("write", folder / LOCKED_FILE):
                log = undo.enter_context((folder / LOCKED_FILE).open("r+b", buffering=0))
                log.seek(0, os.SEEK_END)
            if not take_over(log):
                raise StoreError(f"{folder} is in use: {holder(folder)}")
            record = read_record(folder)
            if record is None or not is_sweep(record):
                raise StoreError(f"{folder} is no sweep")
            writer = cls(folder, log, record | driver())
            writer._spent = spent(record, os.fstat(log.fileno()).st_mtime)
            writer._look(keys)
            done = record["status"] == DONE and len(writer._done) == record["count"]
            if not done or not (folder / CELLS).exists():
                writer.begin()
            for sentence in writer.damaged:
                writer.log(sentence)
            undo.pop_all()
            return writer

    def _look(self, keys: Mapping[int, str] | None) -> None:
        """Clean up, and find out what is done."""
        with in_words("clean", self.folder):
            for path in leftovers(self.folder):
                path.unlink(missing_ok=True)
        broken: list[Any] = []
        self._done = statuses([ends for _, ends in whole(self.folder, broken, thoroughly=True)])
        self._next = next_number(self.folder)
        for pair, reason in broken:
            self.damaged.append(f"{reason}; its cells are run again")
            with in_words("rename", pair.ends):
                for path in filter(None, (pair.ends, pair.curves)):
                    path.rename(path.with_name(f"{path.name}.damaged"))
        gone = missing(self._record["counts"], self._done)
        if gone and not broken:
            self.damaged.append(f"{self.folder}: {gone}; they are run again")
        self._drop_damaged_plan(keys)

    def _drop_damaged_plan(self, keys: Mapping[int, str] | None) -> None:
        """Let a plan that is damaged, only half written, or of other cells be written again."""
        try:
            plan = read_plan(self.folder)
            if plan is not None and keys is not None and dict(zip(plan.places, plan.hashes, strict=True)) != keys:
                raise StoreError(f"the plan of the sweep, {CELLS}, is not that of its cells")
            if plan is not None:
                return
            if self._done:
                raise StoreError(plan_gone(self.folder))
        except StoreError as error:
            self.damaged.append(f"{self.folder}: {error}; it is written again")
        for name in (CELLS, CONFIGS):
            with in_words("remove", self.folder / name):
                (self.folder / name).unlink(missing_ok=True)

    def begin(self) -> None:
        """Store that the sweep runs, and who drives it; more than once does nothing.

        Due only where a sweep that was done is gone on with.

        Raises:
            StoreError: if it cannot be written.
        """
        if not self._begun:
            # Without waiting for the disk: a process killed between the two files would leave half a sweep.
            self._store(RUNNING, "", {"finished": None, "duration": self._spent or None}, sync=False)
            self._begun = True

    def describe(self, cells: Iterable[Described]) -> None:
        """Store what each cell is. Due once, and again where `cells.csv` is missing from a sweep that is gone on with.

        Args:
            cells: all of them in their order; a part of a sweep leaves some out.

        Raises:
            StoreError: if it cannot be written.
        """
        write_plan(self.folder, cells)

    def write(self, chunk: Chunk) -> None:
        """Store what became of some cells, all or nothing. A cell that is stored already is replaced.

        Raises:
            StoreError: if it cannot be written, as when the disk is full; it may be tried again.
        """
        if not len(chunk):
            return
        write_chunk(self.folder, self._next, chunk)
        self._next += 1
        with suppress(OSError):  # where there are no locks, the age of this file tells that the sweep is alive
            os.utime(self.folder / LOCKED_FILE)
        self._done |= zip(chunk.cells.tolist(), map(str, chunk.status), strict=True)

    def done(self) -> Mapping[int, str]:
        """The cells that are stored, by their numbers, and how each ended."""
        return dict(self._done)

    def log(self, message: str) -> None:
        """Add a message with the time to log.txt.

        Raises:
            StoreError: if it cannot be written.
        """
        write_message(self._log, self.folder / LOCKED_FILE, message)

    def finish(self, status: str, reason: str, **more: Any) -> None:
        """Store how the sweep ended, and let go of it; one that has not begun again stays as it ended before.

        Args:
            status: `done` if all cells are stored, `interrupted`, or `failed` if there is no use in going on.
            reason: one sentence.
            more: what else to tell of it, plain data.

        Raises:
            StoreError: if it cannot be written; it then is not marked as done.
        """
        if self._begun:
            duration = self._spent + perf_counter() - self._start
            end = {"finished": datetime.now().astimezone().isoformat(), "duration": duration}
            self._store(str(status), reason, {**end, **more})
        self._log.close()  # after run.json has the end: a reader never sees a sweep that has neither end nor writer

    def _store(self, status: str, reason: str, more: Mapping[str, Any], *, sync: bool = True) -> None:
        told = {"status": status, "reason": reason, "counts": Counter(self._done.values())}
        replace(self.folder / FILE, dumps({**self._record, **told, **more}), sync=sync)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._log.closed:
            return
        try:
            with suppress(StoreError):  # what fails here has failed before, and run.json does not say done
                self._leave(error)
        finally:
            self._log.close()

    def _leave(self, error: BaseException | None) -> None:
        far = f"{len(self._done):,} of {self._record['count']:,} cells are done"
        if isinstance(error, Exception):
            with suppress(StoreError):
                self.log("".join(traceback.format_exception(error)).rstrip())
            self.finish(Status.FAILED, f"{in_a_line(error)}; {far}")
        else:
            self.finish(Status.INTERRUPTED, far)
