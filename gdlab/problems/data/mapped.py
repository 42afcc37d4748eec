"""Rows that stay in their file and are read as they are needed."""

import dataclasses
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from gdlab.autodiff import take_rows
from gdlab.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Mapped:
    """Inputs in a mapped file, of which some rows and columns are chosen, shifted and scaled as they are taken.

    Nothing is read before `take`, and then no more than the rows that it names.

    Args:
        file: the mapped array, usually a `numpy.memmap`, shape (all rows, all columns).
        title: the name of the file, for errors.
        rows: the rows of the file that belong to it, ascending, shape (rows,); None for all.
        mean, deviation: (x − mean)/deviation is what is taken in place of x.
    """

    file: Array
    title: str
    rows: Array | None = None
    mean: Array | None = None
    deviation: Array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (len(self.file) if self.rows is None else len(self.rows)), self.file.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of what is taken."""
        return np.result_type(*(part for part in (self.file, self.mean, self.deviation) if part is not None))

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, rows: Any) -> Any:
        """The given rows, plain or traced numbers, shape (…, columns).

        Raises:
            DataError: if rows is None, which would read the whole file.
        """
        if rows is None:
            self._refuse()
        x = take_rows(self.file, rows if self.rows is None else take_rows(self.rows, rows))
        return x if self.mean is None or self.deviation is None else (x - self.mean) / self.deviation

    def __getitem__(self, rows: Any) -> Any:
        return self.take(rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise DataError(
            f"{self.title} is larger than what is read into memory at once, so that no step can use all of its rows: "
            "give batch: {size: 256}, or raise memory"
        )

    def select(self, rows: Array) -> "Mapped":
        """Some of the rows."""
        return dataclasses.replace(self, rows=rows if self.rows is None else self.rows[rows])

    def scaled(self, mean: Array, deviation: Array) -> "Mapped":
        """(x − mean)/deviation in place of each x; only once."""
        return dataclasses.replace(self, mean=mean, deviation=deviation)
