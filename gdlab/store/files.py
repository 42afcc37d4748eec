"""Single files: read without following links, replaced in one piece, with errors that name file and reason."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdlab.errors import StoreError

# A link could lead out of the runs folder, and opening a pipe that nobody writes to would wait for ever.
_GUARDS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def in_words(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError of the block into `cannot write runs/…/metrics.csv: No space left on device`.

    Raises:
        StoreError: in place of the OSError.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(f"cannot {action} {path}: {error.strerror or error}") from error


def read_bytes(path: Path, limit: int | None = None) -> bytes | None:
    """The content of a regular file, or None if there is no such file.

    Args:
        path: the file; links are not followed.
        limit: the most bytes that it may have.

    Raises:
        StoreError: if it is a link, not a regular file, over the limit, or unreadable.
    """
    try:
        with open(path, "rb", buffering=0, opener=_open_guarded) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise StoreError(f"cannot read {path}: it is not a regular file")
            if limit is not None and status.st_size > limit:
                raise StoreError(f"cannot read {path}: it has {status.st_size} bytes, at most {limit} are allowed")
            return file.readall()
    except FileNotFoundError:
        return None
    except OSError as error:
        linked = error.errno == errno.ELOOP
        reason = "it is a link, and links are not followed" if linked else error.strerror or str(error)
        raise StoreError(f"cannot read {path}: {reason}") from error


def _open_guarded(path: str, flags: int) -> int:
    return os.open(path, flags | _GUARDS, 0o666)


def create(path: Path, content: bytes) -> None:
    """Write a new file.

    Raises:
        StoreError: if it exists (a link counts), or cannot be written.
    """
    with in_words("write", path), path.open("xb") as file:
        file.write(content)


def replace(path: Path, content: bytes | memoryview, sync: bool = True) -> None:
    """Replace a file so that every reader, also after a crash, sees the old content or the new, whole.

    Args:
        path: the file; it need not exist yet.
        content: what will be in it.
        sync: wait until the content is on the disk. Without, the promise holds when the process is killed, and not when
            the power fails.

    Raises:
        StoreError: if it cannot be written; the old content then stays.
    """
    draft = path.with_name(path.name + ".tmp")
    try:
        with in_words("write", path):
            with open(draft, "wb", opener=_open_guarded) as file:
                file.write(content)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            os.replace(draft, path)  # noqa: PTH105 # the call that the promise rests on, under its own name
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
