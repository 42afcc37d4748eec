"""Values and gradients at many points side by side, by any gradient method that runs in lanes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.dual import LEVELS
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import Node, ancestors, scalar, variable
from gdlab.autodiff.methods import DualNumbers, Method, Numeric, Reverse, Symbolic
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.symbolic.simplify import simplify
from gdlab.errors import DifferentiationError

Array = np.ndarray[Any, np.dtype[Any]]


def why_not_in_lanes(method: Method) -> str | None:
    """Why the gradients of a method cannot be taken at many points at once; None if they can."""
    match method:
        case Reverse(retrace=True):
            return "reverse mode with retrace traces the loss anew at every point"
        case Numeric(scheme="complex"):
            return "complex steps are taken operation by operation, not in a program"
        case Numeric(scheme="richardson"):
            return "Richardson extrapolation chooses its steps by the values it meets"
        case Reverse() | Symbolic() | DualNumbers() | Numeric():
            return None
        case _:
            return f"gradient method {method.name!r} has no form for many points at once"


class DerivativesInLanes:
    """The value and the gradient of f at the columns of an array of shape (n, lanes).

    The formula of each method is that of one point: dual numbers take a pass for each parameter, differences move one
    parameter after the other, in all lanes at once.

    Args:
        f: `f(w)`, written with NumPy; returns a scalar.
        example: a point, shape (n,).
        method: the gradient method.

    Raises:
        DifferentiationError: if f cannot be traced, is the same for all w, or the method does not run in lanes.
    """

    def __init__(self, f: Callable[[Any], Any], example: Array, method: Method) -> None:
        if (reason := why_not_in_lanes(method)) is not None:
            raise DifferentiationError(reason)
        self.method = method
        self.example = example
        self._w = variable("w", example, next(LEVELS))
        self._out = scalar(f(self._w))
        if not any(node is self._w for node in ancestors([self._out])):
            raise DifferentiationError("a loss that is the same for all w is not compiled in lanes")
        self._v: Node | None = None
        self._both: dict[str, Node] | None = None
        self._programs: dict[tuple[str, int], Program] = {}
        match method:
            case Reverse():
                self._both = {"value": self._out, "gradient": gradients(self._out, [self._w])[0]}
            case Symbolic():
                (gradient,) = simplify(gradients(self._out, [self._w]), order=[self._out])
                self._both = {"value": self._out, "gradient": gradient}
            case DualNumbers():
                self._v = variable("v", example, self._w.level)
                self._both = {"value": self._out, "slope": tangent(self._out, {self._w: self._v})}
            case _:
                pass

    @property
    def longest(self) -> int:
        """The number of elements of the longest value that f computes, or of w."""
        return max(node.size for node in ancestors([self._out]))

    @property
    def products(self) -> int:
        """The multiplications in products of matrices that both differ by lane, of one lane."""
        laned, total = {id(self._w)}, 0
        for node in ancestors([self._out]):
            mine = [id(child) in laned for child in node.inputs]
            if any(mine):
                laned.add(id(node))
            if node.primitive is not None and node.primitive.name == "matmul" and all(mine):
                total += node.size * node.inputs[0].shape[-1]
        return total

    def value(self, w: Array) -> Array:
        """f at each column, as a new array of shape (lanes,)."""
        program = self._program("value", w.shape[1])
        program.arrays["w"][...] = w
        program.run()
        return program.arrays["value"].copy()

    def value_and_gradient(self, w: Array) -> tuple[Array, Array]:
        """f and ∇f at each column, as new arrays of shapes (lanes,) and (n, lanes)."""
        match self.method:
            case DualNumbers():
                return self._by_passes(w)
            case Numeric(scheme=scheme, eps=eps):
                return self._by_differences(w, central=scheme == "central", eps=eps)
            case _:
                program = self._program("both", w.shape[1])
                program.arrays["w"][...] = w
                program.run()
                gradient = program.arrays["gradient"]
                gradient = gradient if gradient.shape == w.shape else np.broadcast_to(gradient[:, None], w.shape)
                return program.arrays["value"].copy(), gradient.copy()

    def _by_passes(self, w: Array) -> tuple[Array, Array]:
        program = self._program("both", w.shape[1])
        arrays = program.arrays
        arrays["w"][...] = w
        gradient = np.empty_like(w)
        for i, direction in enumerate(np.eye(len(w), dtype=w.dtype)):
            arrays["v"][...] = direction
            returned = program.run()
            gradient[i] = arrays.get("slope", returned)  # of a linear loss it is one number, which is returned
        return arrays["value"].copy(), gradient

    def _by_differences(self, w: Array, *, central: bool, eps: float | None) -> tuple[Array, Array]:
        program = self._program("value", w.shape[1])
        point, value = program.arrays["w"], program.arrays["value"]
        point[...] = w
        program.run()
        base = value.copy()
        unit = float(np.finfo(w.dtype).eps) ** (1 / 3 if central else 1 / 2)
        steps = np.full_like(w, eps) if eps is not None else (unit * np.maximum(1, np.abs(w)) ** 0.75).astype(w.dtype)
        gradient = np.empty_like(w)
        for i, h in enumerate(steps):
            point[i] = w[i] + h
            program.run()
            gradient[i] = value
            if central:
                point[i] = w[i] - h
                program.run()
                gradient[i] = (gradient[i] - value) / (2 * h)
            else:
                gradient[i] = (gradient[i] - base) / h
            point[i] = w[i]
        return base, gradient

    def _program(self, what: str, lanes: int) -> Program:
        """The program for so many lanes; asked again, the same one."""
        key = what, lanes
        if key not in self._programs:
            inputs = {"w": self._w}
            if what == "value" or self._both is None:
                self._programs[key] = Program(inputs, {"value": self._out}, lanes=lanes)
            else:
                inputs |= {} if self._v is None else {"v": self._v}
                self._programs[key] = Program(inputs, self._both, lanes=lanes, laned=["w"])
        return self._programs[key]
