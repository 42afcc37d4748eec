"""Derivatives by central differences at ever shorter steps, extrapolated to the step 0, with an estimate of the error.

A(h) = (f(w + h·eᵢ) − f(w − h·eᵢ))/2h has an error in even powers of h. From steps h, h/2, h/4, … the tableau

    Tⱼₖ = (4ᵏ·Tⱼ,ₖ₋₁ − Tⱼ₋₁,ₖ₋₁)/(4ᵏ − 1),  Tⱼ₀ = A(h/2ʲ)

removes one power after the other. Of the entries that the shortest steps do not contradict, the one that differs least
from those it is made of is the result; by how much it differs is the estimate of its error.

Source: Richardson 1911, Phil. Trans. R. Soc. A 210, pp. 307-357; Ridders 1982, Advances in Engineering Software 4(2),
pp. 75-76, with a fixed number of steps.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.derivatives import Array, Derivatives, difference_along

LEVELS = 8
MOST = 40  # halvings, until so many steps in a row stay within the domain


class RichardsonDerivatives(Derivatives):
    """By extrapolated differences; second order by central differences of them.

    Args:
        f, w, rows: as for all methods; f may branch on its values.
        eps: the first and longest step h; None is 0.1·max(1, √|wᵢ|).
    """

    def __init__(self, f: Callable[..., Any], w: Any, rows: Any = None, *, eps: float | None = None) -> None:
        super().__init__(f, w, rows)
        self.eps = eps

    @property
    def cost_of_gradient(self) -> Cost:
        """Two evaluations for each step of each parameter."""
        return Cost(evaluations=2 * LEVELS * self.n)

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """The same, and one for the value."""
        return Cost(evaluations=2 * LEVELS * self.n + 1)

    @property
    def cost_of_hvp(self) -> Cost:
        """Two gradients."""
        return self.cost_of_gradient * 2

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w), and ∇f(w) by extrapolation."""
        return self.value(w, rows), self.gradient(w, rows)

    def gradient(self, w: Array, rows: Any = None) -> Array:
        """∇f(w) by extrapolation."""
        return self.gradient_and_error(w, rows)[0]

    def gradient_and_error(self, w: Array, rows: Any = None) -> tuple[Array, Array]:
        """∇f(w), and an estimate of the error of each partial derivative; both in the shape of w."""
        point = self._point(w)
        sizes = np.sqrt(np.maximum(1, np.abs(point))) * 0.1 if self.eps is None else np.full(point.shape, self.eps)
        directions = zip(self._directions(), sizes.reshape(-1), strict=True)
        # A long step may leave the domain of f; its NaN is left out of what is extrapolated from shorter ones.
        with np.errstate(all="ignore"):
            pairs = [self._extrapolated(point, direction, size, rows) for direction, size in directions]
        slopes, errors = np.array(pairs, self.example.dtype).reshape(self.n, 2).T
        return slopes.reshape(self.example.shape), errors.reshape(self.example.shape)

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v: the difference of the gradients at two points along v."""
        unit = float(np.finfo(self.example.dtype).eps) ** (1 / 4)
        return np.asarray(difference_along(lambda x: self.gradient(x, rows), self._point(w), v, unit))

    def _extrapolated(self, w: Array, direction: Array, size: float, rows: Any) -> tuple[float, float]:
        """The best entry of the tableau along a direction, and how far it is from those it is made of."""
        entries: list[tuple[float, float]] = []
        plain: list[float] = []
        above: list[Any] = []
        for halvings in range(MOST):
            h = self.example.dtype.type(size / 2**halvings)
            ahead, behind = self.value(w + h * direction, rows), self.value(w - h * direction, rows)
            row = [(ahead - behind) / (2 * h)]
            if not np.isfinite(row[0]):  # the step leaves the domain of f: begin again with shorter ones
                plain, entries, above = [], [], []
                continue
            plain.append(float(row[0]))
            for k in range(1, len(plain)):
                row.append((4**k * row[k - 1] - above[k - 1]) / (4**k - 1))
                error = max(abs(row[k] - row[k - 1]), abs(row[k] - above[k - 1]))
                entries.append((float(error), float(row[k])))
            above = row
            if len(plain) == LEVELS:
                break
        else:
            return np.nan, np.inf
        # At steps longer than the waves of f entries may agree by chance; the shortest steps tell how far off is too
        # far. In a convergent tableau the last plain difference is off by a third of its last change, and by rounding.
        last, width = plain[-1], abs(plain[-1] - plain[-2])
        rounding = float(np.finfo(self.example.dtype).eps) * float(abs(ahead)) / float(h)
        sound = [(error, entry) for error, entry in entries if abs(entry - last) <= 2 * width + 8 * rounding]
        error, best = min(sound, default=(width, last))
        return best, error
