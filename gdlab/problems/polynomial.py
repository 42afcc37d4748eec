"""The two-variable polynomial of the differentiation examples, which has no minimum."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from gdlab.problems import checks
from gdlab.problems.base import Array, Flag, Problem


@dataclass(frozen=True)
class Polynomial(Problem):
    """The polynomial f(x, y) = x²y + y + 2, which has no stationary point and falls without bound.

    At (3, 4) it is 42 with gradient (24, 10). Its gradient (2xy, x² + 1) never vanishes, and f → −∞ as y → −∞: a run
    that claims to have converged here is wrong, however healthy its first losses look.

    Source: Géron 2017, "Hands-On Machine Learning", appendix D; Dillon 2019, "Deep Learning", Topic 6.
    """

    name = "polynomial"
    formula = "x²y + y + 2"
    source = 'Géron 2017, "Hands-On Machine Learning", appendix D; Dillon 2019, "Deep Learning", Topic 6'

    start: Annotated[tuple[float, float], "where to start: x and y"] = (3.0, 4.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "start", checks.point(self.name, "start", self.start, 2))

    def loss(self, w: Any, rows: Any = None) -> Any:
        """f(x, y), w = (x, y)."""
        x, y = w[0], w[1]
        return x**2 * y + y + 2

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that is set."""
        return np.array(self.start)

    @property
    def infimum(self) -> float:
        """There is none."""
        return -math.inf

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Unbounded below."""
        return (Flag.UNBOUNDED,)

    @property
    def domain(self) -> tuple[Array, Array]:
        """A square around the usual start and the place where gradient descent first looks settled."""
        return np.array([-5.0, -5.0]), np.array([5.0, 5.0])
