"""A text file of rows, cell by cell: its header, and where it is wrong. Slow, and only for what pandas does not say."""

import csv
import gzip
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

from gdlab.errors import DataError, Fault, join
from gdlab.nearby import no_such_file

SHOWN = 100  # letters of a line up to which it is shown in an error
BOOLEANS = ("true", "false")  # pandas reads them as such, in capitals too
GAPS = ("nan", "na", "n/a", "null", "none", "?", "-")  # what people write where there is no value
BEGINNING = 1 << 16  # letters that are looked at to see how a file is written
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Need(Enum):
    """What a cell must be."""

    NUMBER = "a finite number, true or false"
    VALUE = "anything but empty"
    WORD = "no number"


@dataclass(frozen=True)
class Cells:
    """A row of a text file.

    Args:
        line: the number of its first line, from 1 on, as an editor counts.
        cells: what is in them, without quotes and leading spaces.
        text: the line itself; None if there are quotes in it, or it is long.
    """

    line: int
    cells: list[str]
    text: str | None


@dataclass(frozen=True)
class TextFile:
    """A file of rows whose cells are separated by one character, as spreadsheets write it.

    Args:
        path: of the file; one that ends in `.gz` is decompressed.
        delimiter: between cells.
        decimal: the point of numbers.
        header: whether the first row holds the names of the columns.
    """

    path: str
    delimiter: str = ","
    decimal: str = "."
    header: bool = True

    def names(self) -> tuple[str, ...]:
        """The names of the columns; without a header 0, 1, ….

        Raises:
            DataError: if the file cannot be read, has no row, or two columns of the same name.
        """
        check_readable(self.path)
        first = next(self.rows(), None)
        if first is None:
            raise DataError(f"{self.path}: the file is empty: there must be rows in it")
        if not self.header:
            return tuple(str(number) for number in range(len(first.cells)))
        names = tuple(name.strip() for name in first.cells)
        for place, name in enumerate(names):
            if name and name in names[:place]:
                raise self._error(first, place, f"there are two columns {name!r}", "each needs a name of its own")
        return names

    @property
    def spaced(self) -> bool:
        """Whether spaces follow delimiters at the beginning: to skip them everywhere takes pandas a tenth longer."""
        with self._open() as file:
            return f"{self.delimiter} " in file.read(BEGINNING)

    def rows(self) -> Iterator[Cells]:
        """All rows that are not blank, the header among them.

        Raises:
            DataError: if it is not UTF-8; names line and column.
        """
        taken: list[str] = []

        def lines(file: IO[str]) -> Iterator[str]:
            for line in file:
                taken.append(line)
                yield line

        begin = 1
        try:
            with self._open() as file:
                for values in csv.reader(lines(file), delimiter=self.delimiter, skipinitialspace=True):
                    text = taken[0].rstrip("\r\n") if len(taken) == 1 else None
                    if values and "\n" in values[-1] and sum(line.count('"') for line in taken) % 2:
                        raise DataError(f"{self.path}:{begin}: a quote is opened in this row and never closed")
                    if values:
                        shown = text is not None and '"' not in text and len(text) <= SHOWN
                        yield Cells(begin, values, text if shown else None)
                    begin += len(taken)
                    taken.clear()
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        except csv.Error as error:
            raise DataError(f"{self.path}:{begin}: the row that begins here cannot be read: {error}") from None

    def fault(self, names: tuple[str, ...], needs: Mapping[int, Need], hint: str = "") -> DataError | None:
        """The first row that has too few or too many cells, or a cell that is not what its column needs.

        Args:
            names: of the columns.
            needs: of those columns that are used.
            hint: what to do if a cell that must be a number is text, or the other way round.
        """
        for number, row in enumerate(self.rows()):
            if len(row.cells) != len(names):
                return self._ragged(row, len(names))
            if number == 0 and self.header:
                continue
            for place, need in needs.items():
                message, is_text = self._wrong(row.cells[place].strip(), need)
                if message:
                    return self._error(row, place, f"column {names[place]!r} {message}", hint if is_text else "")
        return None

    def line_of(self, row: int) -> int:
        """The line in which a row of data begins, rows counted from 0."""
        for number, cells in enumerate(self.rows(), start=-1 if self.header else 0):
            if number == row:
                return cells.line
        raise IndexError(f"{self.path} has no row {row}")

    def is_number(self, cell: str) -> bool:
        """Whether a cell holds a number; NaN is none, infinity is one."""
        try:
            value = float(cell.replace(self.decimal, "."))
        except ValueError:
            return False
        return not math.isnan(value) and "_" not in cell

    def number(self, cell: str) -> float | None:
        """The number in a cell; 1 for true and 0 for false; None if there is another word."""
        word = cell.strip()
        if word.lower() in BOOLEANS:
            return float(word.lower() == BOOLEANS[0])
        return float(word.replace(self.decimal, ".")) if self.is_number(word) else None

    def _wrong(self, cell: str, need: Need) -> tuple[str, bool]:
        """What is wrong with a cell, or nothing; and whether it is so because it is text."""
        if not cell:
            return "is empty", False
        if need is Need.VALUE or cell.lower() in BOOLEANS:
            return "", False
        number = self.is_number(cell)
        if need is Need.WORD:
            return (f"has {_quoted(cell)}, a number among words", True) if number else ("", False)
        if number and math.isfinite(float(cell.replace(self.decimal, "."))):
            return "", False
        return f"has {_quoted(cell)}, which is no finite number", not number and cell.lower() not in GAPS

    def _ragged(self, row: Cells, width: int) -> DataError:
        many = len(row.cells)
        origin = "the header has" if self.header else "the first row has"
        message = f"the row has {many} cell{'s' * (many != 1)}, {origin} {width}"
        hint = "is a quote missing?" if row.text is None and any("\n" in value for value in row.cells) else ""
        return self._error(row, min(many, width) - 1 if many < width else width, message, hint)

    def _error(self, row: Cells, place: int, message: str, hint: str = "") -> DataError:
        """An error at a cell, underlined where its line can be shown."""
        if row.text is None:
            return DataError(str(Fault(message, self.path, row.line, hint=hint)))
        parts = row.text.split(self.delimiter)
        column = 1 + sum(len(part) + 1 for part in parts[:place])
        cell = parts[place] if place < len(parts) else ""
        column += len(cell) - len(cell.lstrip(" "))
        return DataError(str(Fault(message, self.path, row.line, column, row.text, len(cell.strip()), hint)))

    def _open(self) -> IO[str]:
        if self.path.endswith(".gz"):
            return gzip.open(self.path, "rt", encoding="utf-8-sig", newline="")
        return Path(self.path).open(encoding="utf-8-sig", newline="")

    def _not_utf8(self) -> DataError:
        """Names the first line that is not."""
        save = "save it as UTF-8"
        with gzip.open(self.path) if self.path.endswith(".gz") else Path(self.path).open("rb") as file:
            for number, line in enumerate(file, start=1):
                if number == 1 and line.startswith(UTF16):
                    return DataError(f"{self.path}: the text is UTF-16: {save}")
                try:
                    line.decode()
                except UnicodeDecodeError as error:
                    column = len(line[: error.start].decode()) + 1
                    byte = f"the byte 0x{line[error.start]:02x}"
                    return DataError(f"{self.path}:{number}:{column}: {byte} is not UTF-8 text: {save}")
        return DataError(f"{self.path}: the text is not UTF-8: {save}")


def check_readable(path: str) -> None:
    """Refuse what is no file with something in it.

    Raises:
        DataError: says what it is.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            if not opened.read(1):
                raise DataError(f"{path}: the file is empty: there must be rows in it")
    except FileNotFoundError:
        raise DataError(f"{path}: {no_such_file(file)}") from None
    except IsADirectoryError:
        raise DataError(f"{path}: this is a folder, not a file") from None
    except OSError as error:
        raise DataError(f"{path}: the file cannot be read: {error.strerror or error}") from error


def _quoted(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else f"{cell[:37]}...")


def listed(names: tuple[str, ...], most: int = 20) -> str:
    """Names in a sentence, the first of them if there are many."""
    if len(names) <= most:
        return join([repr(name) for name in names])
    return f"{', '.join(repr(name) for name in names[:most])} and {len(names) - most} more"
