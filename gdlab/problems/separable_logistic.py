"""Logistic regression on data that a line separates: an infimum that is not attained."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from gdlab.autodiff import softplus
from gdlab.problems import checks
from gdlab.problems.base import Array, Flag, Problem
from gdlab.problems.rows import take

POINTS = np.array([[0.5, 1.5], [1.5, 0.5], [-0.5, -1.5], [-1.5, -0.5]])
LABELS = np.array([1.0, 1.0, -1.0, -1.0])
SIGNED = LABELS[:, None] * POINTS


@dataclass(frozen=True)
class SeparableLogistic(Problem):
    """Logistic regression on four points that a line separates, so that no minimum is attained.

    There is no bias, and the line goes through the origin. Every longer w in a separating direction is better, so w
    grows without end, like log t under gradient descent, and turns towards the direction of the largest margin, (1, 1).

    Source: Soudry, Hoffer, Nacson, Gunasekar & Srebro 2018 (arXiv:1710.10345), with four points as support vectors.
    """

    name = "separable_logistic"
    formula = "mean over 4 rows of log(1 + exp(−y w·x)), y = ±1"
    source = "after Soudry et al. 2018 (arXiv:1710.10345)"

    start: Annotated[tuple[float, float], "where to start"] = (0.0, 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "start", checks.point(self.name, "start", self.start, 2))

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows, in a form that is finite for w of any size."""
        return np.mean(softplus(-(take(SIGNED, rows) @ w)))

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that is set."""
        return np.array(self.start)

    @property
    def infimum(self) -> float:
        """Zero, at infinity."""
        return 0.0

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Not attained."""
        return (Flag.NOT_ATTAINED,)

    @property
    def domain(self) -> tuple[Array, Array]:
        """Around the origin."""
        return np.full(2, -10.0), np.full(2, 10.0)

    @property
    def rows(self) -> int:
        """The four points."""
        return len(LABELS)
