"""Adam with another measure of the gradient's size in place of the average of g²."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.moments import AdamState, corrected, hats, unbiased, weight, zero_moments
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate
from gdlab.record import Fraction


class AMSGradState(NamedTuple):
    """Steps done, the moving averages of the gradient and of its square, and the greatest of the latter."""

    k: Array
    m: Array
    v: Array
    v_max: Array


@dataclass(frozen=True)
class AMSGrad(Optimizer):
    """AMSGrad: Adam that divides by the greatest v so far, so that the step of a coordinate never grows again.

    The paper has no eps; the other defaults are Adam's.
    """

    name = "amsgrad"
    formula = "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nv_max ← max(v_max, v)\nw ← w − lr·m/(√v_max + eps)"
    source = "Reddi, Kale & Kumar 2018 (arXiv:1904.09237), Algorithm 2"
    variants: ClassVar[dict[str, str]] = {
        "published": "no bias correction",
        "torch": "greatest v, then bias correction of it and of m",
        "optax": "bias correction, then greatest v̂",
    }
    formulas: ClassVar[dict[str, str]] = {
        "torch": "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nv_max ← max(v_max, v)\n"
        "m̂ = m/(1−β₁ᵏ), v̂_max = v_max/(1−β₂ᵏ)\nw ← w − lr·m̂/(√v̂_max + eps)",
        "optax": "m ← β₁m + (1−β₁)g\nv ← β₂v + (1−β₂)g²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\nv_max ← max(v_max, v̂)\n"
        "w ← w − lr·m̂/(√v_max + eps)",
    }

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    eps: Eps = 1e-8
    variant: Annotated[Literal["published", "torch", "optax"], "place of the bias correction"] = "published"

    def init(self, w: Array) -> AMSGradState:
        """Nothing seen yet: all is 0."""
        return AMSGradState(*zero_moments(w), np.zeros_like(w))

    def step(self, objective: Objective, w: Array, state: AMSGradState) -> tuple[Array, AMSGradState]:
        """One step along m, scaled by the root of the greatest v."""
        k, m, v, v_max = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        alpha: Any = self.lr
        eps: Any = self.eps
        if self.variant == "optax":
            v_max = np.maximum(v_max, corrected(v, self.beta2, k))
            alpha = self.lr / weight(self.beta1, k)
        else:
            v_max = np.maximum(v_max, v)
            if self.variant == "torch":
                alpha, eps = unbiased(self.lr, self.eps, self.beta1, self.beta2, k)
        return w - alpha * m / (np.sqrt(v_max) + eps), AMSGradState(k, m, v, v_max)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂, and v̂ or v̂_max, where the variant corrects them."""
        k, m, v, v_max = move.state
        if self.variant == "published":
            return {}
        m_hat = {"m̂": corrected(m, self.beta1, k)}
        greatest = {"v̂_max": corrected(v_max, self.beta2, k)}
        return m_hat | ({"v̂": corrected(v, self.beta2, k)} if self.variant == "optax" else greatest)


class AdamaxState(NamedTuple):
    """Steps done, the moving average of the gradient, and the decaying greatest absolute gradient."""

    k: Array
    m: Array
    u: Array


