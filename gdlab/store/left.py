"""Runs and sweeps that were begun before, found by the key of what they are."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from gdlab.errors import StoreError
from gdlab.store.checkpoint import FILE as CHECKPOINT
from gdlab.store.files import in_words, read_bytes
from gdlab.store.liveness import is_alive
from gdlab.store.names import name_of
from gdlab.store.record import FILE, Record, is_sweep, read_record
from gdlab.store.status import RUNNING, Status
from gdlab.store.sweep.plan import CELLS


def find_left(root: Path | str, key: str) -> Path | None:
    """The folder of the run of a config that was left last and has a checkpoint; None if there is none.

    A run is left by a process that was interrupted or killed, or could not go on, as when the disk was full.

    Args:
        root: the runs folder.
        key: of the config.

    Raises:
        StoreError: if the root cannot be read.
    """
    for folder, record in _with_key(root, key):
        left = record["status"] in (Status.INTERRUPTED, Status.FAILED)
        left = left or (record["status"] == RUNNING and not is_alive(folder))
        if left and not is_sweep(record) and (folder / CHECKPOINT).exists():
            return folder
    return None


def find_sweep(root: Path | str, key: str) -> Path | None:
    """The folder of the sweep with this key that was started last, finished or not; None if there is none.

    Raises:
        StoreError: if the root cannot be read.
    """
    return next((folder for folder, record in _with_key(root, key) if is_sweep(record)), None)


def unreadable_sweeps(root: Path | str, name: str) -> list[str]:
    """The sweeps of a name whose records cannot be read, and why: any of them may be the one that is looked for.

    Raises:
        StoreError: if the root cannot be read.
    """
    found = []
    for folder in _folders(root):
        if name_of(folder.name) == name and (folder / CELLS).exists():
            try:
                read_record(folder)
            except StoreError as error:
                found.append(f"{folder}: {error}")
    return found


def _folders(root: Path | str) -> list[Path]:
    with in_words("read the runs folder", Path(root)):
        try:
            return sorted(path for path in Path(root).iterdir() if not path.name.startswith(".") and path.is_dir())
        except FileNotFoundError:
            return []


def _with_key(root: Path | str, key: str) -> Iterator[tuple[Path, Record]]:
    """The folders with a key and their records, the one that was started last first."""
    found: list[tuple[datetime, Path, Record]] = []
    for folder in _folders(root):
        with suppress(StoreError):
            content = read_bytes(folder / FILE)
            if content is None or key.encode() not in content:
                continue
            record = read_record(folder)
            if record is not None and record["key"] == key:
                found.append((datetime.fromisoformat(record["started"]), folder, record))
    yield from ((folder, record) for _, folder, record in sorted(found, key=lambda one: one[:2], reverse=True))
