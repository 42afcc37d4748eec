"""Curves of many cells in few arrays: what is the same for all cells stands once, and nothing beyond the last rows.

Columns are kept in one of three ways, each without loss:

- `shared`: one value for each row, the same for all cells, such as step, evaluations and lr;
- `last`: beside it one value for each cell, where only the last rows differ, as of cells that ended between two;
- `each`: the values of all cells, row by row.

Values are kept in the narrowest float that holds every one of them: an accuracy of 0.75 needs two bytes, not eight.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.store.run import Curve

Array = np.ndarray[Any, np.dtype[Any]]

_NARROW = (np.float16, np.float32)
_TRIED = 64  # values that tell most often that a narrower type will not do


def pack(rows: Array, curves: Mapping[str, Array]) -> dict[str, Array]:
    """Columns as arrays to be stored.

    Args:
        rows: how many rows each cell has, shape (cells,).
        curves: the columns by name, each of shape (points, cells) or (points,).
    """
    points = int(rows.max(initial=0))
    inside = np.arange(points)[:, None] < rows
    packed: dict[str, Array] = {"rows": rows.astype(np.int64), "names": np.array([*curves], dtype=np.str_)}
    for number, column in enumerate(curves.values()):
        values = np.asarray(column, dtype=np.float64)[:points]
        packed |= {f"{number}.{how}": narrow(part) for how, part in _parts(values, rows, inside).items()}
    return packed


def narrow(values: Array) -> Array:
    """The same values in the narrowest float that holds every one of them."""
    for kind in _NARROW:
        with np.errstate(over="ignore", under="ignore"):
            if _holds(values.ravel()[:_TRIED], kind) and _holds(values, kind):
                return values.astype(kind)
    return values


def _holds(values: Array, kind: Any) -> bool:
    return bool(_alike(values.astype(kind).astype(np.float64), values).all())


def _alike(a: Array, b: Array) -> Array:
    """Where two arrays are equal, NaN being equal to NaN."""
    same: Array = (a == b) | (np.isnan(a) & np.isnan(b))
    return same


def _parts(values: Array, rows: Array, inside: Array) -> dict[str, Array]:
    if values.ndim == 1:
        return {"shared": values}
    if not values.size:
        return {"shared": np.empty(len(values))}
    longest = int(np.argmax(rows))
    shared = values[:, longest]
    ends = np.maximum(rows - 1, 0)
    # One row in the middle tells most often that a column is not shared.
    for some in (slice(len(values) // 2, len(values) // 2 + 1), slice(None)):
        differ = inside[some] & ~_alike(values[some], shared[some, None])
        at_end = np.arange(len(values))[some, None] == ends
        if (differ & ~at_end).any():
            return {"each": values[inside] if not inside.all() else values}
    if not differ.any():
        return {"shared": shared}
    # The row at the end of one cell is one in the middle of another: the longest has it, or it is nobody's.
    return {"shared": shared, "last": values[ends, np.arange(len(rows))]}


class Packed:
    """Stored columns, read cell by cell.

    Args:
        members: what `pack` gave, by name; each is looked up once, when it is first needed.

    Raises:
        KeyError: if one is missing.
    """

    def __init__(self, members: Mapping[str, Array]) -> None:
        self.rows = members["rows"]
        self.names = tuple(map(str, members["names"]))
        self._columns = [self._read(members, number) for number in range(len(self.names))]

    def _read(self, members: Mapping[str, Array], number: int) -> tuple[Array, Array | None]:
        if f"{number}.each" not in members:
            return members[f"{number}.shared"], members.get(f"{number}.last")
        values = members[f"{number}.each"]
        if values.ndim == 2:
            return values, None
        points = int(self.rows.max(initial=0))
        whole = np.full((points, len(self.rows)), np.nan, values.dtype)
        whole[np.arange(points)[:, None] < self.rows] = values
        return whole, None

    def curve(self, position: int) -> Curve:
        """The columns of the cell at a position in the chunk, each a float64 array of shape (rows,)."""
        rows = int(self.rows[position])
        curve: Curve = {}
        for name, (values, last) in zip(self.names, self._columns, strict=True):
            column = values[:rows, position] if values.ndim == 2 else values[:rows]
            curve[name] = column.astype(np.float64)
            if last is not None and rows:
                curve[name][-1] = last[position]
        return curve
