"""Newton's method, with the whole Hessian or with its products alone."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.line_search import C1, Line, Shrink, all_finite, backtrack
from gdlab.optimizers.searched import Searched
from gdlab.record import Count, Fraction


class NewtonState(NamedTuple):
    """The damping of the last step: the most by which an eigenvalue of its Hessian was changed, 0 if none was."""

    damping: Array


@dataclass(frozen=True)
class Newton(Searched):
    """Newton's method: to the stationary point of the parabola that fits gradient and curvature.

    As long as the Hessian is positive definite it is taken as it is. Elsewhere its eigenvalues λ are replaced by
    max(|λ|, floor·max|λ|), which leads downhill; by how much is the state's `damping`. A Hessian of 0 counts as I.
    Without a search f may rise on the way; `search: armijo` goes back along the step until f falls. The Hessian takes n
    Hessian-vector products, and solving grows with n³. floor has no published default.
    """

    name = "newton"
    traceable = False
    uses_more = True
    remembers = False
    needs = frozenset({"hessian"})
    fixed = frozenset({"c1", "shrink", "floor"})
    formula = (
        "w ← w − lr·H⁻¹g, H = ∇²f(w)\nH = Q·max(|Λ|, floor·max|Λ|)·Qᵀ where ∇²f(w) = QΛQᵀ is not positive definite"
    )
    source = (
        "Nocedal & Wright 2006, Algorithm 3.2; |Λ| as in Greenstadt 1967, Mathematics of Computation 21, pp. 360-367"
    )

    floor: Annotated[Fraction, "least curvature of a damped Hessian, as a share of the greatest"] = 1e-3

    def init(self, w: Array) -> NewtonState:
        """Nothing damped yet."""
        return NewtonState(np.zeros((), w.dtype))

    def remark(self, state: NewtonState) -> str | None:
        """That the last step was damped, for the log of a run."""
        if not state.damping > 0:
            return None
        return f"the Hessian is not positive definite; the step changed its eigenvalues by up to {state.damping:.3g}"

    def step(self, objective: Objective, w: Array, state: NewtonState) -> tuple[Array, NewtonState]:
        """One Newton step."""
        g = objective.gradient(w)
        hessian = objective.hessian(w)
        if not (all_finite(g) and np.isfinite(hessian).all()):
            return w * np.nan, state
        d, damping = descent(hessian, g, self.floor)
        state = NewtonState(np.array(damping, w.dtype))
        if self.search == "none":
            return w + self.lr * d, state
        return self.found(Line(objective, w, float(objective.value(w)), g, d)), state


def descent(hessian: Array, g: Array, floor: float) -> tuple[Array, float]:
    """−H⁻¹g, where H is the Hessian, damped unless that is positive definite; and the damping."""
    hessian = (hessian + hessian.T) / 2
    if is_positive_definite(hessian):
        return -np.linalg.solve(hessian, g), 0.0
    size = float(np.abs(hessian).max()) or 1.0  # so that neither tiny nor huge numbers leave their range
    eigenvalues, vectors = np.linalg.eigh(hessian / size)
    greatest = float(np.abs(eigenvalues).max()) or 1.0
    least = max(floor, float(np.finfo(g.dtype).eps)) * greatest if eigenvalues.any() else 1.0
    damped = np.maximum(np.abs(eigenvalues), least)
    return -vectors.dot(vectors.T.dot(g) / damped) / size, size * float(np.abs(damped - eigenvalues).max())


def is_positive_definite(matrix: Array) -> bool:
    """Whether a symmetric matrix has a Cholesky factor whose pivots are more than rounding."""
    try:
        pivots = np.linalg.cholesky(matrix).diagonal() ** 2
    except np.linalg.LinAlgError:
        return False
    return bool(pivots.min() > len(matrix) * np.finfo(matrix.dtype).eps * matrix.diagonal().max())


class NewtonCGState(NamedTuple):
    """The step size that the last search found, 0 if none, and the products that its direction took."""

    alpha: Array
    inner: Array


@dataclass(frozen=True)
class NewtonCG(Optimizer):
    """Newton's method by conjugate gradients on Hessian-vector products: no matrix is formed.

    The inner iteration ends once the equation holds to min(½, √‖g‖)·‖g‖, or where it meets a direction along which f
    curves downwards: with what it has by then, −g if that is nothing. Then the step is shortened until f falls.
    """

    name = "newton_cg"
    traceable = False
    uses_more = True
    remembers = False
    needs = frozenset({"hvp"})
    fixed = frozenset({"c1", "shrink"})
    formula = "d = −H⁻¹g, H = ∇²f(w), by conjugate gradients, to ‖Hd + g‖ < min(½, √‖g‖)·‖g‖\nw ← w + αd, α by Armijo"
    source = (
        "Dembo & Steihaug 1983, Mathematical Programming 26, pp. 190-212; as in Nocedal & Wright 2006, Algorithm 7.1"
    )

    inner: Annotated[Count | None, "most inner iterations of a step; unset: 2n"] = None
    c1: C1 = 1e-4
    shrink: Shrink = 0.5

    def derived(self, move: Move) -> dict[str, Any]:
        """f where the step began."""
        return {} if move.f is None else {"f": move.f}

    def init(self, w: Array) -> NewtonCGState:
        """Nothing found yet."""
        return NewtonCGState(np.zeros((), w.dtype), np.zeros((), w.dtype))

    def step(self, objective: Objective, w: Array, state: NewtonCGState) -> tuple[Array, NewtonCGState]:
        """One step along the approximate Newton direction."""
        f, g = objective.value_and_gradient(w)
        if not all_finite(g):
            return w - g, state
        d, products = self._direction(objective, w, g)
        alpha, after = backtrack(Line(objective, w, float(f), g, d), 1.0, self.c1, self.shrink) or (0.0, w)
        return after, NewtonCGState(np.array(alpha, w.dtype), np.array(products, w.dtype))

    def _direction(self, objective: Objective, w: Array, g: Array) -> tuple[Array, int]:
        """The direction, and how many products with the Hessian it took."""
        rr = float(g.dot(g))
        norm = math.sqrt(rr)
        enough = (min(0.5, math.sqrt(norm)) * norm) ** 2
        z, r, d = np.zeros_like(g), g, -g
        j = 0
        for j in range(1, 1 + (self.inner or 2 * w.size)):
            product = objective.hvp(w, d)
            curvature = float(d.dot(product))
            if not curvature > 0:
                return (-g if j == 1 else z), j
            alpha = rr / curvature
            z, r = z + alpha * d, r + alpha * product
            before, rr = rr, float(r.dot(r))
            if not rr >= enough:
                break
            d = (rr / before) * d - r
        return z, j
