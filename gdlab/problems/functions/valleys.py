"""Functions with curved, flat or badly scaled valleys, as collected by Moré, Garbow & Hillstrom.

MGH below is Moré, Garbow & Hillstrom 1981, "Testing Unconstrained Optimization Software", ACM Transactions on
Mathematical Software 7(1), pp. 17-41; starts and minima are theirs.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge

from gdlab.problems.base import Array, Flag, Measure
from gdlab.problems.functions.base import Function, FunctionOfAnyDimension


@dataclass(frozen=True)
class Rosenbrock(FunctionOfAnyDimension):
    """The banana valley, curved and nearly flat along its floor.

    In n dimensions it is a chain of n − 1 valleys, which from dim 4 on has a second minimum near (−1, 1, …, 1): Shang &
    Qiu 2006, Evolutionary Computation 14(1). f(−1.2, 1) = 24.2.

    Source: Rosenbrock 1960, "An automatic method for finding the greatest or least value of a function"; MGH no. 1.
    """

    name = "rosenbrock"
    formula = "Σᵢ 100(wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)²"
    source = "Rosenbrock 1960; Moré, Garbow & Hillstrom 1981, no. 1"
    lowest, highest = -2.048, 2.048
    least_at = (1.0,)

    dim: Annotated[int, Ge(2), "number of parameters"] = 2

    @property
    def published_start(self) -> Array:
        """(−1.2, 1, −1.2, 1, …)."""
        return np.where(np.arange(self.dim) % 2 == 0, -1.2, 1.0)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """A second minimum from dim 4 on."""
        return (Flag.MANY_MINIMA,) if self.dim > 3 else ()

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The sum over neighbours."""
        x = w[:-1]
        return np.sum(100 * (w[1:] - x**2) ** 2 + (1 - x) ** 2)

    @property
    def residuals(self) -> Measure:
        """10(wᵢ₊₁ − wᵢ²) of all neighbours, then 1 − wᵢ."""
        return self._terms

    def _terms(self, w: Any, rows: Any = None) -> Any:
        return np.concatenate((10 * (w[1:] - w[:-1] ** 2), 1 - w[:-1]))


