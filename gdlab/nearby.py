"""What lies beside a file that does not exist, one of which was probably meant."""

import itertools
import os
from pathlib import Path

from gdlab.errors import nearest

_MANY = 1_000  # names of a folder that are looked at


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted, up to a thousand; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in itertools.islice(entries, _MANY))
    except OSError:
        return []


def no_such_file(file: Path) -> str:
    """Say that a file does not exist: `there is no such file: did you mean table.csv?`."""
    near = nearest(file.name, names_in(file.parent))
    if near is not None:
        return f"there is no such file: did you mean {near}?"
    return "there is no such file" if file.parent.is_dir() else f"there is no such file, nor the folder {file.parent}"
