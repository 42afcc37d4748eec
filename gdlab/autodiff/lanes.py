"""Many passes over one function at once, as lanes of one program: many points, or many directions from one point."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.binding import outer
from gdlab.autodiff.graph import Node, trace
from gdlab.autodiff.program.program import Program
from gdlab.errors import DifferentiationError

Array = np.ndarray[Any, np.dtype[Any]]

FEW = 2  # passes for which a program of its own is not worth its compilation
MOST = 64  # lanes, beyond which more do not make a pass cheaper
ELEMENTS = 1 << 20  # of all lanes of the parameters together


def lanes_for(n: int, passes: int) -> int:
    """How many lanes to use for so many passes over a function of n parameters; fewer than 2 means none."""
    return min(passes, MOST, ELEMENTS // max(1, n))


class AtPoints:
    """A plain NumPy function `f(w)` with a scalar result, at the columns of an array.

    Args:
        f: the function; one that cannot be traced is called point by point.
        example: a point, shape (n,).
        lanes: how many points are computed at once.
        few: points up to which f is called for each; 0 rounds alike however many points come together.
    """

    def __init__(self, f: Callable[[Any], Any], example: Array, lanes: int, few: int = FEW) -> None:
        self.f = f
        self.few = few
        self.example = example
        self.lanes = lanes

    def __call__(self, points: Array) -> Array:
        """The values at points of shape (n, k), shape (k,)."""
        count = points.shape[-1]
        if count <= self.few or not self.compiled:
            return np.array([float(self.f(points[:, i])) for i in range(count)])
        chunks = [self._at_once(points[:, i : i + self.lanes]) for i in range(0, count, self.lanes)]
        return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)

    @property
    def compiled(self) -> bool:
        """Whether the function runs in lanes; it does not if it branches, or takes part in another derivative."""
        return self._program is not None

    def _at_once(self, points: Array) -> Array:
        assert self._program is not None  # noqa: S101 - the caller has seen to it
        count = points.shape[-1]
        self._program.arrays["w"][:, :count] = points
        returned = self._program.run()
        values = self._program.arrays["value"] if returned is None else np.full(self.lanes, returned)
        return values[:count].copy()

    @cached_property
    def _program(self) -> Program | None:
        if self.lanes < 2:
            return None
        try:
            (w,), out = trace(self.f, self.example)
            if outer({"w": w}, {"value": out}):
                return None
            return Program({"w": w}, {"value": out}, lanes=self.lanes)
        except (DifferentiationError, NotImplementedError):
            return None


class AlongAxes:
    """The value of a graph and its derivative along each axis: forward passes as lanes.

    Args:
        inputs: `w` of shape (n,), with minibatches `rows`, and the direction `v`.
        value: the graph.
        slope: its tangent along v.
        lanes: how many directions are computed at once.

    Raises:
        NotImplementedError: if the graph has a step that does not run in lanes.
    """

    def __init__(self, inputs: Mapping[str, Node], value: Node, slope: Node, lanes: int) -> None:
        self.program = Program(inputs, {"value": value, "slope": slope}, lanes=lanes, laned=["v"])
        self.lanes = lanes
        self._v = self.program.arrays["v"]
        self.n = len(self._v)
        self._v[...] = np.eye(self.n, lanes)

    def __call__(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """The value, and the n slopes as a new array."""
        arrays = self.program.arrays
        arrays["w"][...] = w
        if "rows" in arrays:
            arrays["rows"][...] = rows
        slopes = np.empty(self.n, self._v.dtype)
        value = None
        for begin in range(0, self.n, self.lanes):
            if self.n > self.lanes:
                self._v[...] = np.eye(self.n, self.lanes, -begin)
            found = self.program.run()
            value, slope = found if isinstance(found, tuple) else (found, arrays["slope"])
            end = min(begin + self.lanes, self.n)
            slopes[begin:end] = slope if np.ndim(slope) == 0 else slope[: end - begin]
        return value, slopes
