"""Adam and AdamW: steps scaled by bias-corrected moments of the gradient."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.moments import AdamState, hats, unbiased, weight, zero_moments
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate, WeightDecay, refuse
from gdlab.record import NonNegative


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: steps scaled by bias-corrected moments of the gradient.

    The defaults are the paper's.
    """

    name = "adam"
    formula = "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\nw ← w − lr·m̂/(√v̂ + eps)"
    source = "Kingma & Ba 2015 (arXiv:1412.6980), Algorithm 1"
    variants: ClassVar[dict[str, str]] = {
        "published": "v averages the square of each coordinate, and lr scales the step",
        "lecture": "v is one number for all coordinates, the average of ‖g‖², and there is no lr",
    }
    formulas: ClassVar[dict[str, str]] = {
        "lecture": "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)‖g‖²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\nw ← w − m̂/(√v̂ + eps)",
    }

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-8
    eps_root: Annotated[NonNegative | None, "added to v̂ under the root, as optax can; unset: nothing"] = None
    variant: Annotated[Literal["published", "lecture"], "whether each coordinate has a v of its own"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant == "lecture":
            refuse(self, "lr", "with variant 'lecture', whose rule has no step size", 1)
            object.__setattr__(self, "lr", 1.0)  # what a rule without one amounts to

    @property
    def written(self) -> str:
        """That of the variant, with eps_root if it is set."""
        return super().written if self.eps_root is None else super().written.replace("√v̂", "√(v̂ + eps_root)")

    def lr_at(self, k: Any) -> Any:
        """None with variant lecture, whose rule has no step size."""
        return None if self.variant == "lecture" else self.lr

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k, m and v are 0."""
        state = zero_moments(w)
        return state._replace(v=np.zeros(w.shape[1:], w.dtype)) if self.variant == "lecture" else state

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step along m̂, scaled by the root of v̂."""
        k, m, v = state
        g = objective.gradient(w)
        square = np.sum(g * g, axis=0) if self.variant == "lecture" else g * g
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * square
        alpha, eps = unbiased(self.lr, self.eps, self.beta1, self.beta2, k)
        under_root = v if self.eps_root is None else v + self.eps_root * weight(self.beta2, k)
        return w - alpha * m / (np.sqrt(under_root) + eps), AdamState(k, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂ and v̂."""
        return hats(move.state, self.beta1, self.beta2)


@dataclass(frozen=True)
class AdamW(Optimizer):
    """AdamW: Adam with weight decay that acts on w itself and stays out of the moments.

    The paper's schedule multiplier η is lr here, and its α is 1. weight_decay is torch's default; optax has 1e-4.
    """

    name = "adamw"
    formula = "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\nw ← w − lr·(m̂/(√v̂ + eps) + λw)"
    source = "Loshchilov & Hutter 2019 (arXiv:1711.05101), Algorithm 2"

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0.01

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k, m and v are 0."""
        return zero_moments(w)

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step of Adam, and one of decay."""
        k, m, v = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        alpha, eps = unbiased(self.lr, self.eps, self.beta1, self.beta2, k)
        return (1 - self.lr * self.weight_decay) * w - alpha * m / (np.sqrt(v) + eps), AdamState(k, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂ and v̂."""
        return hats(move.state, self.beta1, self.beta2)
