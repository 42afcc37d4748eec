"""Tables read from text by pandas, and refused where pandas would guess."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from gdlab.errors import DataError
from gdlab.problems.data.base import Array, Table
from gdlab.problems.data.classes import classes_of_numbers, classes_of_words
from gdlab.problems.data.places import as_slice
from gdlab.problems.data.text_file import BOOLEANS, Need, TextFile

if TYPE_CHECKING:
    import pandas as pd

MOST_WORDS = 1000  # of a text column that becomes columns


@dataclass(frozen=True)
class Reading:
    """What is read of a text file.

    Args:
        file: the text.
        names: of all its columns.
        inputs: the numbers of the columns that are inputs, in their order.
        target: the number of the column that is the target.
        classes: whether the target is to be read as classes; None if its text says.
        one_hot: whether inputs that are text become one column for each word.
    """

    file: TextFile
    names: tuple[str, ...]
    inputs: tuple[int, ...]
    target: int
    classes: bool | None = None
    one_hot: bool = False

    def table(self) -> Table:
        """The rows in the order of the file.

        Raises:
            DataError: names file, line and column of the first cell that cannot be used.
        """
        frame = self._frame()
        if frame.empty:
            raise DataError(f"{self.file.path}: there is a header, but no row below it")
        if frame.iloc[:, -1].hasnans and (error := self._fault()):  # a row that is too short ends in gaps
            raise error
        targets, classes = self._targets(frame.iloc[:, self.target])
        inputs, columns = self._inputs(frame)
        return Table(inputs, targets, classes, columns)

    def _frame(self, **options: Any) -> "pd.DataFrame":
        """All columns as pandas reads them, with no word taken for a gap and no column for row names."""
        import pandas as pd

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)  # the first row is too long
                warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # text among numbers is looked for below
                frame: pd.DataFrame = pd.read_csv(
                    self.file.path,
                    sep=self.file.delimiter,
                    decimal=self.file.decimal,
                    header=0 if self.file.header else None,
                    names=list(range(len(self.names))),
                    index_col=False,
                    keep_default_na=False,
                    na_values=[""],
                    skipinitialspace=self.file.spaced,
                    encoding="utf-8",
                    **options,
                )
                return frame
        except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
            reason = str(error).strip()
            self._refuse(reason="a quote is opened and never closed" if "EOF inside string" in reason else reason)

    def _inputs(self, frame: "pd.DataFrame") -> tuple[Array, tuple[str, ...]]:
        """X, and the names of its columns."""
        columns = [frame.iloc[:, place] for place in self.inputs]
        if all(column.dtype.kind in "iufb" for column in columns):
            inputs = np.ascontiguousarray(frame.iloc[:, as_slice(self.inputs)].to_numpy(float))
            self._check(inputs)
            return inputs, tuple(self.names[place] for place in self.inputs)
        parts, names = [], []
        for place, column in zip(self.inputs, columns, strict=True):
            numbers = self._numbers(column)
            if numbers is not None:
                parts.append(numbers[:, None])
                names.append(self.names[place])
            elif self.one_hot:
                part, words = self._one_hot(place, column)
                parts.append(part)
                names.extend(f"{self.names[place]}={word}" for word in words)
            else:
                self._refuse("one_hot: true makes a column of each word; columns: [...] leaves a column out")
        inputs = np.concatenate(parts, axis=1)
        self._check(inputs)
        return inputs, tuple(names)

    def _one_hot(self, place: int, column: "pd.Series[Any]") -> tuple[Array, tuple[str, ...]]:
        numbers, words = self._words(place, column)
        are_numbers = np.array([self.file.is_number(word) for word in words])
        if 2 * np.count_nonzero(are_numbers[numbers]) > len(numbers):
            self._refuse(number=place)
        if are_numbers.any():
            hint = "a word in its place, or columns: [...] to leave the column out"
            raise self.file.fault(self.names, {place: Need.WORD}, hint) or DataError(self.file.path)
        if len(words) > MOST_WORDS:
            raise DataError(
                f"{self.file.path}: column {self.names[place]!r} has {len(words)} different words, too many to make a "
                f"column of each: at most {MOST_WORDS} are allowed"
            )
        targets, names = classes_of_words(numbers, words)
        return (targets[:, None] == np.arange(len(names))).astype(float), names

    def _targets(self, column: "pd.Series[Any]") -> tuple[Array, tuple[str, ...]]:
        """y, and the names of the classes: text and true/false are classes, numbers only where they are asked for."""
        if column.dtype.kind == "b":
            return (column.to_numpy(float), ()) if self.classes is False else classes_of_numbers(column.to_numpy())
        numbers = self._numbers(column)
        if numbers is not None:
            if self.classes is None and column.dtype.kind not in "iuf" and self._are_booleans(column):
                return classes_of_numbers(numbers.astype(bool))
            self._check(numbers, self.target)
            return classes_of_numbers(numbers) if self.classes else (numbers, ())
        places, words = self._words(self.target, column)
        if self.classes is False:
            self._refuse("with classes: true text is read as classes", self.target)
        if self.classes is None and any(self.file.is_number(word) for word in words):
            self._refuse("with classes: true numbers and text are both read as classes", self.target)
        return classes_of_words(places, words)

    def _numbers(self, column: "pd.Series[Any]") -> Array | None:
        """A column as floats, true and false as 1 and 0; None if it is text."""
        import pandas as pd

        if column.dtype.kind in "iufb":
            return column.to_numpy(float)
        if column.dtype == object and all(isinstance(value, int | float) for value in column):
            return np.array([float(value) for value in column])  # whole numbers beyond 64 bits come as objects
        first = column.iloc[0]
        if not isinstance(first, str) or self.file.number(first) is None:
            return None
        places, words = pd.factorize(column)  # pandas reads `true` beside `1`, or spaces before it, as text
        values = [self.file.number(word) if isinstance(word, str) else None for word in words]
        return None if column.hasnans or None in values else np.array(values, float)[places]

    def _are_booleans(self, column: "pd.Series[Any]") -> bool:
        return all(str(word).strip().lower() in BOOLEANS for word in column.unique())

    def _words(self, place: int, column: "pd.Series[Any]") -> tuple[Array, Sequence[str]]:
        """Which word each row has; as they are written, where pandas has read some as numbers."""
        import pandas as pd

        if column.hasnans:
            self._refuse()
        if pd.api.types.infer_dtype(column, skipna=False) != "string":
            column = self._frame(dtype={place: str}).iloc[:, place]
        places, words = pd.factorize(column)  # hashes: sorting a word of each row would take seconds
        if any(not word.strip() for word in words):
            self._refuse()
        return places, [str(word) for word in words]

    def _check(self, numbers: Array, number: int | None = None) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.sum(numbers)  # is finite if all are, unless they are huge; and quick to find
        if not np.isfinite(total) and not np.isfinite(numbers).all():
            self._refuse(number=number)

    def _refuse(self, hint: str = "", number: int | None = None, reason: str = "") -> NoReturn:
        """Say what is wrong.

        Args:
            hint: what to do with text where a number is due.
            number: a column that must be numbers, whatever its first cell looks like.
            reason: what is said if no cell is found to be wrong.

        Raises:
            DataError: always.
        """
        reason = reason or "a cell is empty or no finite number"
        raise self._fault(hint, number) or DataError(f"{self.file.path}: {reason}")

    def _fault(self, hint: str = "", number: int | None = None) -> DataError | None:
        """Look for the first cell that is wrong."""
        text = {place for place in self.inputs if self.one_hot and self._is_text(place)}
        if self.classes or (self.classes is None and self._is_text(self.target)):
            text.add(self.target)
        needs = {
            place: Need.VALUE if place in text and place != number else Need.NUMBER
            for place in sorted({*self.inputs, self.target})
        }
        return self.file.fault(self.names, needs, hint)

    def _is_text(self, place: int) -> bool:
        """Whether the first cell of a column that is not empty is text."""
        rows = self.file.rows()
        if self.file.header:
            next(rows)
        cells = (row.cells[place].strip() for row in rows if place < len(row.cells))
        first = next((cell for cell in cells if cell), "")
        return bool(first) and not self.file.is_number(first)
