"""One folder into one run: run.json when it has ended, the rows so far when it has not."""

import os
import reprlib
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
from gdlab.store.run import FORMAT, Run
from gdlab.store.status import RUNNING, Status
from gdlab.store.strict_json import loads

_LIMIT = 16 * 2**20  # bytes of a run.json or the end of a log; far more than any run has

_KINDS: dict[str, tuple[type, str]] = {
    "format": (int, "a whole number"),
    "name": (str, "text"),
    "status": (str, "text"),
    "step": (int, "a whole number"),
    "reason": (str, "text"),
    "summary": (dict, "a mapping of numbers"),
    "seed": (int, "a whole number"),
    "tags": (list, "a list of words"),
    "started": (str, "a time with its zone"),
    "key": (str, "text"),
    "config": (dict, "a mapping"),
}


@dataclass(frozen=True)
class Damage:
    """A run folder that cannot be read.

    Args:
        folder: which.
        reason: why, in one line.
    """

    folder: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason}"


def read_folder(folder: Path) -> Run | Damage | None:
    """Read the run in a folder; None if it plainly holds none. Never raises for what is in it."""
    try:
        return _read(folder)
    except StoreError as error:
        reason = str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")
        return Damage(folder, " ".join(reason.split()))


def read_log(run: Run) -> str:
    """The messages of a run, and the traceback if it failed; empty if there is no log.

    Raises:
        StoreError: if it cannot be read.
    """
    return (read_bytes(run.folder / LOCKED_FILE, _LIMIT) or b"").decode("utf-8", "replace")


def _read(folder: Path) -> Run | None:
    record = _record(folder)
    if record is None:
        return None
    rows = partial(read_curve, folder / "metrics.csv")
    if record["status"] != RUNNING:
        return _run(folder, record, rows)
    alive = is_alive(folder)
    record = _record(folder) or record  # it may have ended between the two looks
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
        details={name: value for name, value in record.items() if name not in _KINDS},
    )


def _record(folder: Path) -> dict[str, Any] | None:
    """The checked content of run.json; None if the folder holds no run, or one that is just being made."""
    content = read_bytes(folder / "run.json", _LIMIT)
    configured = os.path.lexists(folder / "config.yaml")
    if content is None:
        if not configured or is_alive(folder):
            return None
        raise StoreError("run.json is missing")
    if not configured:
        raise StoreError("config.yaml is missing")
    try:
        record = loads(content)
    except ValueError as error:
        raise StoreError(f"run.json is not JSON: {error}") from error
    _check(record)
    return record  # type: ignore[no-any-return] # checked just above


def _check(record: Any) -> None:
    """Hold that a run.json says what a run needs, in the right types."""
    if not isinstance(record, dict):
        raise StoreError("run.json does not hold a mapping")
    for name, (kind, words) in _KINDS.items():
        if name not in record:
            raise StoreError(f"run.json has no {name!r}")
        _hold(isinstance(record[name], kind) and not isinstance(record[name], bool), record, name, words)
        if name == "format" and record["format"] > FORMAT:
            raise StoreError(f"run.json has format {record['format']}: a newer gdlab wrote it")
    _hold(all(map(_is_number, record["summary"].values())), record, "summary", _KINDS["summary"][1])
    _hold(all(isinstance(tag, str) for tag in record["tags"]), record, "tags", _KINDS["tags"][1])
    _hold(_has_zone(record["started"]), record, "started", _KINDS["started"][1])


def _hold(valid: bool, record: Mapping[str, Any], name: str, words: str) -> None:
    if not valid:
        raise StoreError(f"run.json: {name!r} must be {words}, not {reprlib.repr(record[name])}")


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(value) is not None
    except OverflowError:
        return False


def _has_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
