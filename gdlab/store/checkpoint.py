"""checkpoint.npz: everything that it takes to go on with a run, replaced in one piece, without pickle.

The arrays are members of the file. How they are nested, and the numbers and words between them, stand as JSON in one
more member.
"""

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import CheckpointError
from gdlab.store.files import in_words, read_bytes, replace
from gdlab.store.rows import Written
from gdlab.store.strict_json import dumps, loads
from gdlab.store.surroundings import version_of

FILE = "checkpoint.npz"
_FORMAT = 2


@dataclass(frozen=True)
class Checkpoint:
    """A place in a run to go on from.

    Args:
        step: the last that was done.
        written: what metrics.csv held.
        duration: how long the run had taken, in seconds.
        kept: nested mappings, lists and tuples (read back as lists) of arrays, numbers, words, booleans and None.
    """

    step: int
    written: Written
    duration: float
    kept: Mapping[str, Any]


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Store a checkpoint of the run in this folder, in place of the one before.

    Raises:
        StoreError: if it cannot be written; the one before then stays.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    where = {"step": checkpoint.step, "size": checkpoint.written.size, "crc": checkpoint.written.crc}
    when = {"format": _FORMAT, "gdlab": version_of("gdlab"), "duration": checkpoint.duration}
    tree = dumps({**when, **where, "kept": _taken_apart(checkpoint.kept, arrays)})
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, tree=np.frombuffer(tree, np.uint8), **arrays)
    replace(folder / FILE, file.getvalue(), sync=False)


def read_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint of the run in this folder.

    Raises:
        CheckpointError: if it is missing, damaged, or of another version of gdlab.
        StoreError: if it cannot be read.
    """
    content = read_bytes(folder / FILE)
    if content is None:
        raise CheckpointError(f"{folder} has no checkpoint")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as members:
            tree = loads(members["tree"].tobytes())
            _check_version(folder / FILE, tree)
            written = Written(int(tree["size"]), int(tree["crc"]))
            kept = _put_together(tree["kept"], members)
            return Checkpoint(int(tree["step"]), written, float(tree["duration"]), kept)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{folder / FILE} is damaged: {error}") from error


def _check_version(path: Path, tree: Mapping[str, Any]) -> None:
    here, there = version_of("gdlab"), tree.get("gdlab", "of another version")
    if tree["format"] != _FORMAT or there != here:
        raise CheckpointError(f"{path} was written by gdlab {there}, and this is {here}")


def set_aside(folder: Path) -> None:
    """Rename a checkpoint that is of no use to end in `.damaged`, so that nobody goes on from it again.

    Raises:
        StoreError: if it cannot be renamed.
    """
    with in_words("rename", folder / FILE), suppress(FileNotFoundError):
        (folder / FILE).replace(folder / f"{FILE}.damaged")


def drop_checkpoint(folder: Path) -> None:
    """Remove a checkpoint, if there is one and it can be removed."""
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def _taken_apart(value: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    match value:
        case Mapping():
            return {"map": {key: _taken_apart(item, arrays) for key, item in value.items()}}
        case list() | tuple():
            return [_taken_apart(item, arrays) for item in value]
        case np.ndarray() | np.generic():
            name = f"a{len(arrays)}"
            arrays[name] = np.asarray(value)
            return {"array": name, "scalar": isinstance(value, np.generic)}
        case _:
            return value


def _put_together(value: Any, members: Any) -> Any:
    match value:
        case {"map": items}:
            return {key: _put_together(item, members) for key, item in items.items()}
        case {"array": name, "scalar": scalar}:
            return members[name][()] if scalar else members[name]
        case list():
            return [_put_together(item, members) for item in value]
        case _:
            return value
