"""Functions of two variables with a few minima and saddles, to look at as a landscape."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.problems.base import Flag
from gdlab.problems.functions.base import Function


@dataclass(frozen=True)
class Himmelblau(Function):
    """Four minima of equal depth around a maximum.

    Source: Himmelblau 1972, "Applied Nonlinear Programming".
    """

    name = "himmelblau"
    formula = "(x² + y − 11)² + (x + y² − 7)²"
    source = 'Himmelblau 1972, "Applied Nonlinear Programming"'
    dim = 2
    lowest, highest = -5.0, 5.0
    least_at = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A sum of two squares."""
        x, y = w[0], w[1]
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Two terms."""
        x, y = w[0], w[1]
        return x**2 + y - 11, x + y**2 - 7


@dataclass(frozen=True)
class GoldsteinPrice(Function):
    """Values over six orders of magnitude, with minima of 3, 30, 84 and 840.

    Source: Goldstein & Price 1971, "On descent from local minima", Mathematics of Computation 25, pp. 569-574.
    """

    name = "goldstein_price"
    formula = (
        "(1 + (x + y + 1)²(19 − 14x + 3x² − 14y + 6xy + 3y²)) · (30 + (2x − 3y)²(18 − 32x + 12x² + 48y − 36xy + 27y²))"
    )
    source = "Goldstein & Price 1971, Mathematics of Computation 25, pp. 569-574"
    dim = 2
    lowest, highest = -2.0, 2.0
    least = 3.0
    least_at = ((0.0, -1.0),)
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A product of two polynomials of degree four."""
        x, y = w[0], w[1]
        first = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
        second = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
        return (1 + (x + y + 1) ** 2 * first) * (30 + (2 * x - 3 * y) ** 2 * second)


@dataclass(frozen=True)
class Branin(Function):
    """Three minima of equal depth along a curved valley.

    The depth is 10/(8π) ≈ 0.397887, at (−π, 12.275), (π, 2.275) and (3π, 2.475).

    Source: Branin 1972, IBM J. Res. Dev. 16(5), pp. 504-522; with the constants of Dixon & Szegő 1978.
    """

    name = "branin"
    formula = "(y − 5.1x²/(4π²) + 5x/π − 6)² + 10(1 − 1/(8π)) cos x + 10"
    source = "Branin 1972, IBM J. Res. Dev. 16(5), pp. 504-522; Dixon & Szegő 1978"
    dim = 2
    lowest, highest = (-5.0, 0.0), (10.0, 15.0)
    least = 10 / (8 * np.pi)
    least_at = ((-np.pi, 12.275), (np.pi, 2.275), (3 * np.pi, 2.475))
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A parabolic valley with a cosine along it."""
        x, y = w[0], w[1]
        across = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
        return across**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10


@dataclass(frozen=True)
class ThreeHumpCamel(Function):
    """Three minima in a row, the middle one the lowest.

    Source: Dixon & Szegő 1975, "Towards Global Optimisation"; as collected by Jamil & Yang 2013 (arXiv:1308.4008).
    """

    name = "three_hump_camel"
    formula = "2x² − 1.05x⁴ + x⁶/6 + xy + y²"
    source = "Dixon & Szegő 1975; Jamil & Yang 2013 (arXiv:1308.4008)"
    dim = 2
    lowest, highest = -5.0, 5.0
    least_at = (0.0,)
    warnings = (Flag.MANY_MINIMA,)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A polynomial of degree six."""
        x, y = w[0], w[1]
        return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


@dataclass(frozen=True)
class Saddle(Function):
    """The saddle x² − y², stationary at the origin and unbounded below along y.

    It starts close to the line y = 0, along which a method runs into the saddle before it notices the way down.
    """

    name = "saddle"
    formula = "x² − y²"
    source = "the simplest quadratic form that is neither bounded below nor above"
    dim = 2
    lowest, highest = -2.0, 2.0
    begins_at = (1.0, 0.001)
    least = -np.inf
    warnings = (Flag.SADDLE, Flag.UNBOUNDED)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A difference of two squares."""
        return w[0] ** 2 - w[1] ** 2
