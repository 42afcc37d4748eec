"""Linear least squares on generated data."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge

from gdlab.problems.base import Array, Measure, Problem
from gdlab.problems.rows import take
from gdlab.record import Count, NonNegative


@dataclass(frozen=True)
class LeastSquares(Problem):
    """Least squares of a linear model on generated data.

    y = X w* + noise·ε with X, w* and ε standard normal from `data_seed`: the data stay the same when the seed of the
    run changes. The gradient of one row is 2(w·x − y)x, and that of all rows is the mean over the rows.

    Source: Legendre 1805; Gauss 1809.
    """

    name = "least_squares"
    formula = "mean over rows of (w·x − y)²"
    source = "Legendre 1805; Gauss 1809"

    rows: Annotated[Count, "rows of data"] = 100
    dim: Annotated[Count, "number of parameters, columns of X"] = 5
    noise: Annotated[NonNegative, "standard deviation of what no w explains"] = 0.1
    data_seed: Annotated[int, Ge(0), "what the data are drawn from"] = 0

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """X of shape (rows, dim) and y of shape (rows,)."""
        rng = np.random.default_rng(self.data_seed)
        x = rng.standard_normal((self.rows, self.dim))
        return x, x @ rng.standard_normal(self.dim) + self.noise * rng.standard_normal(self.rows)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows."""
        return np.mean(self._errors(w, rows) ** 2)

    def _errors(self, w: Any, rows: Any = None) -> Any:
        x, y = self.data
        return take(x, rows) @ w - take(y, rows)

    @property
    def residuals(self) -> Measure:
        """w·x − y of each row."""
        return self._errors

    def initial(self, rng: np.random.Generator) -> Array:
        """Zero."""
        return np.zeros(self.dim)

    @property
    def infimum(self) -> float:
        """The loss at the least-squares solution."""
        return float(self.loss(self.minimizers[0]))

    @cached_property
    def minimizers(self) -> tuple[Array, ...]:
        """The least-squares solution of least norm, by singular values."""
        return (np.linalg.lstsq(*self.data, rcond=None)[0],)
