"""Targets as the numbers of classes."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def classes_of_numbers(values: Array) -> tuple[Array, tuple[str, ...]]:
    """Number the distinct values, the least first: the class of each row, and the classes' names.

    Whole numbers are named without a point: `0`, `1`, also where the values are floats; false and true by these words.
    """
    distinct, numbers = np.unique(values, return_inverse=True)
    return numbers.reshape(-1), tuple(_name(value) for value in distinct.tolist())


def classes_of_text(values: Any) -> tuple[Array, tuple[str, ...]]:
    """Number the distinct words in their sorted order, spaces around them aside.

    Args:
        values: text, an array or a pandas column.
    """
    import pandas as pd

    numbers, words = pd.factorize(values)  # hashes: sorting each row of a large table would take seconds
    names = [str(word).strip() for word in words]
    order = sorted(set(names))
    rank = {name: number for number, name in enumerate(order)}
    return np.array([rank[name] for name in names], int)[numbers], tuple(order)


def _name(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if value == int(value) else repr(value)