@dataclass(frozen=True)
class Beale(Function):
    """A valley that leads away to infinity, beside the minimum at (3, ½).

    Source: Beale 1958; MGH no. 5.
    """

    name = "beale"
    formula = "(1.5 − x(1 − y))² + (2.25 − x(1 − y²))² + (2.625 − x(1 − y³))²"
    source = "Beale 1958; Moré, Garbow & Hillstrom 1981, no. 5"
    dim = 2
    lowest, highest = -4.5, 4.5
    begins_at = (1.0, 1.0)
    least_at = ((3.0, 0.5),)
    warnings = (Flag.SADDLE,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A sum of three squares."""
        x, y = w[0], w[1]
        return (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y**2)) ** 2 + (2.625 - x * (1 - y**3)) ** 2

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Three terms."""
        x, y = w[0], w[1]
        return 1.5 - x * (1 - y), 2.25 - x * (1 - y**2), 2.625 - x * (1 - y**3)


@dataclass(frozen=True)
class PowellSingular(Function):
    """A bowl that is flat to second order along two directions at its minimum.

    Newton's method is no faster than linear there.

    Source: Powell 1962; MGH no. 13.
    """

    name = "powell_singular"
    formula = "(w₁ + 10w₂)² + 5(w₃ − w₄)² + (w₂ − 2w₃)⁴ + 10(w₁ − w₄)⁴"
    source = "Powell 1962; Moré, Garbow & Hillstrom 1981, no. 13"
    dim = 4
    lowest, highest = -4.0, 5.0
    begins_at = (3.0, -1.0, 0.0, 1.0)
    least_at = (0.0,)
    warnings = (Flag.SINGULAR,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """Two squares and two fourth powers."""
        a, b, c, d = w[0], w[1], w[2], w[3]
        return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Four terms, two of them squares."""
        a, b, c, d = w[0], w[1], w[2], w[3]
        return a + 10 * b, math.sqrt(5) * (c - d), (b - 2 * c) ** 2, math.sqrt(10) * (a - d) ** 2


@dataclass(frozen=True)
class Wood(Function):
    """Two coupled banana valleys, with a saddle that looks like a minimum to a loose tolerance.

    Source: Colville 1968; MGH no. 14.
    """

    name = "wood"
    formula = "100(w₂ − w₁²)² + (1 − w₁)² + 90(w₄ − w₃²)² + (1 − w₃)² + 10(w₂ + w₄ − 2)² + (w₂ − w₄)²/10"
    source = "Colville 1968; Moré, Garbow & Hillstrom 1981, no. 14"
    dim = 4
    lowest, highest = -10.0, 10.0
    begins_at = (-3.0, -1.0, -3.0, -1.0)
    least_at = (1.0,)
    warnings = (Flag.SADDLE,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A sum of six squares."""
        a, b, c, d = w[0], w[1], w[2], w[3]
        return (
            100 * (b - a**2) ** 2
            + (1 - a) ** 2
            + 90 * (d - c**2) ** 2
            + (1 - c) ** 2
            + 10 * (b + d - 2) ** 2
            + (b - d) ** 2 / 10
        )

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Six terms."""
        a, b, c, d = w[0], w[1], w[2], w[3]
        valleys = 10 * (b - a**2), 1 - a, math.sqrt(90) * (d - c**2), 1 - c
        return *valleys, math.sqrt(10) * (b + d - 2), (b - d) / math.sqrt(10)


@dataclass(frozen=True)
class HelicalValley(Function):
    """A valley that winds around the third axis.

    The angle θ jumps where x = 0 and y < 0.

    Source: Fletcher & Powell 1963, "A rapidly convergent descent method for minimization"; MGH no. 7.
    """

    name = "helical_valley"
    formula = "100((z − 10θ)² + (√(x² + y²) − 1)²) + z², θ the angle of (x, y) in turns, −¼ < θ ≤ ¾"
    source = "Fletcher & Powell 1963; Moré, Garbow & Hillstrom 1981, no. 7"
    dim = 3
    lowest, highest = -10.0, 10.0
    begins_at = (-1.0, 0.0, 0.0)
    least_at = ((1.0, 0.0, 0.0),)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """Distance from the helix, and height."""
        along, across = self._distances(w)
        return 100 * (along**2 + across**2) + w[2] ** 2

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Three terms."""
        along, across = self._distances(w)
        return 10 * along, 10 * across, w[2]

    def _distances(self, w: Any) -> tuple[Any, Any]:
        x, y, z = w[0], w[1], w[2]
        # Measured from the y axis, the angle jumps at x = 0, y < 0 as in the source, and not at the start, (−1, 0).
        theta = 0.25 - np.arctan2(x, y) / (2 * np.pi)
        return z - 10 * theta, np.sqrt(x**2 + y**2) - 1


@dataclass(frozen=True)
class Trigonometric(FunctionOfAnyDimension):
    """Sines and cosines that are all zero at the origin, and whole turns of 2π from it, and have minima between.

    Source: Spedicato 1975; MGH no. 26.
    """

    name = "trigonometric"
    formula = "Σᵢ (n − Σⱼ cos wⱼ + i(1 − cos wᵢ) − sin wᵢ)²"
    source = "Spedicato 1975; Moré, Garbow & Hillstrom 1981, no. 26"
    lowest, highest = -np.pi, np.pi
    least_at = (0.0,)
    warnings = (Flag.MANY_MINIMA,)

    dim: Annotated[int, Ge(1), "number of parameters"] = 10

    @property
    def published_start(self) -> Array:
        """(1/n, …, 1/n)."""
        return np.full(self.dim, 1 / self.dim)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The sum of n squares."""
        return np.sum(self._terms(w) ** 2)

    def _terms(self, w: Any, rows: Any = None) -> Any:
        short = 1 - np.cos(w)
        return np.sum(short) + np.arange(1, self.dim + 1) * short - np.sin(w)

    @property
    def residuals(self) -> Measure:
        """The n terms."""
        return self._terms


@dataclass(frozen=True)
class BrownBadlyScaled(Function):
    """Two parameters of which one is to become a million and the other two millionths.

    Source: Brown (unpublished); MGH no. 4.
    """

    name = "brown_badly_scaled"
    formula = "(x − 10⁶)² + (y − 2·10⁻⁶)² + (xy − 2)²"
    source = "Moré, Garbow & Hillstrom 1981, no. 4"
    dim = 2
    lowest, highest = (-2e6, -2.0), (2e6, 2.0)
    begins_at = (1.0, 1.0)
    least_at = ((1e6, 2e-6),)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A sum of three squares."""
        x, y = w[0], w[1]
        return (x - 1e6) ** 2 + (y - 2e-6) ** 2 + (x * y - 2) ** 2

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Three terms."""
        x, y = w[0], w[1]
        return x - 1e6, y - 2e-6, x * y - 2
