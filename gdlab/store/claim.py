"""A folder for something new that nobody else has."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from gdlab.errors import StoreError
from gdlab.store.files import in_words
from gdlab.store.names import new_id

_TRIES = 100  # for a free folder; each has 65,536 suffixes to draw from


def claim(root: Path, name: str, started: datetime) -> Path:
    """Make a folder in the runs folder, which is made if it is missing.

    Raises:
        StoreError: if one of the two cannot be made.
    """
    with in_words("make the runs folder", root):
        root.mkdir(parents=True, exist_ok=True)
    for _ in range(_TRIES):
        folder = root / new_id(name, started)
        with in_words("make the run folder", folder), suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise StoreError(f"cannot make a folder for {name} in {root}: {_TRIES} ids in a row are taken")
