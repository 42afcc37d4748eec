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
    """A table in a mapped file, of which some rows and columns are chosen, shifted and scaled as they are taken.

    Nothing is read before rows are taken, and then no more than those. `gdlab.problems.rows.take` takes them, plain or
    traced.

    Args:
        file: the mapped array, usually a `numpy.memmap`: shape (all rows, all columns), in C order and native byte
            order, for NumPy would copy any other whole to take rows from it.
        title: the name of the file, for errors.
        columns: which of the file, in this order.
        rows: which of the file, shape (rows,); None for all.
        shift, scale: (x − shift)/scale is what is taken in place of x, each of shape (columns,).
    """

    file: Array
    title: str
    columns: slice | Array = dataclasses.field(default_factory=lambda: slice(None))
    rows: Array | None = None
    shift: Array | None = None
    scale: Array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows = len(self.file) if self.rows is None else len(self.rows)
        return rows, len(np.arange(self.file.shape[1])[self.columns])

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, rows: Any) -> Any:
        """The given rows as floats, shape (rows, columns).

        Args:
            rows: their numbers, shape (rows,), plain or traced.

        Raises:
            DataError: if rows is None, which would read the whole file.
        """
        if rows is None:
            self._refuse()
        x = take_rows(self.file, rows if self.rows is None else take_rows(self.rows, rows))
        if not (isinstance(self.columns, slice) and self.columns == slice(None)):
            x = x[:, self.columns]
        if self.file.dtype.kind != "f":
            x = x.astype(float)
        return x if self.shift is None or self.scale is None else (x - self.shift) / self.scale

    def __getitem__(self, rows: Any) -> Any:
        return self.take(rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise DataError(
            f"{self.title} is read row by row, since it is larger than what may be in memory, so that nothing can use "
            "all of its rows at once: give batch: {size: 256}, or raise memory"
        )

    def select(self, rows: Array) -> "Mapped":
        """Some of the rows."""
        return dataclasses.replace(self, rows=rows if self.rows is None else self.rows[rows])

    def scaled(self, mean: Array, deviation: Array) -> "Mapped":
        """(x − mean)/deviation in place of each x."""
        if self.shift is not None and self.scale is not None:
            mean, deviation = self.shift + mean * self.scale, self.scale * deviation
        return dataclasses.replace(self, shift=mean, scale=deviation)
