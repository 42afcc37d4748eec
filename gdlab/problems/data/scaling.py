"""Mean and deviation of columns that need not be in memory together."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gdlab.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


def mean_and_deviation(pieces: Iterable[Array], title: str = "data") -> tuple[Array, Array]:
    """The mean of each column and its deviation √(Σ(x − mean)²/rows); 1 for a column that does not vary.

    One pass. With n rows of mean μ and S = Σ(x − μ)² so far, a piece of m rows, mean ν and T = Σ(x − ν)² makes
    μ + (ν − μ)·m/(n + m) and S + T + (ν − μ)²·nm/(n + m): large, nearly equal numbers lose nothing.

    Args:
        pieces: the rows in pieces of shape (some, columns), none of them empty.
        title: of the data, for errors.

    Raises:
        DataError: if squares of the numbers exceed the largest float.

    Source: Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
    """
    rows, mean, squares = 0, np.zeros(()), np.zeros(())
    lowest, highest = np.full((), np.inf), np.full((), -np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for piece in pieces:
            many, total = len(piece), rows + len(piece)
            ours = piece.mean(axis=0, dtype=float)
            apart = ours - mean
            squares = squares + np.sum((piece - ours) ** 2, axis=0) + apart**2 * (rows * many / total)
            mean = mean + apart * (many / total)
            rows = total
            lowest, highest = np.minimum(lowest, piece.min(axis=0)), np.maximum(highest, piece.max(axis=0))
    deviation = np.sqrt(squares / max(rows, 1))
    if not np.all(np.isfinite(deviation)):
        raise DataError(f"{title}: the inputs are too large to standardize: their squares exceed the largest float")
    same = lowest == highest  # where rounding of the mean would leave a deviation of 1e-17
    return np.where(same, lowest, mean), np.where(same | (deviation == 0), 1.0, deviation)
