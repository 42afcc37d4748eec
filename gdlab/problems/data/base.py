"""What a data set is."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from gdlab.record import Fraction, Record

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Table:
    """Rows of inputs and what belongs to each.

    Args:
        inputs: X of shape (rows, columns), floats; may be a `numpy.memmap`.
        targets: for classes their numbers 0, 1, …, an int array of shape (rows,); else numbers of shape (rows,).
        classes: the name of each class, in the order of the numbers; empty if the targets are no classes.
        columns: the name of each input.
    """

    inputs: Array
    targets: Array
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class Split:
    """The rows to learn from, and those to test on.

    Args:
        train: what the loss is the mean over.
        test: what is kept apart; None if nothing is.
    """

    train: Table
    test: Table | None = None


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

    def split(self, rng: np.random.Generator) -> Split:
        """The rows, split and standardized; the same generator gives the same split.

        Args:
            rng: the stream for data of a run; a `seed` of the record's own takes its place.

        Raises:
            DataError: if the rows cannot be used; names file, row and column.
        """
        raise NotImplementedError
