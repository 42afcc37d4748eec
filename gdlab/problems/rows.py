"""The rows of a minibatch."""

from typing import Any

import numpy as np


def take(table: Any, rows: Any) -> Any:
    """The given rows of a table, or all of it if rows is None."""
    return table if rows is None else np.take(table, rows, axis=0)
