"""A network on the rows of one table: those to learn from, or those to test on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gdlab.problems.data.base import Table
from gdlab.problems.networks.head import Head
from gdlab.problems.networks.layers import Network
from gdlab.problems.networks.targets import Array
from gdlab.problems.rows import take


@dataclass(frozen=True, eq=False)
class Part:
    """What a network makes of rows of a table, (w, rows) -> …, in plain NumPy.

    Inputs and targets are prepared once. Rows that stay in their file are read as they are named; all of them at once
    are refused.

    Args:
        network: whose parameters w are.
        head: its end.
        table: the rows.
    """

    network: Network
    head: Head
    table: Table

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows, a scalar."""
        return self.head.loss(*self._sums_and_targets(w, rows))

    def errors(self, w: Any, rows: Any = None) -> Any:
        """p − y of each row and output, in one vector."""
        return self.head.errors(*self._sums_and_targets(w, rows))

    def accuracy(self, w: Any, rows: Any = None) -> Any:
        """The fraction of rows whose class is predicted."""
        return self.head.accuracy(*self._sums_and_targets(w, rows))

    def in_pieces(self, mean: Callable[[Any, Any], Any], w: Any, rows: Any = None) -> Any:
        """A mean over the given rows; over all of them piece by piece, where they do not fit in memory."""
        if rows is not None or self.table.resident:
            return mean(w, rows)
        return sum(len(piece) * mean(w, piece) for piece in self.table.pieces()) / len(self.table)

    def _sums_and_targets(self, w: Any, rows: Any) -> tuple[Any, Any]:
        return self.network(w, take(self.inputs, rows)), take(self.targets, rows)

    @cached_property
    def inputs(self) -> Any:
        """The inputs as the network takes them."""
        return self.network.prepare(self.table.inputs) if self.table.resident else self.table.inputs

    @cached_property
    def targets(self) -> Array:
        """The targets, shape (rows, outputs)."""
        return self.head.targets(self.table)
