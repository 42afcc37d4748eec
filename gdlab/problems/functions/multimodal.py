"""Functions of any dimension with very many minima, only one of which is the lowest."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.problems.base import Flag
from gdlab.problems.functions.base import FunctionOfAnyDimension


@dataclass(frozen=True)
class Rastrigin(FunctionOfAnyDimension):
    """A bowl with an egg box on it: a minimum near each point with whole coordinates.

    Source: Rastrigin 1974; in n dimensions Mühlenbein, Schomisch & Born 1991, Parallel Computing 17, pp. 619-632.
    """

    name = "rastrigin"
    formula = "Σᵢ wᵢ² − 10 cos 2πwᵢ + 10"
    source = "Rastrigin 1974; Mühlenbein, Schomisch & Born 1991"
    lowest, highest = -5.12, 5.12
    least_at = (0.0,)
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The sum over the coordinates."""
        return np.sum(w**2 - 10 * np.cos(2 * np.pi * w) + 10)


@dataclass(frozen=True)
class Ackley(FunctionOfAnyDimension):
    """A nearly flat egg box with a funnel in the middle that ends in a point.

    The minimum is the tip of a cone: no method finds a gradient of zero there.

    Source: Ackley 1987, "A Connectionist Machine for Genetic Hillclimbing"; in n dimensions Bäck 1996.
    """

    name = "ackley"
    formula = "20 − 20 exp(−√(Σᵢ wᵢ²/n)/5) + e − exp(Σᵢ cos(2πwᵢ)/n)"
    source = 'Ackley 1987, "A Connectionist Machine for Genetic Hillclimbing"; Bäck 1996'
    lowest, highest = -32.768, 32.768
    least_at = (0.0,)
    warnings = (Flag.MANY_MINIMA, Flag.KINK)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """Funnel and egg box."""
        funnel = np.exp(-0.2 * np.sqrt(np.mean(w**2)))
        return 20 - 20 * funnel + np.e - np.exp(np.mean(np.cos(2 * np.pi * w)))


@dataclass(frozen=True)
class Griewank(FunctionOfAnyDimension):
    """A wide bowl with a product of cosines on it.

    It gets smoother as the dimension grows.

    Source: Griewank 1981, "Generalized descent for global optimization", JOTA 34(1), pp. 11-39.
    """

    name = "griewank"
    formula = "1 + Σᵢ wᵢ²/4000 − Πᵢ cos(wᵢ/√i)"
    source = "Griewank 1981, JOTA 34(1), pp. 11-39"
    lowest, highest = -600.0, 600.0
    least_at = (0.0,)
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """Bowl and cosines."""
        scale = np.sqrt(np.arange(1, self.dim + 1))
        return 1 + np.sum(w**2) / 4000 - np.prod(np.cos(w / scale))


@dataclass(frozen=True)
class StyblinskiTang(FunctionOfAnyDimension):
    """A double well in each coordinate, 2ⁿ minima together.

    The deeper well is on the negative side. The minimum lies at the least root of 4x³ − 32x + 5 in each coordinate and
    is −39.16616570… times n.

    Source: Styblinski & Tang 1990, Neural Networks 3(4), pp. 467-483.
    """

    name = "styblinski_tang"
    formula = "½ Σᵢ wᵢ⁴ − 16wᵢ² + 5wᵢ"
    source = "Styblinski & Tang 1990, Neural Networks 3(4), pp. 467-483"
    lowest, highest = -5.0, 5.0
    least_at = (-2.903534027771177,)
    warnings = (Flag.MANY_MINIMA,)

    @property
    def infimum(self) -> float:
        """The depth of one well, n times."""
        return -39.16616570377142 * self.dim

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The sum over the coordinates."""
        return np.sum(w**4 - 16 * w**2 + 5 * w) / 2


@dataclass(frozen=True)
class Levy(FunctionOfAnyDimension):
    """Ripples across a bowl, with the minimum at (1, …, 1).

    Source: Levy & Montalvo 1985, SIAM J. Sci. Stat. Comput. 6(1), pp. 15-29; as in Laguna & Martí 2005.
    """

    name = "levy"
    formula = "sin²πv₁ + Σᵢ₌₁ⁿ⁻¹ (vᵢ − 1)²(1 + 10 sin²(πvᵢ + 1)) + (vₙ − 1)²(1 + sin² 2πvₙ), vᵢ = 1 + (wᵢ − 1)/4"
    source = "Levy & Montalvo 1985, SIAM J. Sci. Stat. Comput. 6(1), pp. 15-29; Laguna & Martí 2005"
    lowest, highest = -10.0, 10.0
    least_at = (1.0,)
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """First, inner and last terms."""
        v = 1 + (w - 1) / 4
        inner = (v[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * v[:-1] + 1) ** 2)
        last = (v[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * v[-1]) ** 2)
        return np.sin(np.pi * v[0]) ** 2 + np.sum(inner) + last
