"""checkpoint.npz: everything that it takes to go on with a run, replaced in one piece, without pickle.

The arrays are members of the file. How they are nested, and the numbers and words between them, stand as JSON in one
more member.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes, replace
from gdlab.store.strict_json import dumps, loads

FILE = "checkpoint.npz"
_FORMAT = 1


def write_checkpoint(folder: Path, kept: Mapping[str, Any]) -> None:
    """Store a checkpoint of the run in this folder, in place of the one before.

    Args:
        folder: of the run.
        kept: nested mappings, lists and tuples (read back as lists) of arrays, numbers, words, booleans and None.

    Raises:
        StoreError: if it cannot be written; the one before then stays.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    tree = dumps({"format": _FORMAT, "kept": _taken_apart(kept, arrays)})
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, tree=np.frombuffer(tree, np.uint8), **arrays)
    replace(folder / FILE, file.getvalue(), sync=False)


def read_checkpoint(folder: Path) -> Any:
    """What was kept; None if there is no checkpoint.

    Raises:
        StoreError: if it is damaged.
    """
    content = read_bytes(folder / FILE)
    if content is None:
        return None
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as members:
            tree = loads(members["tree"].tobytes())
            if tree["format"] != _FORMAT:
                raise StoreError(f"{folder / FILE} was written by another version of gdlab")
            return _put_together(tree["kept"], members)
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"{folder / FILE} is damaged: {error}") from error


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
