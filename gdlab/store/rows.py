"""Rows into metrics.csv, whole lines at a time."""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gdlab.errors import CheckpointError
from gdlab.store.files import in_words
from gdlab.store.metrics import Row, format_head, format_rows


@dataclass(frozen=True)
class Written:
    """What a file of rows held at some moment.

    Args:
        size: in bytes.
        crc: its CRC-32.
    """

    size: int = 0
    crc: int = 0


class RowWriter:
    """Writes rows at the end of a file.

    Args:
        path: of the file.
        columns: of the rows.
        after: go on in a file that exists, after what it held at that moment; unset, the file is new.

    Attributes:
        written: what the file holds.

    Raises:
        StoreError: on opening, if the columns cannot be a head, or the file exists, or cannot be written.
        CheckpointError: on opening, if the file does not begin with what it held.
    """

    def __init__(self, path: Path, columns: Sequence[str], after: Written | None = None) -> None:
        self._path = path
        self._width = len(columns)
        self._unwritten = format_head(columns) if after is None else b""
        self.written = after or Written()
        if after is not None and not path.exists():
            raise CheckpointError(f"{path} is missing")
        with in_words("write", path):
            self._file = path.open("xb" if after is None else "r+b", buffering=0)
        try:
            if after is not None:
                self._cut(after)
            self._write()
        except BaseException:
            self._file.close()
            raise

    def _cut(self, after: Written) -> None:
        """Drop what came later."""
        with in_words("write", self._path):
            held = self._file.read(after.size)
            if len(held) != after.size or zlib.crc32(held) != after.crc:
                raise CheckpointError(f"{self._path} is damaged: it does not begin with the rows of the checkpoint")
            self._file.truncate(after.size)

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
            self._file.seek(self.written.size)
            view = memoryview(self._unwritten)
            while view:
                view = view[self._file.write(view) :]
        size, crc = self.written.size + len(self._unwritten), zlib.crc32(self._unwritten, self.written.crc)
        # Nothing can come between the two assignments, not even a signal: no row is lost or written twice.
        self.written, self._unwritten = Written(size, crc), b""
