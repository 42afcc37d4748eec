"""Adam and the rules that keep its two moments: steps scaled by bias-corrected moments of the gradient.

With m and v the moving averages of g and g² after k steps, m̂ = m/(1−β₁ᵏ) and v̂ = v/(1−β₂ᵏ) are free of the bias towards
the zeros they started from.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from annotated_types import Gt, Lt

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.parameters import Beta1, Beta2, Eps, LearningRate, WeightDecay, refuse
from gdlab.optimizers.precision import single
from gdlab.record import NonNegative


class AdamState(NamedTuple):
    """Steps done, and the moving averages of the gradient and of its square."""

    k: Array
    m: Array
    v: Array


def zero_moments(w: Array) -> AdamState:
    """Nothing seen yet: k, m and v are 0."""
    return AdamState(np.zeros((), w.dtype), np.zeros_like(w), np.zeros_like(w))


def unbiased(lr: float, eps: float, beta1: float, beta2: float, k: Array) -> tuple[Any, Any]:
    """The α and ε for which α·m/(√v + ε) = lr·m̂/(√v̂ + eps): scalars, which spares two passes over the arrays.

    Source: Kingma & Ba 2015 (arXiv:1412.6980), end of section 2.
    """
    root = np.sqrt(weight(beta2, k))
    return lr * root / weight(beta1, k), eps * root


def weight(beta: float, k: Array) -> Any:
    """1 − βᵏ, the weight of all that has entered a moving average after k steps, to the precision of k."""
    if k.dtype == np.float64:
        return 1 - beta**k
    least = 1e-30  # a β of 0 has no logarithm; nothing is left of one that is less than this
    log = math.log(max(beta, least)) if isinstance(beta, float | int) else np.log(np.maximum(beta, least))
    return -np.expm1(k * log)


def corrected(x: Array, beta: float, k: Array) -> Any:
    """A moving average of k values that began at 0, freed of its bias towards 0: x/(1 − βᵏ)."""
    return x / weight(beta, k)


def hats(state: AdamState, beta1: float, beta2: float) -> dict[str, Array]:
    """m̂ and v̂."""
    return {"m̂": corrected(state.m, beta1, state.k), "v̂": corrected(state.v, beta2, state.k)}


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
