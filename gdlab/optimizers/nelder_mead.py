"""The simplex search of Nelder and Mead."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.record import Positive

LENGTH, LENGTH_AT_ZERO = 0.05, 0.00025  # of the first edges: a share of each coordinate, and where that is 0


class NelderMeadState(NamedTuple):
    """The n + 1 corners of the simplex, shape (n + 1, n), the best first, and f there (NaN before the first step)."""

    simplex: Array
    values: Array


@dataclass(frozen=True)
class NelderMead(Optimizer):
    """Nelder-Mead: a simplex of n + 1 points that turns its worst corner over, stretches, and shrinks.

    w is the best corner. A step takes one or two evaluations of f, n more when the simplex shrinks, and n + 1 more at
    the beginning. Where f is NaN it counts as infinite. On minibatches corners keep the values of other batches. It can
    end where f is not least; for more than about ten parameters prefer `adaptive`. The paper leaves the first edges
    open; these are L. Pfeffer's, as in fminsearch and scipy.
    """

    name = "nelder_mead"
    uses_gradient = False
    uses_more = True
    traceable = False
    fixed = frozenset({"size"})
    formula = (
        "c = mean of all corners but the worst, x(t) = c + t·(c − worst)\n"
        "worst ← x(α), or x(αγ) if x(α) is the best of all and x(αγ) better than the old best, too,\n"
        "or x(β), x(−β) if x(α) is worse than all others; if that is no better, all corners ← halfway to the best"
    )
    source = "Nelder & Mead 1965, The Computer Journal 7(4), pp. 308-313"
    variants: ClassVar[dict[str, str]] = {
        "published": "α = 1, β = ½, γ = 2, and the simplex shrinks to ½",
        "adaptive": "α = 1, β = ¾ − 1/2n, γ = 1 + 2/n, and the simplex shrinks to 1 − 1/n: Gao & Han 2012, "
        "Computational Optimization and Applications 51, pp. 259-277; the same for n = 2",
    }

    size: Annotated[
        Positive | None, "length of the first edges; unset: 5 % of each coordinate, 0.00025 where it is 0"
    ] = None
    variant: Annotated[Literal["published", "adaptive"], "whether the factors depend on n"] = "published"

    def init(self, w: Array) -> NelderMeadState:
        """w, and w moved along each axis."""
        edges = np.where(w == 0, LENGTH_AT_ZERO, LENGTH * w) if self.size is None else np.full_like(w, self.size)
        simplex = np.concatenate((w[None], w + np.diag(edges).astype(w.dtype)))
        return NelderMeadState(simplex, np.full(w.size + 1, np.nan, w.dtype))

    def step(self, objective: Objective, w: Array, state: NelderMeadState) -> tuple[Array, NelderMeadState]:
        """One turn of the simplex."""
        simplex, values = state
        if np.isnan(values).all():
            simplex, values = _sorted(simplex, _values(objective, simplex))
        alpha, beta, gamma, shrink = self._factors(w.size)
        centre = simplex[:-1].mean(axis=0)
        away = centre - simplex[-1]

        def at(t: float) -> tuple[Array, float]:
            x = centre + t * away
            return x, _value(objective, x)

        best, second, worst = float(values[0]), float(values[-2]), float(values[-1])
        x, f = at(alpha)
        if f < best:
            further = at(alpha * gamma)
            x, f = further if further[1] < best else (x, f)
        elif f > second:
            nearer = at(beta * alpha if f < worst else -beta)
            if nearer[1] > min(f, worst):
                simplex = simplex[0] + shrink * (simplex - simplex[0])
                values = np.concatenate((values[:1], _values(objective, simplex[1:])))
                return _best(w, *_sorted(simplex, values))
            x, f = nearer
        simplex, values = np.concatenate((simplex[:-1], x[None])), np.append(values[:-1], values.dtype.type(f))
        return _best(w, *_sorted(simplex, values))

    def _factors(self, n: int) -> tuple[float, float, float, float]:
        """α, β, γ, and the share of its size to which the simplex shrinks."""
        if self.variant == "published":
            return 1.0, 0.5, 2.0, 0.5
        n = max(2, n)  # of a simplex of two corners nothing would be left
        return 1.0, 0.75 - 1 / (2 * n), 1 + 2 / n, 1 - 1 / n


def _best(w: Array, simplex: Array, values: Array) -> tuple[Array, NelderMeadState]:
    """The best corner, which is w itself where that is still the best."""
    best = w if np.array_equal(simplex[0], w) else simplex[0].copy()
    return best, NelderMeadState(simplex, values)


def _value(objective: Objective, x: Array) -> float:
    f = float(objective.value(x))
    return math.inf if math.isnan(f) else f


def _values(objective: Objective, corners: Array) -> Array:
    return np.array([_value(objective, corner) for corner in corners], corners.dtype)


def _sorted(simplex: Array, values: Array) -> tuple[Array, Array]:
    """The best corner first; of equal ones the older."""
    order = np.argsort(values, kind="stable")
    return simplex[order], values[order]
