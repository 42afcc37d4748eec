"""Rows into metrics.csv at the price of a list's append."""

import os
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from gdlab.store.files import in_words
from gdlab.store.metrics import Row, format_head, format_rows

SECONDS = 0.2  # between two writes
BATCH = 1024  # rows that wait at most


class RowWriter:
    """Appends rows in batches of whole lines.

    Raises:
        StoreError: on opening, if the columns cannot be a head, or the file exists or cannot be written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        head = format_head(columns)
        self._path = path
        self._width = len(columns)
        self._waiting: list[Row] = []
        self._due = 0.0
        with in_words("write", path):
            self._file = path.open("xb", buffering=0)
        try:
            self._end = self._write(head, at=0)
        except BaseException:
            self._file.close()
            raise

    def append(self, row: Row) -> None:
        """Take one row. Written at once if the last write is 0.2 s ago, otherwise with a later one.

        Raises:
            StoreError: if it is time to write and that fails.
            ValueError: likewise, if a row waits that is not one number or None for each column.
        """
        self._waiting.append(row)
        if monotonic() >= self._due or len(self._waiting) >= BATCH:
            self.flush()

    def extend(self, rows: Sequence[Row]) -> None:
        """Take rows, as `append` takes each.

        Raises:
            StoreError, ValueError: as `append` does.
        """
        self._waiting.extend(rows)
        if monotonic() >= self._due or len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait.

        Raises:
            StoreError, ValueError: as `append` does.
        """
        if self._waiting:
            # Nothing can come between the two assignments, not even a signal: no row is lost or written twice.
            self._end, self._waiting = self._write(format_rows(self._waiting, self._width), at=self._end), []
        self._due = monotonic() + SECONDS

    def _write(self, data: bytes, at: int) -> int:
        """Write all of it at a place in the file; return where it ends."""
        # After a full disk or a signal halfway, the next try begins at the same place with the same rows, and what
        # was torn is whole again.
        with in_words("write", self._path):
            self._file.seek(at)
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        return at + len(data)

    def close(self) -> None:
        """Write what waits, make sure that it is on the disk, and close; closing again does nothing.

        Raises:
            StoreError, ValueError: as `append` does; the file is then still open.
        """
        if self._file.closed:
            return
        self.flush()
        with in_words("write", self._path):
            os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close without another word; rows that wait are lost."""
        self._file.close()
