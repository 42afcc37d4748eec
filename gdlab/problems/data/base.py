"""What a data set is."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from gdlab.errors import DataError
from gdlab.problems.data.classes import classes_of_numbers
from gdlab.problems.data.scaling import mean_and_deviation
from gdlab.problems.data.splitting import choose_test_rows
from gdlab.problems.mapped import Mapped
from gdlab.problems.rows import take
from gdlab.record import Fraction, Record

Array = np.ndarray[Any, np.dtype[Any]]

PIECE = 2**20  # elements of inputs that are read at once from a file


@dataclass(frozen=True)
class Table:
    """Rows of inputs and what belongs to each.

    Args:
        inputs: X of shape (rows, columns), an array of floats; or a `Mapped`, if the rows stay in their file.
        targets: for classes their numbers 0, 1, …, an int array of shape (rows,); else numbers of shape (rows,).
        classes: the name of each class, in the order of the numbers; empty if the targets are no classes.
        columns: the name of each input.
    """

    inputs: Any
    targets: Array
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def resident(self) -> bool:
        """Whether all rows are in memory; if not, only those of a minibatch, or of a piece, can be taken."""
        return not isinstance(self.inputs, Mapped)

    def take(self, rows: Any = None) -> tuple[Any, Any]:
        """The inputs (…, columns) and the targets (…,) of rows, plain or traced; of all if None.

        Raises:
            DataError: if rows is None and the table is not resident.
        """
        return take(self.inputs, rows), take(self.targets, rows)

    def pieces(self) -> Iterator[Array]:
        """The numbers of all rows in pieces that fit in memory: the loss of all is the weighted mean of theirs."""
        size = max(1, PIECE // max(1, self.inputs.shape[1]))
        for begin in range(0, len(self), size):
            yield np.arange(begin, min(begin + size, len(self)))

    def select(self, rows: Array) -> "Table":
        """The table of some of the rows."""
        inputs = self.inputs.select(rows) if isinstance(self.inputs, Mapped) else self.inputs[rows]
        return dataclasses.replace(self, inputs=inputs, targets=self.targets[rows])

    def scaled(self, mean: Array, deviation: Array) -> "Table":
        """The table with (x − mean)/deviation in place of each input x."""
        lazy = isinstance(self.inputs, Mapped)
        inputs = self.inputs.scaled(mean, deviation) if lazy else (self.inputs - mean) / deviation
        return dataclasses.replace(self, inputs=inputs)


@dataclass(frozen=True)
class Split:
    """The rows to learn from, and those to test on.

    Args:
        train: what the loss is the mean over.
        test: what is kept apart; None if nothing is.
        mean, deviation: of each input over the training rows, if they standardized it: x became (x − mean)/deviation.
    """

    train: Table
    test: Table | None = None
    mean: Array | None = None
    deviation: Array | None = None


@dataclass(frozen=True)
class DataSet(Record):
    """Where rows come from: an immutable record that makes them, or reads them, from a generator.

    Class attributes:
        source: where the data, or the recipe to generate them, come from.
        licence: of data that are shipped or read; empty for what is generated.
    """

    source: ClassVar[str] = ""
    licence: ClassVar[str] = ""

    test: Annotated[Fraction, "share of the rows that is kept apart to test on"] = 0.0
    standardize: Annotated[bool, "shift and scale each input to mean 0 and deviation 1 over the training rows"] = False
    seed: Annotated[int | None, Ge(0), "draws and splits the rows; unset, the seed of the run does"] = None

    def table(self, rng: np.random.Generator) -> Table:
        """All rows; generated ones are drawn from the generator."""
        raise NotImplementedError(f"data set {self.name!r} must define table(rng)")

    def split(self, rng: np.random.Generator, classes: bool = False) -> Split:
        """The rows, split and standardized; the same generator gives the same split.

        Draws are made in this order: the rows, if they are generated; then, if `test` > 0, one permutation of the
        rows. The first rows of each class in it are the test rows, as many as keep the classes in proportion, and at
        least one of each class remains to learn from. Both parts keep the order of the rows.

        Standardizing takes mean and deviation (that of the whole, √(Σ(x − mean)²/rows)) from the training rows; an
        input that does not vary there has deviation 1.

        Args:
            rng: the stream for data of a run; a `seed` of the record's own takes its place.
            classes: whether the targets must be classes: whole numbers are then read as such.

        Raises:
            DataError: if the rows cannot be used; names file, row and column.
        """
        rng = rng if self.seed is None else np.random.default_rng(self.seed)
        table = self.table(rng)
        if classes and not table.classes:
            table = self._classified(table)
        if len(table.classes) == 1:
            raise DataError(
                f"{self.title}: all {len(table)} rows are of the class {table.classes[0]!r}: there must be two at least"
            )
        train, test = table, None
        if self.test > 0:
            chosen = choose_test_rows(table.targets if table.classes else None, len(table), self.test, rng, self.title)
            train, test = table.select(np.flatnonzero(~chosen)), table.select(np.flatnonzero(chosen))
        if not self.standardize:
            return Split(train, test)
        mean, deviation = mean_and_deviation((train.take(rows)[0] for rows in train.pieces()), self.title)
        tested = None if test is None else test.scaled(mean, deviation)
        return Split(train.scaled(mean, deviation), tested, mean, deviation)

    @property
    def title(self) -> str:
        """What errors call it: its name, or its file."""
        return f"data {self.name!r}"

    def place(self, row: int) -> str:
        """Where the target of a row is, for errors: `data 'sine', row 3`."""
        return f"{self.title}, row {row + 1}"

    def _classified(self, table: Table) -> Table:
        """The same rows with whole numbers as classes."""
        wrong = np.flatnonzero(table.targets != np.rint(table.targets))
        if wrong.size:
            value = table.targets[wrong[0]]
            raise DataError(
                f"{self.place(int(wrong[0]))}: the target {value:.6g} is no class: classes are text or whole numbers; "
                "for numbers choose a loss such as squared or huber"
            )
        targets, names = classes_of_numbers(table.targets)
        return dataclasses.replace(table, targets=targets, classes=names)
