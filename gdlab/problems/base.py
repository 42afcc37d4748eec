"""What a problem is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdlab.record import Record

Array = np.ndarray[Any, np.dtype[Any]]
Measure = Callable[[Any, Any], Any]  # (w, rows) -> scalar, in plain NumPy


@dataclass(frozen=True)
class Problem(Record):
    """Something to minimise: an immutable record with a loss in plain NumPy, a start, and what is known of its minimum.

    Class attributes:
        formula: the loss in one line, as a reader would write it.
        source: where it and its known minimum come from.

    Properties a subclass may override: `infimum`, `minimizers`, `rows`, `dim`.
    """

    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The loss, a scalar, of parameters w of shape (n,).

        Plain NumPy, no branch on the values of w. `rows` are the row numbers of a minibatch (int array; data is taken
        with `np.take(X, rows, axis=0)`), or None for all of them.
        """
        raise NotImplementedError(f"problem {self.name!r} must define loss(w, rows)")

    def initial(self, rng: np.random.Generator) -> Array:
        """The start w₀ of shape (n,): fixed, or drawn from the run's own generator."""
        raise NotImplementedError(f"problem {self.name!r} must define initial(rng)")

    @property
    def infimum(self) -> float | None:
        """The greatest lower bound of the loss: -inf if it is unbounded below, None if unknown."""
        return None

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """Where the infimum is attained, as far as it is known and attained."""
        return ()

    @property
    def rows(self) -> int:
        """How many rows of data there are for minibatches; 0 if there is no data."""
        return 0

    def measures(self) -> Mapping[str, Measure]:
        """Extra measures that are logged beside the loss, such as accuracy: plain NumPy functions of (w, rows)."""
        return {}