@dataclass(frozen=True)
class Adamax(Optimizer):
    """Adamax: Adam that divides by the greatest recent |g| instead of a root mean square.

    The defaults are the paper's. It has no eps, which torch and optax add to |g| so that u is never 0.
    """

    name = "adamax"
    formula = "m ← β₁m + (1−β₁)g, m̂ = m/(1−β₁ᵏ)\nu ← max(β₂u, |g| + eps)\nw ← w − lr·m̂/u"
    source = "Kingma & Ba 2015 (arXiv:1412.6980), Algorithm 2"

    lr: LearningRate = 0.002
    beta1: Beta1 = 0.9
    beta2: Annotated[Fraction, "decay of the greatest absolute gradient"] = 0.999
    eps: Eps = 1e-8

    def init(self, w: Array) -> AdamaxState:
        """Nothing seen yet: k, m and u are 0."""
        return AdamaxState(*zero_moments(w))

    def step(self, objective: Objective, w: Array, state: AdamaxState) -> tuple[Array, AdamaxState]:
        """One step along m̂, scaled by u."""
        k, m, u = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * u, np.abs(g) + self.eps)
        return w - self.lr / weight(self.beta1, k) * m / u, AdamaxState(k, m, u)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂."""
        return {"m̂": corrected(move.state.m, self.beta1, move.state.k)}


class AdaBeliefState(NamedTuple):
    """Steps done, the moving average of the gradient, and that of its squared deviation from it."""

    k: Array
    m: Array
    s: Array


@dataclass(frozen=True)
class AdaBelief(Optimizer):
    """AdaBelief: long steps where the gradient is as expected, short ones where it deviates from its average.

    eps is that of the authors' code and of optax; the other defaults are the paper's.
    """

    name = "adabelief"
    formula = "m ← β₁m + (1−β₁)g\ns ← β₂s + (1−β₂)(g−m)² + eps\nm̂ = m/(1−β₁ᵏ), ŝ = s/(1−β₂ᵏ)\nw ← w − lr·m̂/(√ŝ + eps)"
    source = "Zhuang et al. 2020 (arXiv:2010.07468), Algorithm 2"

    lr: LearningRate = 0.001
    beta1: Beta1 = 0.9
    beta2: Annotated[Fraction, "decay of the moving average of the squared deviation"] = 0.999
    eps: Eps = 1e-16

    def init(self, w: Array) -> AdaBeliefState:
        """Nothing seen yet: k, m and s are 0."""
        return AdaBeliefState(*zero_moments(w))

    def step(self, objective: Objective, w: Array, state: AdaBeliefState) -> tuple[Array, AdaBeliefState]:
        """One step along m̂, scaled by the root of ŝ."""
        k, m, s = state
        g = objective.gradient(w)
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        deviation = g - m
        s = self.beta2 * s + (1 - self.beta2) * (deviation * deviation) + self.eps
        alpha, eps = unbiased(self.lr, self.eps, self.beta1, self.beta2, k)
        return w - alpha * m / (np.sqrt(s) + eps), AdaBeliefState(k, m, s)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂ and ŝ."""
        k, m, s = move.state
        return {"m̂": corrected(m, self.beta1, k), "ŝ": corrected(s, self.beta2, k)}


@dataclass(frozen=True)
class Yogi(Optimizer):
    """Yogi: Adam whose v moves towards g² by a step that depends on g² alone, so that it cannot fall fast.

    The defaults are the paper's.
    """

    name = "yogi"
    formula = "m ← β₁m + (1−β₁)g\nv ← v − (1−β₂)·sign(v − g²)·g²\nw ← w − lr·m/(√v + eps)"
    source = "Zaheer, Reddi, Sachan, Kale & Kumar 2018 (NeurIPS 31), Algorithm 2"
    variants: ClassVar[dict[str, str]] = {
        "published": "m and v start at 0 and are used as they are",
        "optax": "m and v start at 1e-6 and are bias-corrected as in Adam",
    }
    formulas: ClassVar[dict[str, str]] = {
        "optax": "m ← β₁m + (1−β₁)g\nv ← v − (1−β₂)·sign(v − g²)·g²\nm̂ = m/(1−β₁ᵏ), v̂ = v/(1−β₂ᵏ)\n"
        "w ← w − lr·m̂/(√v̂ + eps)",
    }

    lr: LearningRate = 0.01
    beta1: Beta1 = 0.9
    beta2: Annotated[Fraction, "1 − β₂ is the share of g² by which v moves"] = 0.999
    eps: Eps = 1e-3
    variant: Annotated[Literal["published", "optax"], "start and bias correction of the moments"] = "published"

    def init(self, w: Array) -> AdamState:
        """Nothing seen yet: k is 0, and m and v start small."""
        if self.variant == "optax":
            return AdamState(np.zeros((), w.dtype), np.full_like(w, 1e-6), np.full_like(w, 1e-6))
        return zero_moments(w)

    def step(self, objective: Objective, w: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One step along m, scaled by the root of v."""
        k, m, v = state
        g = objective.gradient(w)
        square = g * g
        k = k + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        v = v - (1 - self.beta2) * np.sign(v - square) * square
        alpha, eps = self.lr, self.eps
        if self.variant == "optax":
            alpha, eps = unbiased(self.lr, self.eps, self.beta1, self.beta2, k)
        return w - alpha * m / (np.sqrt(v) + eps), AdamState(k, m, v)

    def derived(self, move: Move) -> dict[str, Any]:
        """m̂ and v̂, where the variant corrects them."""
        return hats(move.state, self.beta1, self.beta2) if self.variant == "optax" else {}
