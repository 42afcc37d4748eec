"""Rules for losses that are sums of squares, which see the residuals behind the loss."""

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, Protocol, cast

import numpy as np

from gdlab.errors import UsageError
from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.optimizers.line_search import Line, all_finite
from gdlab.optimizers.searched import Searched
from gdlab.record import Positive
from gdlab.state import State


class SquaredObjective(Protocol):
    """An objective f(w) = c·Σᵢ rᵢ(w)² with a constant c > 0."""

    def residuals(self, w: Array) -> Array:
        """r(w), shape (m,)."""

    def residuals_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        """r(w), shape (m,), and ∂rᵢ/∂wⱼ, shape (m, n)."""


@dataclass(frozen=True)
class SquaredLossRule(Optimizer):
    """A rule that needs a loss that is a constant times the sum of the squares of residuals."""

    traceable = False
    uses_more = True
    needs = frozenset({"residuals"})

    def squared(self, objective: Objective) -> SquaredObjective:
        """The objective as one that has residuals.

        Raises:
            UsageError: if it has none.
        """
        if not hasattr(objective, "residuals_and_jacobian"):
            raise UsageError(f"{self.name} needs a loss that is a sum of squares, with its residuals")
        return cast("SquaredObjective", objective)


@dataclass(frozen=True)
class GaussNewton(Searched, SquaredLossRule):
    """Gauss-Newton: to the least-squares solution of the residuals' linear model at w.

    It is Newton's method without the second derivatives of r, fast where r is small or nearly linear. Of several
    solutions it takes the shortest. Without a search it may run away; Levenberg-Marquardt does not.
    """

    name = "gauss_newton"
    remembers = False
    fixed = frozenset({"c1", "shrink"})
    formula = "d = the d of least ‖Jd + r‖, J = ∂r/∂w\nw ← w + lr·d"
    source = "Gauss 1809; Nocedal & Wright 2006, section 10.3"

    def init(self, w: Array) -> State:
        """No state."""
        return ()

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One Gauss-Newton step."""
        squared = self.squared(objective)
        r, J = squared.residuals_and_jacobian(w)  # noqa: N806 - the paper's symbol
        if not (all_finite(r) and np.isfinite(J).all()):
            return w * np.nan, ()
        d = np.linalg.lstsq(J, -r, rcond=None)[0]
        if self.search == "none":
            return w + self.lr * d, ()
        return self.found(Line(_HalfSumOfSquares(squared), w, 0.5 * float(r.dot(r)), J.T.dot(r), d)), ()


class _HalfSumOfSquares:
    """½Σr² for a search, which may differ from f by a constant factor."""

    def __init__(self, objective: SquaredObjective) -> None:
        self.objective = objective

    def value(self, w: Array) -> float:
        r = self.objective.residuals(w)
        return 0.5 * float(r.dot(r))

    def gradient(self, w: Array) -> Array:
        r, J = self.objective.residuals_and_jacobian(w)  # noqa: N806
        gradient: Array = J.T.dot(r)
        return gradient


class LevenbergMarquardtState(NamedTuple):
    """The damping μ of the next step; 0 before the first."""

    mu: Array


@dataclass(frozen=True)
class LevenbergMarquardt(SquaredLossRule):
    """Levenberg-Marquardt: between Gauss-Newton (small μ) and short steps against the gradient (large μ).

    A step raises μ until f falls, and lowers it the more, the better the linear model has told by how much. With
    `scaling: diagonal` each parameter is damped in proportion to its curvature, as by Marquardt; with `none` all alike,
    as by Levenberg.
    """

    name = "levenberg_marquardt"
    fixed = frozenset({"tau"})
    formula = (
        "d = the d of least ‖Jd + r‖² + μ‖Dd‖², D = I or diag(JᵀJ)^½\n"
        "w ← w + d, μ ← μ·max(1/3, 1 − (2ρ − 1)³) if ρ = actual over predicted decrease > 0\n"
        "μ ← νμ, ν ← 2ν otherwise, and again"
    )
    source = (
        "Levenberg 1944; Marquardt 1963; damping by Nielsen 1999, as in Madsen, Nielsen & Tingleff 2004, Methods for "
        "Non-linear Least Squares Problems, Algorithm 3.16"
    )
    tau: Annotated[Positive, "τ, the first μ as a share of the largest element of JᵀJ (of D², if that is not I)"] = 1e-3
    scaling: Annotated[Literal["none", "diagonal"], "how the parameters are damped: all alike, or each its own way"] = (
        "none"
    )

    @property
    def written(self) -> str:
        """With the D that is chosen."""
        return self.formula.replace("D = I or diag(JᵀJ)^½", "D = I" if self.scaling == "none" else "D = diag(JᵀJ)^½")

    def init(self, w: Array) -> LevenbergMarquardtState:
        """μ is set at the first step."""
        return LevenbergMarquardtState(np.zeros((), w.dtype))

    def step(
        self, objective: Objective, w: Array, state: LevenbergMarquardtState
    ) -> tuple[Array, LevenbergMarquardtState]:
        """One step that decreases f; none where no step does."""
        squared = self.squared(objective)
        r, J = squared.residuals_and_jacobian(w)  # noqa: N806 - the paper's symbol
        if not (all_finite(r) and np.isfinite(J).all()):
            return w * np.nan, state
        curvatures = np.einsum("ij,ij->j", J, J)
        D2 = curvatures if self.scaling == "diagonal" else np.ones_like(curvatures)  # noqa: N806
        mu, nu = float(state.mu) or self.tau * float((curvatures / np.where(D2 > 0, D2, 1)).max()), 2.0
        while True:
            weights = mu * D2
            if not all_finite(weights):
                return w, state
            d = _damped(J, r, weights)
            if np.array_equal(w + d, w):
                return w, state
            after = squared.residuals(w + d)
            predicted = float(d.dot(weights * d - J.T.dot(r)))
            gain = float(r.dot(r) - after.dot(after)) / predicted if predicted > 0 else 0.0
            if gain > 0:
                mu *= max(1 / 3, 1 - (2 * gain - 1) ** 3)
                return w + d, LevenbergMarquardtState(np.array(mu, w.dtype))
            mu, nu = mu * nu, 2 * nu


def _damped(J: Array, r: Array, weights: Array) -> Array:  # noqa: N803
    """The d of least ‖Jd + r‖² + Σ weights·d², without forming JᵀJ, which would square its condition."""
    stacked = np.concatenate((J, np.diag(np.sqrt(weights))))
    d: Array = np.linalg.lstsq(stacked, np.concatenate((-r, np.zeros_like(weights))), rcond=None)[0]
    return d
