"""Means over rows that show what minibatches do: noise of a known size, and rare rows that mislead Adam."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from gdlab.problems.base import Array, Problem
from gdlab.problems.rows import take
from gdlab.record import Count, NonNegative, Positive


@dataclass(frozen=True)
class NoisyQuadratic(Problem):
    """A quadratic bowl that each row shifts by a random offset, so that the gradients of batches are noisy.

    The curvatures h run from 1 down to 1/κ in equal ratios, and the offsets c of the rows are normal with variance
    noise²/h: the gradient of one row has the mean h·w and the variance noise²·h, in proportion to the curvature, as
    near the minimum of a network. The offsets add up to 0, so that w = 0 is the minimum over all rows.

    Source: Zhang et al. 2019 (arXiv:1907.04164), section 3; without rows in Schaul, Zhang & LeCun 2013, section 4.
    """

    name = "noisy_quadratic"
    formula = "mean over rows of ½ Σⱼ hⱼ (wⱼ − cⱼ)², h from 1 to 1/κ, c ~ N(0, noise²/h)"
    source = "Zhang et al. 2019 (arXiv:1907.04164), section 3"

    dim: Annotated[Count, "number of parameters"] = 10
    condition: Annotated[float, Ge(1), "κ, the largest curvature divided by the smallest, for dim ≥ 2"] = 100.0
    rows: Annotated[Count, "rows, each with an offset of its own"] = 1000
    noise: Annotated[NonNegative, "deviation of the gradient of one row, in units of √h"] = 1.0
    data_seed: Annotated[int, Ge(0), "what the offsets are drawn from"] = 0

    @cached_property
    def curvatures(self) -> Array:
        """h, the eigenvalues of the Hessian, shape (dim,)."""
        return np.geomspace(1, 1 / self.condition, self.dim)

    @cached_property
    def offsets(self) -> Array:
        """c of each row, shape (rows, dim)."""
        drawn = np.random.default_rng(self.data_seed).standard_normal((self.rows, self.dim))
        offsets: Array = self.noise * (drawn - drawn.mean(0)) / np.sqrt(self.curvatures)
        return offsets

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows."""
        return np.mean((w - take(self.offsets, rows)) ** 2 @ self.curvatures) / 2

    def initial(self, rng: np.random.Generator) -> Array:
        """Standard normal."""
        return rng.standard_normal(self.dim)

    @property
    def infimum(self) -> float:
        """What the offsets leave."""
        return float(self.loss(np.zeros(self.dim)))

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """Zero."""
        return (np.zeros(self.dim),)

    @property
    def domain(self) -> tuple[Array, Array]:
        """Around the minimum."""
        return np.full(self.dim, -3.0), np.full(self.dim, 3.0)


@dataclass(frozen=True)
class Reddi(Problem):
    """A line that Adam walks up: one row of a period is steep and points down, all others are gentle and point up.

    The mean over a period falls to the left, and −1 is the best point of [−1, 1]. Row by row (`batch: {size: 1,
    shuffle: false}`) Adam divides the rare large gradient by its own size, and the many small ones carry it to +1;
    AMSGrad, whose denominator does not forget, arrives at −1. The paper projects on [−1, 1]; here a parabolic wall
    holds w there, so that there is nothing to project: the mean is least at −1 − slope/wall.

    Source: Reddi, Kale & Kumar 2018 (arXiv:1904.09237), section 3 and figure 1: 1010x once in 101 rounds, else −10x.
    """

    name = "reddi"
    formula = "mean over rows of cx + ½ wall·max(0, |x| − 1)², c = large in one row of a period, else −small"
    source = "Reddi, Kale & Kumar 2018 (arXiv:1904.09237), section 3; a wall in place of their projection"

    large: Annotated[Positive, "slope of the steep row"] = 1010.0
    small: Annotated[Positive, "slope of the others, downwards"] = 10.0
    period: Annotated[int, Gt(1), "rows, one of them steep"] = 101
    wall: Annotated[Positive, "curvature of the walls beyond −1 and 1"] = 1000.0
    start: Annotated[float, "where to start"] = 0.0

    @cached_property
    def slopes(self) -> Array:
        """c of each row, shape (period,); the steep one is the first."""
        slopes = np.full(self.period, -self.small)
        slopes[0] = self.large
        return slopes

    @property
    def rows(self) -> int:
        """One period."""
        return self.period

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows."""
        x = w[0]
        outside = np.maximum(x - 1, 0) + np.maximum(-1 - x, 0)
        return np.mean(take(self.slopes, rows)) * x + self.wall * outside**2 / 2

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that is set."""
        return np.array([self.start])

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """A little beyond the end that is downhill, where the wall holds the mean slope."""
        slope = float(np.mean(self.slopes))
        return (np.array([-np.sign(slope) - slope / self.wall]),) if slope else ()

    @property
    def infimum(self) -> float:
        """The loss there, −|slope| − slope²/(2 wall); without a mean slope, 0 all along the floor."""
        slope = float(np.mean(self.slopes))
        return -abs(slope) - slope * slope / (2 * self.wall)

    @property
    def domain(self) -> tuple[Array, Array]:
        """The interval, and some of the walls."""
        return np.full(1, -1.5), np.full(1, 1.5)
