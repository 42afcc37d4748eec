"""Targets as the numbers of classes."""

from collections.abc import Iterable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def classes_of_numbers(values: Array) -> tuple[Array, tuple[str, ...]]:
    """Number the distinct values, the least first: the class of each row, and the classes' names.

    Whole numbers are named without a point: `0`, `1`, also where the values are floats.
    """
    distinct, numbers = np.unique(values, return_inverse=True)
    return numbers.reshape(-1), tuple(_name(value) for value in distinct.tolist())


def classes_of_words(numbers: Array, words: Iterable[str]) -> tuple[Array, tuple[str, ...]]:
    """Number words in their sorted order, spaces around them aside: the class of each row, and the classes' names.

    Args:
        numbers: which of the words each row has.
        words: in any order.
    """
    names = [str(word).strip() for word in words]
    order = sorted(set(names))
    rank = {name: number for number, name in enumerate(order)}
    return np.array([rank[name] for name in names], int)[numbers], tuple(order)


def _name(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    return str(int(value)) if value == int(value) else repr(value)
