"""The functions of the lecture, and the paths that optimizers take over them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.methods import Numeric, Reverse
from gdlab.optimizers.base import Optimizer
from gdlab.problems.polynomial import Polynomial
from gdlab.problems.quadratic import Quadratic

J = Quadratic().loss
f = Polynomial().loss
AT = (3.0, 4.0)


class Counted:
    """A function through a gradient method, as an optimizer sees it; counts its values."""

    def __init__(self, function: Callable[[Any], Any], w: Any) -> None:
        self.derivatives = Reverse().bind(function, w)
        self.values = 0

    def value(self, w: Any) -> Any:
        """f(w)."""
        self.values += 1
        return self.derivatives.value(w)

    def gradient(self, w: Any) -> Any:
        """∇f(w)."""
        return self.derivatives.gradient(w)

    def value_and_gradient(self, w: Any) -> tuple[Any, Any]:
        """f(w) and ∇f(w)."""
        return self.derivatives.value_and_gradient(w)

    def hessian(self, w: Any) -> Any:
        """∇²f(w)."""
        return self.derivatives.hessian(w)

    def hvp(self, w: Any, v: Any) -> Any:
        """∇²f(w)·v."""
        return self.derivatives.hvp(w, v)


def path(function: Callable[[Any], Any], optimizer: Optimizer, start: Any, steps: int) -> list[Any]:
    """The points w₁, w₂, … that an optimizer visits, each (n,)."""
    w = np.asarray(start, float)
    objective, state, points = Counted(function, w), optimizer.init(w), []
    for _ in range(steps):
        w, state = optimizer.step(objective, w, state)
        points.append(w)
    return points


def along(function: Callable[[Any], Any], optimizer: Optimizer, start: Any, steps: int) -> tuple[float, ...]:
    """The first coordinate of every point of a path."""
    return tuple(float(w[0]) for w in path(function, optimizer, start, steps))


def central(function: Callable[[Any], Any], at: float, eps: float = 1e-6) -> float:
    """The central difference of a function of one number."""
    method = Numeric(scheme="central", eps=eps)
    return float(method.bind(lambda w: function(w[0]), [at]).gradient(np.array([at]))[0])


def slope(function: Callable[[Any], Any], at: float) -> float:
    """The derivative of a function of one number, by reverse mode."""
    return float(Reverse().bind(lambda w: function(w[0]), [at]).gradient(np.array([at]))[0])
