"""Functions with one valley-free minimum: what a method must at least be able to do."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge

from gdlab.problems.base import Array
from gdlab.problems.functions.base import Function, FunctionOfAnyDimension


@dataclass(frozen=True)
class Ellipsoid(FunctionOfAnyDimension):
    """A quadratic bowl of any dimension with a given condition number κ.

    The curvatures of its coordinates run from 1 to κ in equal ratios. Plain gradient descent needs lr < 2/κ, and then
    takes about κ steps for each factor e of the distance.

    Source: as f₂ "ellipsoidal" in Hansen, Finck, Ros & Auger 2009 (INRIA RR-6829), there with κ = 10⁶ and no ½.
    """

    name = "ellipsoid"
    formula = "½ Σᵢ κ^((i−1)/(n−1)) wᵢ²"
    source = "Hansen, Finck, Ros & Auger 2009 (INRIA RR-6829), f₂"
    lowest, highest = -5.0, 5.0
    begins_at = 1.0
    least_at = (0.0,)

    condition: Annotated[float, Ge(1), "κ, the largest curvature divided by the smallest, for dim ≥ 2"] = 100.0

    @cached_property
    def curvatures(self) -> Array:
        """The eigenvalues of the Hessian, one for each coordinate."""
        return np.geomspace(1, self.condition, self.dim)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The weighted sum of squares."""
        return np.sum(self.curvatures * w**2) / 2


@dataclass(frozen=True)
class Booth(Function):
    """A tilted quadratic bowl of two variables, of condition number 9.

    Source: as collected by Jamil & Yang 2013 (arXiv:1308.4008).
    """

    name = "booth"
    formula = "(x + 2y − 7)² + (2x + y − 5)²"
    source = "as collected by Jamil & Yang 2013 (arXiv:1308.4008)"
    dim = 2
    lowest, highest = -10.0, 10.0
    least_at = ((1.0, 3.0),)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """A sum of two squares."""
        x, y = w[0], w[1]
        return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2

    def squared(self, w: Any) -> tuple[Any, ...]:
        """Two terms."""
        x, y = w[0], w[1]
        return x + 2 * y - 7, 2 * x + y - 5
