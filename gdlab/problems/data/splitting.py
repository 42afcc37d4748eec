"""Which rows are kept apart to test on."""

from typing import Any

import numpy as np

from gdlab.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


def choose_test_rows(targets: Array | None, rows: int, share: float, rng: np.random.Generator, title: str) -> Array:
    """Choose the test rows at random, the nearest whole number to share · rows of them, classes in proportion.

    Args:
        targets: the class of each row, as numbers 0, 1, …; None if there are no classes.
        rows: how many rows there are.
        share: of them is chosen.
        rng: one permutation is drawn from it.
        title: of the data, for errors.

    Returns:
        whether each row is chosen, a bool array of shape (rows,).

    Raises:
        DataError: if a part would have no row.
    """
    count = round(share * rows)
    if not 0 < count < rows:
        part = "test on" if count == 0 else "learn from"
        raise DataError(f"{title}: a test share of {share:g} of {rows} row{'s' * (rows != 1)} leaves none to {part}")
    labels = np.zeros(rows, int) if targets is None else targets
    sizes = np.bincount(labels)
    if targets is not None and rows - np.count_nonzero(sizes) == 0:
        raise DataError(f"{title}: no class has two rows, so that none can be kept apart to test on")
    order = rng.permutation(rows)
    order = order[np.argsort(labels[order], kind="stable")]
    first = np.cumsum(sizes) - sizes
    rank = np.arange(rows) - np.repeat(first, sizes)
    chosen = np.zeros(rows, bool)
    chosen[order[rank < np.repeat(quotas(sizes, count), sizes)]] = True
    return chosen


def quotas(sizes: Array, count: int) -> Array:
    """Share out a count in proportion to sizes, by largest remainders, and leave one of each that is not empty.

    Of equal remainders the first goes first. Where leaving one of each allows no more, the sum is less than count.

    Source: Hamilton's method, Balinski & Young 1982, "Fair Representation", chapter 3.
    """
    most = np.maximum(sizes - 1, 0)
    exact = count * sizes / sizes.sum()
    given: Array = np.minimum(np.floor(exact).astype(int), most)
    order = np.argsort(-(exact - given), kind="stable")
    missing = min(count, int(most.sum())) - int(given.sum())
    while missing > 0:
        for k in order[given[order] < most[order]][:missing]:
            given[k] += 1
            missing -= 1
    return given
