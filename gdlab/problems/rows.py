"""The rows of a minibatch."""

from typing import Any

from gdlab.autodiff import take_rows
from gdlab.problems.mapped import Mapped


def take(table: Any, rows: Any) -> Any:
    """The given rows of a table, or all of it if rows is None; of one that is mapped, no others are read."""
    if isinstance(table, Mapped):
        return table.take(rows)
    return table if rows is None else take_rows(table, rows)
