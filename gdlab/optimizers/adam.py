"""Adam: steps scaled by bias-corrected moments of the gradient."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate, refuse_lr


class AdamState(NamedTuple):
    """Steps done, and the moving averages of the gradient and of its square."""

    k: Array
    m: Array
    v: Array


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

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-8
    variant: Annotated[Literal["published", "lecture"], "whether each coordinate has a v of its own"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant == "lecture":
            refuse_lr(self, self.lr, default=0.001)

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k, m and v are 0."""
        v = np.zeros(w.shape[1:], w.dtype) if self.variant == "lecture" else np.zeros_like(w)
        return AdamState(np.zeros((), w.dtype), np.zeros_like(w), v)

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step along m̂, scaled by the root of v̂."""
        k, m, v = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        if self.variant == "lecture":
            v = self.beta2 * v + (1 - self.beta2) * np.sum(g * g, axis=0)
            return w - unbiased_ratio(self, 1.0, k, m, v), AdamState(k, m, v)
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        return w - unbiased_ratio(self, self.lr, k, m, v), AdamState(k, m, v)


def unbiased_ratio(rule: Adam, lr: float, k: Array, m: Array, v: Array) -> Array:
    """lr·m̂/(√v̂ + eps), where m̂ = m/(1−β₁ᵏ) and v̂ = v/(1−β₂ᵏ)."""
    # The corrections meet in scalars before they meet an array (Kingma & Ba, end of section 2): two passes fewer.
    root = np.sqrt(1 - rule.beta2**k)
    return lr * root / (1 - rule.beta1**k) * m / (np.sqrt(v) + rule.eps * root)
