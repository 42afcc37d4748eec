"""One folder into one run: run.json when it has ended, the rows so far when it has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes
from gdlab.store.liveness import LOCKED_FILE, is_alive
from gdlab.store.metrics import read_curve, totals
from gdlab.store.record import LIMIT, is_sweep, read_record, rest
from gdlab.store.run import Run
from gdlab.store.status import RUNNING, Status
from gdlab.store.sweep.stored import StoredSweep, read_sweep


@dataclass(frozen=True)
class Damage:
    """A run folder that cannot be read, or a chunk of a sweep.

    Args:
        folder: which; or the file of the chunk.
        reason: why, in one line.
        is_chunk: whether it is a chunk.
    """

    folder: Path
    reason: str
    is_chunk: bool = False

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason}"


def read_folder(folder: Path) -> Run | StoredSweep | Damage | None:
    """Read the run or the sweep in a folder; None if it plainly holds none. Never raises for what is in it."""
    try:
        return _read(folder)
    except StoreError as error:
        return damage(folder, error)


def damage(folder: Path, error: StoreError) -> Damage:
    """What is wrong with a folder, in one line that need not name it."""
    reason = str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")
    return Damage(folder, " ".join(reason.split()))


def read_log(run: Run | StoredSweep) -> str:
    """The messages of a run, and the traceback if it failed; empty if there is no log.

    Raises:
        StoreError: if it cannot be read.
    """
    return (read_bytes(run.folder / LOCKED_FILE, LIMIT) or b"").decode("utf-8", "replace")


def _read(folder: Path) -> Run | StoredSweep | None:
    record = read_record(folder)
    if record is None:
        return None
    if is_sweep(record):
        return read_sweep(folder, record)
    rows = partial(read_curve, folder / "metrics.csv")
    if record["status"] != RUNNING:
        return _run(folder, record, rows)
    alive = is_alive(folder)
    record = read_record(folder) or record  # it may have ended between the two looks
    if record["status"] != RUNNING:
        return _run(folder, record, rows)
    step, summary = totals(rows())
    status, reason = (RUNNING, "at step {} so far") if alive else (Status.INTERRUPTED, "interrupted at step {}")
    end = {"status": str(status), "step": step, "reason": reason.format(step), "summary": summary}
    return _run(folder, record | end, rows)


def _run(folder: Path, record: Mapping[str, Any], rows: "partial[Any]") -> Run:
    return Run(
        folder=folder,
        id=folder.name,
        name=record["name"],
        config=record["config"],
        status=record["status"],
        step=record["step"],
        reason=record["reason"],
        summary={name: float(value) for name, value in record["summary"].items()},
        seed=record["seed"],
        started=datetime.fromisoformat(record["started"]),
        tags=tuple(record["tags"]),
        load_curve=rows,
        key=record["key"],
        details=rest(record),
    )
