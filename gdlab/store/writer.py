"""The writer's side of a run: one folder, claimed at the start, whole at every moment after."""

import shutil
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import IO, Any, Self

from gdlab.errors import CheckpointError, StoreError, in_a_line
from gdlab.store.checkpoint import Checkpoint, drop_checkpoint, read_checkpoint, set_aside, write_checkpoint
from gdlab.store.claim import claim
from gdlab.store.files import create, in_words, read_bytes, replace
from gdlab.store.key import key
from gdlab.store.liveness import LOCKED_FILE, hold, take_over
from gdlab.store.messages import write_message
from gdlab.store.metrics import Row, format_head, read_curve, totals
from gdlab.store.names import check_name
from gdlab.store.rows import RowWriter
from gdlab.store.run import FORMAT
from gdlab.store.status import RUNNING, Status
from gdlab.store.strict_json import dumps, loads
from gdlab.store.surroundings import surroundings

_OF_THE_MACHINE = (StoreError, OSError, MemoryError)  # after which a run can go on elsewhere, or with more room


class RunWriter:
    """Writes one run. A context manager: what goes wrong inside is stored with the run, and goes on.

        with RunWriter.create("runs", "adam_xor", text, config, (*COLUMNS, "accuracy"), seed=0) as writer:
            writer.extend([(0, 0.25, 1.5, 0.01, 1, 0, 1, 0.0, 0.5)])
            writer.finish("max_steps", 2000, "all 2,000 steps are done", {"final_loss": 1e-3})

    A block that is left by an exception before `finish` leaves the run failed, with the traceback in log.txt; one that
    is left by KeyboardInterrupt or SystemExit leaves it interrupted. A run whose process is killed is read as
    interrupted at the step of its last row.

    Attributes:
        folder: where the run is stored.
        resumed: the checkpoint from which it goes on; None if it began at the start.
    """

    def __init__(self, folder: Path, log: IO[bytes], rows: RowWriter, record: Mapping[str, Any]) -> None:
        self.folder = folder
        self._log = log
        self._rows = rows
        self._record = record
        self.resumed: Checkpoint | None = None
        self._start = perf_counter()

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
        config: Mapping[str, Any],
        columns: Sequence[str],
        seed: int,
        tags: Sequence[str] = (),
        argv: Sequence[str] | None = None,
    ) -> Self:
        """Claim a folder for a new run and write what is known at its start.

        Args:
            root: the runs folder; made if it is missing.
            name: of the experiment; letters, digits, `.`, `_` and `-`.
            config_text: the resolved config as YAML, stored as it is.
            config: the same as plain data.
            columns: of the logged rows, `step` first: `gdlab.store.metrics.COLUMNS` and the measures.
            seed: of the run.
            tags: words to select runs by.
            argv: the command that started it; that of this process if None.

        Raises:
            StoreError: if the name or a column cannot be used, or the folder cannot be made or written. Nothing of
                the run is left then.
        """
        check_name(name)
        format_head(columns)
        started = datetime.now().astimezone()
        record = {
            "format": FORMAT,
            "name": name,
            "status": RUNNING,
            "step": 0,
            "reason": "",
            "summary": {},
            "seed": seed,
            "tags": list(tags),
            "started": started.isoformat(),
            "finished": None,
            "duration": None,
            "key": key(config),
            "argv": list(sys.argv if argv is None else argv),
            **surroundings(),
            "config": config,
        }
        folder = claim(Path(root), name, started)
        try:
            return cls._open(folder, config_text, columns, record)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def reopen(cls, folder: Path, columns: Sequence[str]) -> Self:
        """Go on with a run that was left, from its checkpoint: its rows after that are dropped, and come again.

        Args:
            folder: of the run.
            columns: of the logged rows, as before.

        Raises:
            CheckpointError: if the checkpoint, or what was logged before it, is missing or damaged; it is set aside.
            StoreError: if another process writes it, or it cannot be read or written.
        """
        content = read_bytes(folder / "run.json")
        if content is None:
            raise StoreError(f"{folder} is no run: it has no run.json")
        ended = ("status", "step", "reason", "summary", "finished", "duration", "w")
        record = {name: value for name, value in loads(content).items() if name not in ended}
        with ExitStack() as undo:
            with in_words("write", folder / LOCKED_FILE):
                log = undo.enter_context((folder / LOCKED_FILE).open("ab", buffering=0))
            if not take_over(log):
                raise StoreError(f"another process goes on with {folder} already")
            try:
                checkpoint = read_checkpoint(folder)
                rows = RowWriter(folder / "metrics.csv", columns, after=checkpoint.written)
            except CheckpointError:
                set_aside(folder)
                raise
            undo.callback(rows.abandon)
            far = {"step": checkpoint.step, "duration": checkpoint.duration}
            record |= {"status": RUNNING, "reason": "", "summary": {}, "finished": None, **far}
            replace(folder / "run.json", dumps(record), sync=False)
            undo.pop_all()
        writer = cls(folder, log, rows, record)
        writer.resumed = checkpoint
        return writer

    @classmethod
    def _open(cls, folder: Path, config_text: str, columns: Sequence[str], record: Mapping[str, Any]) -> Self:
        with ExitStack() as undo:
            with in_words("write", folder / LOCKED_FILE):
                log = undo.enter_context((folder / LOCKED_FILE).open("xb", buffering=0))
            hold(log)  # before run.json says that it is running
            rows = RowWriter(folder / "metrics.csv", columns)
            undo.callback(rows.abandon)
            create(folder / "config.yaml", config_text.encode("utf-8", "backslashreplace"))
            # Without waiting for the disk: a process killed between the two files would leave half a run.
            replace(folder / "run.json", dumps(record), sync=False)
            undo.pop_all()
            return cls(folder, log, rows, record)

    def extend(self, rows: Sequence[Row]) -> None:
        """Store rows, at once and in one write: a number, or None where there is no value, for each column.

        Raises:
            StoreError: if they cannot be written; they are tried again with the next rows, and at the end.
            ValueError: if a row has another length than there are columns, or holds something else; none is stored.
        """
        self._rows.extend(rows)

    def checkpoint(self, step: int, kept: Mapping[str, Any]) -> None:
        """Store what it takes to go on from here, in place of what was stored before.

        Args:
            step: the last that was done, with all rows up to it stored.
            kept: see `Checkpoint`.

        Raises:
            StoreError: if it cannot be written; the one before then stays.
        """
        write_checkpoint(self.folder, Checkpoint(step, self._rows.written, self._duration, kept))

    @property
    def _duration(self) -> float:
        """Seconds, with those before the checkpoint."""
        return perf_counter() - self._start + (self.resumed.duration if self.resumed is not None else 0.0)

    def log(self, message: str) -> None:
        """Add a message with the time to log.txt.

        Raises:
            StoreError: if it cannot be written.
        """
        write_message(self._log, self.folder / LOCKED_FILE, message)

    def finish(
        self,
        status: str,
        step: int,
        reason: str,
        summary: Mapping[str, float | None],
        point: Sequence[float] = (),
    ) -> None:
        """Store how the run ended, and let go of it.

        Args:
            status: how, such as `converged`.
            step: steps done.
            reason: one sentence.
            summary: numbers at the end, see `Run.summary`; None is left out.
            point: the final parameters, if they are few enough to be worth reading.

        Raises:
            StoreError: if it cannot be written; the run then is not marked as done.
        """
        self._rows.close()
        self._end(status, step, reason, summary, point)
        if status != Status.INTERRUPTED:  # a checkpoint is of no more use
            drop_checkpoint(self.folder)

    def _end(
        self,
        status: str,
        step: int,
        reason: str,
        summary: Mapping[str, float | None],
        point: Sequence[float] = (),
    ) -> None:
        end = {
            "status": str(status),
            "step": int(step),
            "reason": reason,
            "summary": {name: value for name, value in summary.items() if value is not None},
            "finished": datetime.now().astimezone().isoformat(),
            "duration": self._duration,
        }
        if len(point):
            end["w"] = [float(x) for x in point]
        replace(self.folder / "run.json", dumps({**self._record, **end}))
        self._log.close()  # after run.json has the end: a reader never sees a run that has neither end nor writer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._log.closed:
            return
        try:
            # What fails here has failed before: the error on its way tells it, and run.json does not say done.
            with suppress(StoreError):
                self._rows.close()
            with suppress(StoreError):
                self._close_unfinished(error)
        finally:
            self._rows.abandon()
            self._log.close()

    def _close_unfinished(self, error: BaseException | None) -> None:
        step, summary = totals(read_curve(self.folder / "metrics.csv"))
        interrupted = f"interrupted at step {step}"
        if error is None:
            self._end(Status.FAILED, step, "the run was left without an end", summary)
            drop_checkpoint(self.folder)
        elif isinstance(error, CheckpointError):
            set_aside(self.folder)
            self._end(Status.INTERRUPTED, step, interrupted, summary)
        elif isinstance(error, Exception):
            with suppress(StoreError):
                self.log("".join(traceback.format_exception(error)).rstrip())
            self._end(Status.FAILED, step, in_a_line(error), summary)
            if not isinstance(error, _OF_THE_MACHINE):
                drop_checkpoint(self.folder)
        else:
            self._end(Status.INTERRUPTED, step, interrupted, summary)
