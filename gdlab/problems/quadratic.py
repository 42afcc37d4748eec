"""The parabola on which every update rule can be followed by hand."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from gdlab.problems.base import Array, Measure, Problem


@dataclass(frozen=True)
class Quadratic(Problem):
    """The parabola J(w) = w² − 2w + 5, least at J(1) = 4.

    Its slope is 2(w − 1), so plain gradient descent multiplies the distance to 1 by 1 − 2·lr at each step: it converges
    for 0 < lr < 1, in one step at 1/2, and bounces between two points at 1.

    Source: Dillon 2019, "Deep Learning", Topic 6.
    """

    name = "quadratic"
    formula = "w² − 2w + 5"
    source = 'Dillon 2019, "Deep Learning", Topic 6'

    start: Annotated[float, "where to start"] = 0.0

    def loss(self, w: Any, rows: Any = None) -> Any:
        """J(w), w of shape (1,)."""
        x = w[0]
        return x**2 - 2 * x + 5

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that is set."""
        return np.array([self.start], dtype=float)

    @property
    def residuals(self) -> Measure:
        """w − 1 and 2, since J(w) = (w − 1)² + 2²."""
        return self._terms

    def _terms(self, w: Any, rows: Any = None) -> Any:
        return np.stack([w[0] - 1, 2 + 0 * w[0]])

    @property
    def infimum(self) -> float:
        """J(1)."""
        return 4.0

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """The vertex."""
        return (np.array([1.0]),)

    @property
    def domain(self) -> tuple[Array, Array]:
        """Around the vertex, the usual start and its mirror image."""
        return np.array([-1.0]), np.array([3.0])
