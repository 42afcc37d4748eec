"""The rows of a minibatch."""

from typing import Any

from gdlab.autodiff import take_rows


def take(table: Any, rows: Any) -> Any:
    """The given rows of a table, or all of it if rows is None."""
    return table if rows is None else take_rows(table, rows)
