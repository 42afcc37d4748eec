"""RAdam: Adam that waits until the variance of its denominator is bounded."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Gt, Lt

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.moments import AdamState, hats, weight, zero_moments
from gdlab.optimizers.parameters import Beta1, Eps, LearningRate


@dataclass(frozen=True)
class RAdam(Optimizer):
    """RAdam: Adam whose first steps do without v, and whose next ones are short, until enough is known of v.

    ρ counts how many gradients v rests on; while it is too small for a variance the step is lr·m̂. The defaults are the
    paper's; it has no eps, which is added to √v as in the authors' code.
    """

    name = "radam"
    formula = (
        "m ← β₁m + (1−β₁)g, m̂ = m/(1−β₁ᵏ)\nv ← β₂v + (1−β₂)g²\nρ∞ = 2/(1−β₂) − 1, ρ = ρ∞ − 2kβ₂ᵏ/(1−β₂ᵏ)\n"
        "r = √((ρ−4)(ρ−2)ρ∞/((ρ∞−4)(ρ∞−2)ρ))\nw ← w − lr·r·m̂·√(1−β₂ᵏ)/(√v + eps) if ρ > 4, else w − lr·m̂"
    )
    source = "Liu et al. 2020 (arXiv:1908.03265), Algorithm 2"
    variants: ClassVar[dict[str, str]] = {
        "published": "rectifies as soon as ρ > 4",
        "torch": "rectifies once ρ > 5",
        "optax": "rectifies once ρ ≥ 5, and adds eps to √v̂ rather than to √v",
    }
    formulas: ClassVar[dict[str, str]] = {
        "torch": formula.replace("ρ > 4", "ρ > 5"),
        "optax": formula.replace("m̂·√(1−β₂ᵏ)/(√v + eps)", "m̂/(√v̂ + eps)")
        .replace("(1−β₂)g²\n", "(1−β₂)g², v̂ = v/(1−β₂ᵏ)\n")
        .replace("ρ > 4", "ρ ≥ 5"),
    }

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Annotated[float, Gt(0), Lt(1), "decay of the moving average of the squared gradient"] = 0.999
    eps: Eps = 1e-8
    variant: Annotated[Literal["published", "torch", "optax"], "when v is trusted, and place of eps"] = "published"

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k, m and v are 0."""
        return zero_moments(w)

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step along m̂, scaled by the root of v̂ where v can be trusted."""
        k, m, v = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        trusted, r, _ = self._rectification(k)
        root = np.sqrt(weight(self.beta2, k))
        lr = self.lr / weight(self.beta1, k)
        eps = self.eps * root if self.variant == "optax" else self.eps
        return w - np.where(trusted, lr * r * root * m / (np.sqrt(v) + eps), lr * m), AdamState(k, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂, v̂ if the variant has it, ρ, and r, which is 1 where v is not trusted."""
        state = move.state
        _, r, rho = self._rectification(state.k)
        found = hats(state, self.beta1, self.beta2) | {"ρ": rho, "r": r}
        return found if self.variant == "optax" else {name: x for name, x in found.items() if name != "v̂"}

    def _rectification(self, k: Array) -> tuple[Any, Any, Any]:
        """Whether v can be trusted after k steps, r (1 where it cannot), and ρ."""
        rho_inf = 2 / (1 - self.beta2) - 1
        # 2kβ₂ᵏ/(1−β₂ᵏ) is nearly ρ∞ at first; in this form the difference survives float32.
        log_beta2 = math.log(self.beta2) if isinstance(self.beta2, float) else np.log(self.beta2)
        rho = rho_inf - 2 * k / np.expm1(-k * log_beta2)
        trusted = rho >= 5 if self.variant == "optax" else rho > (5 if self.variant == "torch" else 4)
        numerator = np.where(trusted, (rho - 4) * (rho - 2) * rho_inf, 1)
        return trusted, np.sqrt(numerator / np.where(trusted, (rho_inf - 4) * (rho_inf - 2) * rho, 1)), rho
