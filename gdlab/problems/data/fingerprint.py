"""What is in a file, told by a hash, so that a run is known not to be on other rows than it says."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

HEADER = 4096  # bytes of a file that is too large to be read whole


@dataclass(frozen=True)
class Stamp:
    """By what it is seen, without reading a file, that it is still the one that was read.

    Args:
        path: absolute.
        size: in bytes.
        changed: when, in ns.
        number: that the file system has given it.
    """

    path: str
    size: int
    changed: int
    number: int


def stamp(path: str | Path) -> Stamp:
    """The stamp of a file.

    Raises:
        OSError: if there is none.
    """
    file = Path(path).absolute()
    status = file.stat()
    return Stamp(str(file), status.st_size, status.st_mtime_ns, status.st_ino)


@functools.lru_cache(maxsize=64)
def fingerprint(found: Stamp, whole: bool = True) -> str:
    """The hash of a file, SHA-256 in hexadecimal digits; a file is read once, as long as it does not change.

    Args:
        found: the file.
        whole: of all its bytes; if not, of its first 4096, its size, and the time when it was changed.

    Raises:
        OSError: if it cannot be read.
    """
    with Path(found.path).open("rb") as file:
        if whole:
            return hashlib.file_digest(file, "sha256").hexdigest()
        text = f"{found.size} {found.changed}\n".encode()
        return hashlib.sha256(text + file.read(HEADER)).hexdigest()
