"""The Jacobian of a function that returns a vector, column by column: a pass or a difference for each parameter."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.binding import point_like
from gdlab.autodiff.caller import call
from gdlab.autodiff.cost import Cost
from gdlab.autodiff.dual import LEVELS, jvp
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import constant, variable
from gdlab.autodiff.lanes import lanes_for
from gdlab.autodiff.methods import Method, Numeric
from gdlab.autodiff.program.program import Program
from gdlab.errors import DifferentiationError

Array = np.ndarray[Any, np.dtype[Any]]


def bind_vector(method: Method, r: Callable[[Any], Any], w: Any) -> "Jacobian":
    """A function r(w) of shape (m,) and its Jacobian at points of the shape of w.

    `numeric` takes differences, forward ones if that is its scheme and central ones otherwise. The exact methods take
    dual numbers, since each pass gives a column for all of r.

    Args:
        method: the gradient method.
        r: a function written with NumPy.
        w: a point, shape (n,); it fixes shape and dtype.
    """
    if isinstance(method, Numeric):
        forward, own = method.scheme == "forward", method.scheme in ("forward", "central")
        return NumericJacobian(r, w, forward=forward, eps=method.eps if own else None)
    return ForwardJacobian(r, w)


class Jacobian:
    """A function r(w) of shape (m,), and ∂rᵢ/∂wⱼ of shape (m, n)."""

    cost_of_value = Cost(evaluations=1)

    def __init__(self, r: Callable[[Any], Any], w: Any) -> None:
        self.r = r
        self.example = point_like(w)
        self.n = self.example.size

    @property
    def cost(self) -> Cost:
        """The charge for one value and Jacobian together."""
        raise NotImplementedError

    def value_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        """r(w), shape (m,), and its Jacobian, shape (m, n)."""
        raise NotImplementedError

    def value(self, w: Array) -> Array:
        """r(w), shape (m,)."""
        found = np.asarray(call(self.r, w.copy()))
        if found.ndim != 1:
            raise DifferentiationError(f"the function returned shape {found.shape}, it must return a vector")
        return found.astype(self.example.dtype, copy=False)


class ForwardJacobian(Jacobian):
    """By dual numbers, all passes as lanes of one program where the function can be traced."""

    @property
    def cost(self) -> Cost:
        """A pass for each parameter; each gives the value too."""
        return Cost(dual_passes=self.n)

    def value_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        """r(w) and its Jacobian."""
        if self._program is None:
            columns = [np.broadcast_to(jvp(self.r, w, axis)[1], self.value(w).shape) for axis in np.eye(self.n)]
            return self.value(w), np.stack(columns, axis=1).astype(self.example.dtype)
        arrays, lanes = self._program.arrays, len(self._program.arrays["v"].T)
        arrays["w"][...] = w
        jacobian = np.empty((len(arrays["value"]), self.n), self.example.dtype)
        for begin in range(0, self.n, lanes):
            arrays["v"][...] = np.eye(self.n, lanes, -begin)
            self._program.run()
            slopes = arrays["slope"] if arrays["slope"].ndim == 2 else arrays["slope"][:, None]
            jacobian[:, begin : begin + lanes] = slopes[:, : self.n - begin]
        return arrays["value"].copy(), jacobian

    @cached_property
    def _program(self) -> Program | None:
        level = next(LEVELS)
        w, v = (variable(name, self.example, level) for name in ("w", "v"))
        try:
            out = constant(call(self.r, w))
            lanes = max(1, lanes_for(self.n, self.n))
            outputs = {"value": out, "slope": tangent(out, {w: v})}
            program = Program({"w": w, "v": v}, outputs, lanes=lanes, laned=["v"])
        except (DifferentiationError, NotImplementedError):
            return None
        return program if {"value", "slope"} <= set(program.arrays) and out.ndim == 1 else None


class NumericJacobian(Jacobian):
    """By differences of values."""

    def __init__(self, r: Callable[[Any], Any], w: Any, *, forward: bool = False, eps: float | None = None) -> None:
        super().__init__(r, w)
        self.forward = forward
        self.eps = eps

    @property
    def cost(self) -> Cost:
        """Forward n + 1 evaluations, central 2n and one for the value."""
        return Cost(evaluations=self.n + 1 if self.forward else 2 * self.n + 1)

    def value_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        """r(w) and its Jacobian."""
        value = self.value(w)
        unit = float(np.finfo(self.example.dtype).eps) ** (1 / 2 if self.forward else 1 / 3)
        steps = np.full(self.n, self.eps) if self.eps is not None else unit * np.maximum(1, np.abs(w))
        columns = []
        for move, step in zip(np.diag(steps.astype(w.dtype)), steps, strict=True):
            if self.forward:
                columns.append((self.value(w + move) - value) / step)
            else:
                columns.append((self.value(w + move) - self.value(w - move)) / (2 * step))
        return value, np.stack(columns, axis=1).astype(self.example.dtype)
