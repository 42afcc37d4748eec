"""The targets of a table as a network is to answer them: arrays of shape (rows, outputs)."""

from typing import Any

import numpy as np

from gdlab.problems.data.base import Table

Array = np.ndarray[Any, np.dtype[Any]]


def levels(table: Table) -> Array:
    """Numbers as they are; of two classes 0 and 1; of more, 1 in the column of the class and 0 in the others."""
    if len(table.classes) > 2:
        return one_hot(table)
    return np.asarray(table.targets, float).reshape(-1, 1)


def signs(table: Table) -> Array:
    """−1 for the first class, +1 for the second."""
    return 2 * levels(table) - 1


def one_hot(table: Table) -> Array:
    """1 in the column of the class, 0 in the others."""
    return np.eye(len(table.classes))[table.targets]
