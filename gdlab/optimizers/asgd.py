"""Averaged stochastic gradient descent."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.parameters import LearningRate
from gdlab.optimizers.precision import single
from gdlab.record import NonNegative

TORCH_T0 = 1e6  # also outside of a run, whose steps would tell


class ASGDState(NamedTuple):
    """Steps done, and the average of the points visited."""

    k: Array
    ax: Array


@dataclass(frozen=True)
class ASGD(Optimizer):
    """Averaged stochastic gradient descent: steps that shrink slowly, and the average of the points as the answer.

    The average starts after t0 steps; until then it follows w. λ is also the weight of an L2 penalty, as in the paper.
    The defaults are torch's, but for t0: its 10⁶ averages nothing in a run that is not as long.
    """

    name = "asgd"
    fixed = frozenset({"t0"})
    formula = "η = lr/(1 + λ·lr·k)^α\nw ← (1 − λη)w − ηg\nax ← ax + (w − ax)/max(1, k − t0)"
    source = "Polyak & Juditsky 1992, SIAM J. Control Optim. 30(4), pp. 838-855; Xu 2011 (arXiv:1107.2490)"

    variants: ClassVar[dict[str, str]] = {
        "published": "computes the step size in the precision of w",
        "torch": "rounds η and the weight of the average to single precision, as torch keeps them; t0 is 10⁶ if unset",
    }

    lr: LearningRate = 0.01
    lambd: Annotated[NonNegative, "λ: how fast the step size falls, and the L2 penalty"] = 1e-4
    alpha: Annotated[NonNegative, "power with which the step size falls"] = 0.75
    t0: Annotated[
        NonNegative | None, "steps before the averaging starts; unset: half of those of a run, with variant torch 10⁶"
    ] = None
    variant: Annotated[Literal["published", "torch"], "precision of η"] = "published"

    def derived(self, move: Move) -> dict[str, Any]:
        """η."""
        return {"η": self.lr_at(move.before.k)}

    def init(self, w: Array) -> ASGDState:
        """The average starts as w."""
        return ASGDState(np.zeros((), w.dtype), w.copy())

    def step(self, objective: Objective, w: Array, state: ASGDState) -> tuple[Array, ASGDState]:
        """One step, which then enters the average."""
        k, ax = state
        eta = self.lr_at(k)
        share = 1 / np.maximum(1, k - (TORCH_T0 if self.t0 is None else self.t0))
        if self.variant == "torch":
            eta, share = single(eta), single(share)
        w = (1 - self.lambd * eta) * w - eta * objective.gradient(w)
        ax = ax + share * (w - ax)
        return w, ASGDState(k + 1, ax)

    def fitted(self, steps: int, seed: int, infimum: float | None = None) -> "ASGD":
        """With t0 at half of the steps, unless it is set, or torch's."""
        return replace(self, t0=float(steps // 2)) if self.t0 is None and self.variant == "published" else self

    def lr_at(self, k: Any) -> Any:
        """η."""
        return self.lr / (1 + self.lambd * self.lr * k) ** self.alpha

    def solution(self, w: Array, state: ASGDState) -> Array:
        """The average of the points."""
        return state.ax
