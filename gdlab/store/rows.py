"""Rows into metrics.csv, whole lines at a time."""

import os
from collections.abc import Sequence
from pathlib import Path

from gdlab.store.files import in_words
from gdlab.store.metrics import Row, format_head, format_rows


class RowWriter:
    """Writes rows at the end of a file.

    Args:
        path: of the file.
        columns: of the rows.
        after: go on in a file that exists, after its rows up to this step; unset, the file is new.

    Raises:
        StoreError: on opening, if the columns cannot be a head, or the file exists, or does not, or cannot be written.
    """

    def __init__(self, path: Path, columns: Sequence[str], after: int | None = None) -> None:
        self._path = path
        self._width = len(columns)
        self._unwritten = format_head(columns) if after is None else b""
        self._end = 0
        with in_words("write", path):
            self._file = path.open("xb" if after is None else "r+b", buffering=0)
            if after is not None:
                self._end = _end_of(self._file.read(), after)
                self._file.truncate(self._end)
        try:
            self._write()
        except BaseException:
            self._file.close()
            raise

    def extend(self, rows: Sequence[Row]) -> None:
        """Write rows, at once and in one piece. Costs a system call: whoever has many rows brings them together.

        Raises:
            StoreError: if they cannot be written; the next call, or `close`, tries again.
            ValueError: if one is not one number or None for each column; none of them is written then.
        """
        self._unwritten += format_rows(rows, self._width)
        self._write()

    def close(self) -> None:
        """Make sure that every row is on the disk, and close; closing again does nothing.

        Raises:
            StoreError: if one cannot be written; the file is then still open.
        """
        if self._file.closed:
            return
        self._write()
        with in_words("write", self._path):
            os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close without another word; what could not be written is lost."""
        self._file.close()

    def _write(self) -> None:
        # After a full disk or a signal halfway, the next try begins at the same place with the same rows, and what
        # was torn is whole again.
        with in_words("write", self._path):
            self._file.seek(self._end)
            view = memoryview(self._unwritten)
            while view:
                view = view[self._file.write(view) :]
        # Nothing can come between the two assignments, not even a signal: no row is lost or written twice.
        self._end, self._unwritten = self._end + len(self._unwritten), b""


def _end_of(content: bytes, step: int) -> int:
    """Where the rows of a file up to a step end."""
    end = content.find(b"\n") + 1
    while (following := content.find(b"\n", end) + 1) and int(content[end : content.find(b",", end)]) <= step:
        end = following
    return end
