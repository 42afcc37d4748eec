"""Derivatives by differences of function values."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.derivatives import Array, Derivatives, gathered
from gdlab.autodiff.lanes import FEW, AtPoints, lanes_for
from gdlab.autodiff.primitive import Traced


class NumericDerivatives(Derivatives):
    """By differences of values; second order by differences of gradients.

    Second order with steps that are not given is central for both schemes: forward differences of forward differences
    keep three digits.

    Args:
        f, w, rows: as for all methods.
        scheme: `forward` or `central`.
        eps: the step, taken as it is; None chooses it by the precision of w and the size of each parameter.
    """

    def __init__(
        self, f: Callable[..., Any], w: Any, rows: Any = None, *, scheme: str = "central", eps: float | None = None
    ) -> None:
        super().__init__(f, w, rows)
        self.central = scheme == "central"
        self.eps = eps
        self._unit = float(np.finfo(self.example.dtype).eps)

    @property
    def cost_of_gradient(self) -> Cost:
        """Forward n + 1 evaluations, central 2n."""
        return Cost(evaluations=2 * self.n if self.central else self.n + 1)

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """Forward n + 1 evaluations, central 2n and one for the value."""
        return Cost(evaluations=2 * self.n + 1 if self.central else self.n + 1)

    @property
    def cost_of_hvp(self) -> Cost:
        """Two gradients."""
        return self._second.cost_of_gradient * 2

    @property
    def cost_of_hessian(self) -> Cost:
        """Forward n + 1 gradients, central 2n."""
        return self._second.cost_of_gradient * (2 * self.n if self._second.central else self.n + 1)

    def gradient(self, w: Array, rows: Any = None) -> Array:
        """∇f(w) by differences."""
        base = None if self.central else self.value(w, rows)
        return self._gradient(w, rows, base, self._steps(w, order=1))

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w), and ∇f(w) by differences."""
        base = self.value(w, rows)
        return base, self._gradient(w, rows, base, self._steps(w, order=1))

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v: the difference of the gradients at two points along v."""
        moved = v != 0
        if not np.any(moved):
            return np.zeros_like(self.example)
        second = self._second
        h = float(np.min(second._steps(w, order=2)[moved] / np.abs(v[moved])))
        back = w - h * v if second.central else w
        width = 2 * h if second.central else h
        product: Any = (second._wide_gradient(w + h * v, rows) - second._wide_gradient(back, rows)) / width
        return product if isinstance(product, Traced) else np.asarray(product)  # type: ignore[return-value]

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w): row i holds the differences of ∂f/∂wᵢ."""
        if self.n == 0:
            return super().hessian(w, rows)
        second = self._second
        flat, shape, steps = self._flat(w), self.example.shape, second._steps(w, order=2).reshape(-1)
        base = None if second.central else second._wide_gradient(w, rows).reshape(-1)
        columns = []
        for j in range(self.n):
            ahead = second._wide_gradient(_moved(flat, j, steps[j]).reshape(shape), rows).reshape(-1)
            if base is None:
                back = second._wide_gradient(_moved(flat, j, -steps[j]).reshape(shape), rows).reshape(-1)
                columns.append((ahead - back) / (2 * steps[j]))
            else:
                columns.append((ahead - base) / steps[j])
        return np.stack(columns, axis=1)

    @cached_property
    def _second(self) -> "NumericDerivatives":
        if self.central or self.eps is not None:
            return self
        return NumericDerivatives(self.f, self.example, self.rows, scheme="central")

    def _flat(self, w: Any) -> Any:
        return self._point(w).reshape(-1)

    def _wide_gradient(self, w: Array, rows: Any) -> Array:
        """The gradient with the wider step that a second difference needs."""
        base = None if self.central else self.value(w, rows)
        return self._gradient(w, rows, base, self._steps(w, order=2))

    def _steps(self, w: Array, order: int) -> Array:
        """The step for each parameter: as given, or the one that balances truncation and rounding."""
        if self.eps is not None:
            return np.full(self.example.shape, self.eps, self.example.dtype)
        power = 1 / (order + (2 if self.central else 1))
        # In proportion to |w| a step would soon be longer than the waves of a sine, and without |w| drown in rounding.
        size = np.ones(self.example.shape) if isinstance(w, Traced) else np.maximum(1, np.abs(self._point(w))) ** 0.75
        return np.asarray(self._unit**power * size, self.example.dtype)

    def _gradient(self, w: Array, rows: Any, base: Any, steps: Array) -> Array:
        if self._at_points is not None and not isinstance(w, Traced):
            return self._at_once(self._flat(w), steps, self._at_points)
        flat, shape, slopes = self._flat(w), self.example.shape, []
        for i, h in enumerate(steps.reshape(-1)):
            ahead = self.value(_moved(flat, i, h).reshape(shape), rows)
            if self.central:
                behind = self.value(_moved(flat, i, -h).reshape(shape), rows)
                slopes.append((ahead - behind) / (2 * h))
            else:
                slopes.append((ahead - base) / h)
        return gathered(slopes, self.example)

    @cached_property
    def _at_points(self) -> AtPoints | None:
        """The function at many points at once, if it runs in lanes."""
        evaluations = int(self.cost_of_gradient.evaluations)
        lanes = lanes_for(self.n, evaluations)
        if self.rows is not None or self.example.ndim != 1 or min(lanes, evaluations) <= FEW:
            return None
        at_points = AtPoints(self.f, self.example, lanes)
        return at_points if at_points.compiled else None

    def _at_once(self, w: Array, steps: Array, at_points: AtPoints) -> Array:
        """The gradient with all evaluations as lanes; the value at w is one of them, so that its rounding cancels."""
        moves = np.diag(steps)
        if self.central:
            values = at_points(w[:, None] + np.concatenate((moves, -moves), axis=1))
            return np.asarray((values[: self.n] - values[self.n :]) / (2 * steps), self.example.dtype)
        values = at_points(w[:, None] + np.concatenate((moves, np.zeros_like(moves[:, :1])), axis=1))
        return np.asarray((values[:-1] - values[-1]) / steps, self.example.dtype)


def _moved(w: Any, i: int, h: float) -> Any:
    if isinstance(w, Traced):
        return w + h * np.eye(w.shape[0], dtype=w.dtype)[i]
    moved = w.copy()
    moved[i] += h
    return moved
