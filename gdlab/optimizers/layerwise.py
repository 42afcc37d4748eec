"""Steps scaled by norms of whole vectors. Where a paper has one scale a layer, all of w is one layer here."""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.moments import AdamState, hats, unbiased, zero_moments
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate
from gdlab.record import Fraction, NonNegative


@dataclass(frozen=True)
class LAMB(Optimizer):
    """LAMB: the direction of Adam, with a length in proportion to that of w.

    Where w or the direction is 0 the ratio of their norms is taken as 1. The default of λ is that of the libraries; the
    paper trains with 0.01.
    """

    name = "lamb"
    formula = (
        "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\n"
        "u = m̂/(√v̂ + eps) + λw\nw ← w − lr·(‖w‖/‖u‖)·u"
    )
    source = "You et al. 2020 (arXiv:1904.00962), Algorithm 2, with φ the identity and w as one layer"

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-6
    weight_decay: Annotated[NonNegative, "λ: the share of w that is added to the direction"] = 0.0

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k, m and v are 0."""
        return zero_moments(w)

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step along the direction of Adam, of length lr·‖w‖."""
        k, m, v = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        alpha, eps = unbiased(1.0, self.eps, self.beta1, self.beta2, k)
        u = alpha * m / (np.sqrt(v) + eps) + self.weight_decay * w
        return w - self.lr * _ratio(w, u) * u, AdamState(k, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂, v̂, u, and the ratio ‖w‖/‖u‖."""
        found = hats(move.state, self.beta1, self.beta2)
        u = found["m̂"] / (np.sqrt(found["v̂"]) + self.eps) + self.weight_decay * move.w
        return {**found, "u": u, "‖w‖/‖u‖": _ratio(move.w, u)}


def _ratio(w: Array, u: Array) -> Any:
    """‖w‖/‖u‖, 1 where one of them is 0."""
    norm_w, norm_u = np.sqrt(np.sum(w * w, axis=0)), np.sqrt(np.sum(u * u, axis=0))
    defined = np.logical_and(norm_w > 0, norm_u > 0)
    return np.where(defined, norm_w, 1) / np.where(defined, norm_u, 1)


class NovoGradState(NamedTuple):
    """Steps done, the sum of past directions, and the moving average of ‖g‖²."""

    k: Array
    m: Array
    v: Array


@dataclass(frozen=True)
class NovoGrad(Optimizer):
    """NovoGrad: momentum over gradients that are scaled to a norm of about 1 before they enter it.

    The first v is ‖g‖² itself, so there is no bias to be corrected. β₁ and β₂ are those of the paper's experiments;
    optax has 0.9 and 0.25, and eps = 1e-6.
    """

    name = "novograd"
    formula = "v ← β₂v + (1−β₂)‖g‖²\nm ← β₁m + g/(√v + eps) + λw\nw ← w − lr·m"
    source = "Ginsburg et al. 2019 (arXiv:1905.11286), Algorithm 1, with w as one layer"

    lr: LearningRate = 0.01
    beta1: Annotated[Fraction, "share of the directions so far that m keeps"] = 0.95
    beta2: Annotated[Fraction, "decay of the moving average of ‖g‖²"] = 0.98
    eps: Eps = 1e-8
    weight_decay: Annotated[NonNegative, "λ: the share of w that is added to each scaled gradient"] = 0.0

    def init(self, w: Array) -> NovoGradState:
        """Nothing seen yet: k, m and v are 0."""
        return NovoGradState(np.zeros((), w.dtype), np.zeros_like(w), np.zeros(w.shape[1:], w.dtype))

    def step(self, objective: Objective, w: Array, state: NovoGradState) -> tuple[Array, NovoGradState]:
        """One step along the scaled gradients so far."""
        k, m, v = state
        g = objective.gradient(w)
        # The sign of k is 0 at the first step, which so takes ‖g‖² whole, and 1 ever after.
        beta2 = self.beta2 * np.sign(k)
        v = beta2 * v + (1 - beta2) * np.sum(g * g, axis=0)
        m = self.beta1 * m + g / (np.sqrt(v) + self.eps) + self.weight_decay * w
        return w - self.lr * m, NovoGradState(k + 1, m, v)
