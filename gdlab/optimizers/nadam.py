"""NAdam: Adam with the look-ahead of Nesterov in its first moment."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.moments import corrected, weight, zero_moments
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate, refuse
from gdlab.optimizers.precision import single
from gdlab.record import NonNegative


class NAdamState(NamedTuple):
    """Steps done, the product of the momenta so far, and the moving averages of the gradient and of its square."""

    k: Array
    p: Array
    m: Array
    v: Array


@dataclass(frozen=True)
class NAdam(Optimizer):
    """NAdam: Adam that looks ahead as Nesterov's gradient does, by weighing the newest gradient once more.

    The momentum rises from β₁/2 to β₁: μₖ = β₁(1 − 0.96^(k·momentum_decay)/2), with the paper's 0.96 and 1/250. The
    other defaults are those of torch and Keras.
    """

    name = "nadam"
    formula = (
        "μₖ = β₁(1 − 0.96^(k·momentum_decay)/2), p ← p·μₖ\nm ← μₖm + (1−μₖ)g\nv ← β₂v + (1−β₂)g², v̂ = v/(1−β₂ᵏ)\n"
        "w ← w − lr·((1−μₖ)/(1−p)·g + μₖ₊₁/(1−p·μₖ₊₁)·m)/(√v̂ + eps)"
    )
    source = "Dozat 2016 (ICLR workshop, Incorporating Nesterov Momentum into Adam), Algorithm 2"
    variants: ClassVar[dict[str, str]] = {
        "published": "the momentum μₖ rises to β₁, in m as in its correction, so that 1 − p is the weight of m",
        "torch": "m ← β₁m + (1−β₁)g, though corrected by μₖ, as in torch and Keras, whose first steps are shorter; "
        "and p is rounded to single precision, as torch keeps it",
        "optax": "the momentum is β₁ at every step",
    }
    formulas: ClassVar[dict[str, str]] = {
        "torch": "μₖ = β₁(1 − 0.96^(k·momentum_decay)/2), p ← p·μₖ\n"
        "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g², v̂ = v/(1−β₂ᵏ)\n"
        "w ← w − lr·((1−μₖ)/(1−p)·g + μₖ₊₁/(1−p·μₖ₊₁)·m)/(√v̂ + eps)",
        "optax": "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g², v̂ = v/(1−β₂ᵏ)\n"
        "w ← w − lr·((1−β₁)/(1−β₁ᵏ)·g + β₁/(1−β₁ᵏ⁺¹)·m)/(√v̂ + eps)",
    }

    lr: LearningRate = 0.002
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-8
    momentum_decay: Annotated[NonNegative, "how fast the momentum rises to β₁"] = 0.004
    variant: Annotated[Literal["published", "torch", "optax"], "where the momentum rises, precision of p"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant == "optax":
            refuse(self, "momentum_decay", "with variant 'optax', whose momentum is constant")

    def init(self, w: Array) -> NAdamState:
        """Nothing seen yet: k, m and v are 0, and the empty product p is 1."""
        k, m, v = zero_moments(w)
        return NAdamState(k, np.ones(w.shape[1:], w.dtype), m, v)

    def step(self, objective: Objective, w: Array, state: NAdamState) -> tuple[Array, NAdamState]:
        """One step along a blend of g and m, scaled by the root of v̂."""
        k, p, m, v = state
        g = objective.gradient(w)
        k = k + 1
        mu, mu_next = self._momentum(k), self._momentum(k + 1)
        kept = mu if self.variant == "published" else self.beta1
        m = kept * m + (1 - kept) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        if self.variant == "optax":
            of_g, of_m = (1 - self.beta1) / weight(self.beta1, k), self.beta1 / weight(self.beta1, k + 1)
        else:
            p = single(p * single(mu)) if self.variant == "torch" else p * mu
            of_g, of_m = (1 - mu) / (1 - p), mu_next / (1 - p * mu_next)
        root = np.sqrt(weight(self.beta2, k))
        alpha = self.lr * root
        return w - (alpha * of_g * g + alpha * of_m * m) / (np.sqrt(v) + self.eps * root), NAdamState(k, p, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """v̂, μₖ and μₖ₊₁."""
        state = move.state
        v_hat = {"v̂": corrected(state.v, self.beta2, state.k)}
        if self.variant == "optax":
            return v_hat
        return v_hat | {"μₖ": self._momentum(state.k), "μₖ₊₁": self._momentum(state.k + 1)}

    def parts(self, state: NAdamState) -> dict[str, Any]:
        """All but p, where the rule has none."""
        return {name: part for name, part in super().parts(state).items() if name != "p" or self.variant != "optax"}

    def _momentum(self, k: Array) -> Any:
        return self.beta1 * (1 - 0.5 * 0.96 ** (k * self.momentum_decay))
