"""The user's own file of rows."""

import functools
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, NewType, Self

import numpy as np

from gdlab.errors import DataError, ParameterError, did_you_mean
from gdlab.problems.data.arrays import read_npy, read_npz
from gdlab.problems.data.base import DataSet, Table
from gdlab.problems.data.delimited import Reading
from gdlab.problems.data.fingerprint import Stamp, fingerprint, stamp
from gdlab.problems.data.text_file import TextFile, check_readable, listed
from gdlab.record import NonNegative

Number = NewType("Number", int)  # of a column, from 0 on; below 0 from the last: no range, so that text may stand too

TEXT = (".csv", ".tsv", ".tab", ".txt", ".data")
DELIMITERS = {".tsv": "\t", ".tab": "\t"}


@dataclass(frozen=True, kw_only=True)
class DataFile(DataSet):
    """The rows of a file: text as spreadsheets write it (.csv), or arrays of NumPy (.npz, .npy).

    **Text** (.csv, .tsv, .txt, .data, or any of them with .gz) is UTF-8, one row a line, the names of the columns in
    the first. Inputs must be numbers; true and false are 1 and 0. A text input is refused: numbering words would order
    them. `one_hot` makes a column of each word instead. An empty cell, NaN and infinity are refused.

    **.npz** holds two arrays: X and y, x and y, inputs and targets, or data and target; `target` may name the targets.
    Inputs of more than two axes are laid flat, so that images become rows of pixels.

    **.npy** holds one array, of which `target` is a column number, or names a second file beside it. Up to `memory`
    it is read whole; the rows of a larger one stay in the file until a minibatch needs them.

    The **target** is read by these rules. Text is classes, in sorted order, and so are true and false. Numbers are
    numbers, unless `classes: true` says that they are classes, least first, or the problem needs classes, for which
    they must then be whole. Numbers and text in one column are refused, unless `classes: true` says that all are words.

    A run stores the hash of the file as `sha256`, and whoever repeats it is told if the file has changed. Of a .npy
    beyond `memory` it is that of its header, its size and the time when it was changed.
    """

    name = "file"
    source = "your own file"

    file: Annotated[str, "path of a .csv, .tsv, .txt, .data, .npz or .npy"]
    target: Annotated[str | Number | None, "column of what is to be learned: its name, or its number from 0 on"] = None
    columns: Annotated[tuple[str | Number, ...] | None, "inputs, in this order; unset: all but the target"] = None
    classes: Annotated[bool | None, "whether the target is classes or numbers; unset: text is, numbers are not"] = None
    one_hot: Annotated[bool, "make a column of each word of an input that is text"] = False
    header: Annotated[bool, "whether the first row of text names the columns; if not, they are 0, 1, …"] = True
    delimiter: Annotated[str | None, "what separates cells; unset: a comma, in .tsv a tab"] = None
    decimal: Annotated[Literal[".", ","], "the point of numbers in text"] = "."
    memory: Annotated[NonNegative, "megabytes of a .npy that are read whole; larger ones row by row"] = 256.0
    sha256: Annotated[str | None, "the hash that its content must have; a run sets it"] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.file:
            raise ParameterError("file: file = '' is not allowed, it must be the path of a file")
        if self.columns is not None:
            object.__setattr__(self, "columns", tuple(self.columns))
            if not self.columns:
                raise ParameterError("file: columns = [] is not allowed, there must be one input at least")
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n' + self.decimal):
            raise ParameterError(
                f"file: delimiter = {self.delimiter!r} is not allowed, it must be one letter, such as ';', other than "
                f"a quote or the decimal {self.decimal!r}"
            )
        if self.delimiter is None and self.decimal == "," and self._separator == ",":
            raise ParameterError("file: decimal = ',' is not allowed without a delimiter such as ';'")

    def table(self, rng: np.random.Generator) -> Table:
        """All rows in the order of the file; nothing is drawn. A file is read once, as long as it does not change.

        Raises:
            DataError: if they cannot be used; names file, row and column.
        """
        for path in self._files:
            check_readable(path)
        if not self.is_unchanged:
            raise DataError(
                f"{self.file} is not what it was, its hash has changed; leave sha256 out to take it as it is"
            )
        return _table(replace(self, sha256=None, test=0.0, standardize=False, seed=None), self._stamps())

    def read(self) -> Table:
        """All rows, read from the file.

        Raises:
            DataError: if they cannot be used; names file, row and column.
        """
        suffix = self._suffix
        if suffix in TEXT:
            return self._reading().table()
        if suffix not in (".npz", ".npy"):
            excel = "; save a spreadsheet as .csv" if suffix in (".xlsx", ".xls", ".ods") else ""
            raise DataError(
                f"{self.file}: {f'files {suffix!r}' if suffix else 'files without an ending'} cannot be read: "
                f"there are .csv, .tsv, .txt, .data, .npz and .npy{excel}"
            )
        if self.one_hot:
            raise DataError(f"{self.file}: one_hot is for text files, not for arrays")
        if suffix == ".npz":
            if isinstance(self.target, int):
                raise DataError(f"{self.file}: target = {self.target} must be the name of an array in the file")
            return read_npz(self.file, self.target, self._numbers(), self.classes)
        return read_npy(self.file, self.target, self._numbers(), self.classes, self.memory * 1e6)

    def identified(self) -> Self:
        """With the hash of the file; as it is, if it has one, or there is nothing to be read."""
        if self.sha256 is not None:
            return self
        try:
            return replace(self, sha256=self._hash())
        except OSError:
            return self

    @property
    def is_unchanged(self) -> bool:
        """Whether the file has the hash that it must have, if it must."""
        try:
            return self.sha256 is None or self.sha256 == self._hash()
        except OSError:
            return True

    def _hash(self) -> str:
        """That of the file; if the targets are in a second one, that of both hashes, one behind the other."""
        most = self.memory * 1e6 if self._suffix == ".npy" else float("inf")
        hashes = [fingerprint(found, found.size <= most) for found in self._stamps()]
        return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()

    @property
    def _files(self) -> tuple[str, ...]:
        """The file, and the second one if the targets are in such."""
        apart = self._suffix == ".npy" and isinstance(self.target, str) and self.target.endswith(".npy")
        return (self.file, str(Path(self.file).parent / str(self.target))) if apart else (self.file,)

    def _stamps(self) -> tuple[Stamp, ...]:
        return tuple(map(stamp, self._files))

    @property
    def title(self) -> str:
        """The file."""
        return self.file

    def place(self, row: int) -> str:
        """Where the target of a row is, for errors: `table.csv:17: column 'y'`."""
        if self._suffix in TEXT:
            reading = self._reading()
            return f"{self.file}:{reading.file.line_of(row)}: column {reading.names[reading.target]!r}"
        return f"{self.file}: row {row} (from 0 on)"

    @property
    def _suffix(self) -> str:
        """The ending that says what is in the file."""
        path = Path(self.file)
        return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()

    @property
    def _separator(self) -> str:
        return self.delimiter or DELIMITERS.get(self._suffix, ",")

    def _reading(self) -> Reading:
        """What to read of a text file."""
        text = TextFile(self.file, self._separator, self.decimal, self.header)
        names = text.names()
        if len(names) == 1:
            found = next((mark for mark in (";", "\t", ",", "|", " ") if mark in names[0]), None)
            hint = f": is the delimiter {found!r}?" if found else ", but inputs and a target are needed"
            raise DataError(f"{self.file}:1: there is one column only, {names[0]!r}{hint}")
        if self.target is None:
            raise DataError(f"{self.file}: which column is the target? Write target: and one of {listed(names)}")
        target = self._place(self.target, names, "target")
        if self.columns is None:
            inputs = tuple(place for place in range(len(names)) if place != target)
            unnamed = next((place for place in inputs if not names[place]), None)
            if unnamed is not None:
                raise DataError(
                    f"{self.file}:1: column {unnamed + 1} has no name, as the row numbers that pandas writes: name it, "
                    "or choose the inputs with columns: [...]"
                )
        else:
            inputs = tuple(self._place(column, names, "input") for column in self.columns)
            if target in inputs:
                raise DataError(f"{self.file}: column {names[target]!r} is the target, so it can be no input")
            if len(set(inputs)) < len(inputs):
                twice = next(place for place in inputs if inputs.count(place) > 1)
                raise DataError(f"{self.file}: column {names[twice]!r} stands twice in columns")
        return Reading(text, names, inputs, target, self.classes, self.one_hot)

    def _place(self, column: str | int, names: tuple[str, ...], role: str) -> int:
        """The number of a column, from its name or its number."""
        if isinstance(column, str):
            if column in names:
                return names.index(column)
            bare = self.header and all(TextFile(self.file, decimal=self.decimal).is_number(name) for name in names)
            hint = "if the first row, of numbers, is no header, write header: false." if bare else ""
            hint = hint or did_you_mean(column, names)
            raise DataError(
                f"{self.file}: there is no column {column!r} for the {role}: {hint}{' ' * bool(hint)}"
                f"There are {listed(names)}"
            )
        if -len(names) <= column < len(names):
            return column % len(names)
        raise DataError(
            f"{self.file}: there is no column {column} for the {role}: there are {len(names)}, from 0 to "
            f"{len(names) - 1}, or from the last, −1, to −{len(names)}"
        )

    def _numbers(self) -> tuple[int, ...] | None:
        """The inputs of an array, by number."""
        names = [column for column in self.columns or () if isinstance(column, str)]
        if names:
            raise DataError(f"{self.file}: columns of an array have no names: {names[0]!r} must be a number from 0 on")
        return None if self.columns is None else tuple(int(column) for column in self.columns)


@functools.lru_cache(maxsize=2)
def _table(data: DataFile, _stamps: tuple[Stamp, ...]) -> Table:
    """The last tables that were read, so that looking at them before a run, or in each cell of a sweep, reads nothing.

    Nobody writes into them.
    """
    table = data.read()
    for array in (table.inputs, table.targets):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return table
