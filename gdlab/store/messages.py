"""Lines of log.txt: the time and a message."""

from datetime import datetime
from pathlib import Path
from typing import IO

from gdlab.store.files import in_words


def write_message(log: IO[bytes], path: Path, message: str) -> None:
    """Add a message with the time to a log that is open without a buffer.

    Raises:
        StoreError: if it cannot be written.
    """
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    with in_words("write", path):
        view = memoryview(f"{now} {message}\n".encode("utf-8", "backslashreplace"))
        while view:
            view = view[log.write(view) :]
