"""Which columns of a table are taken."""

from collections.abc import Sequence

from gdlab.errors import DataError


def as_slice(places: Sequence[int]) -> slice | list[int]:
    """Column numbers as a slice where they follow each other, for which NumPy and pandas copy nothing."""
    first, last = places[0], places[-1] + 1
    return slice(first, last) if list(places) == list(range(first, last)) else list(places)


def column_places(columns: Sequence[int], width: int, title: str) -> list[int]:
    """Column numbers from 0 on, those below 0 counted from the last.

    Args:
        columns: the numbers.
        width: how many columns there are.
        title: of the table, for errors.

    Raises:
        DataError: if there is no such column, or one is given twice.
    """
    for column in columns:
        if not -width <= column < width:
            raise DataError(f"{title}: there is no column {column}: there are {width}, from 0 to {width - 1}")
    places = [column % width for column in columns]
    if len(set(places)) < len(places):
        twice = next(place for k, place in enumerate(places) if place in places[:k])
        raise DataError(f"{title}: column {twice} stands twice in columns")
    return places
