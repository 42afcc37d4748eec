"""A function of the parameters evaluated at many points at once, as lanes of one program."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.graph import trace
from gdlab.autodiff.program.program import Program
from gdlab.errors import DifferentiationError

Array = np.ndarray[Any, np.dtype[Any]]
FEW = 2  # points for which a program is not worth its compilation


class Measured:
    """A plain NumPy function `f(w)` with a scalar result, at the columns of an array.

    Args:
        f: the function; one that cannot be traced is called point by point.
        example: a point, shape (n,).
        lanes: how many points are computed at once.
    """

    def __init__(self, f: Callable[[Any], Any], example: Array, lanes: int) -> None:
        self.f = f
        self.example = example
        self.lanes = lanes

    def __call__(self, points: Array) -> Array:
        """The values at points of shape (n, k), shape (k,); k is at most the number of lanes."""
        count = points.shape[-1]
        if count <= FEW or self._program is None:
            return np.array([float(self.f(points[:, i])) for i in range(count)])
        self._program.arrays["w"][:, :count] = points
        returned = self._program.run()
        values = self._program.arrays["value"] if returned is None else np.full(self.lanes, returned)
        return np.array(values[:count], float)

    @cached_property
    def _program(self) -> Program | None:
        try:
            (w,), out = trace(self.f, self.example)
            return Program({"w": w}, {"value": out}, lanes=self.lanes)
        except (DifferentiationError, NotImplementedError):
            return None
