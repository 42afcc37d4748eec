"""Steps divided by the root of accumulated squares, coordinate by coordinate."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.parameters import Eps, LearningRate, Rho, refuse
from gdlab.record import Fraction, NonNegative, Positive
from gdlab.state import State


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Adagrad: each coordinate divides its step by the root of all its squared gradients so far.

    The default of lr is torch's. optax's rule is `published` with accumulator = 0.1 and eps = 1e-7.
    """

    name = "adagrad"
    fixed = frozenset({"accumulator"})
    formula = "G ← G + g²\nw ← w − lr·g/√(G + eps)"
    source = (
        "Duchi, Hazan & Singer 2011, JMLR 12, pp. 2121-2159, figure 1 (diagonal); "
        "eps under the root as in Ruder 2016 (arXiv:1609.04747), section 4.3"
    )
    variants: ClassVar[dict[str, str]] = {
        "published": "accumulates first, then moves; eps under the root",
        "lecture": "moves first, then accumulates, and has no lr: the first step is g/√eps, or 10⁴·g with eps = 1e-8",
        "torch": "eps outside the root, where Duchi et al. have their δ",
    }
    formulas: ClassVar[dict[str, str]] = {
        "lecture": "w ← w − g/√(G + eps)\nG ← G + g²",
        "torch": "G ← G + g²\nw ← w − lr·g/(√G + eps)",
    }

    lr: LearningRate = 0.01
    eps: Eps = 1e-8
    accumulator: Annotated[NonNegative, "where G starts"] = 0.0
    variant: Annotated[Literal["published", "lecture", "torch"], "order of the two lines, place of eps"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant == "lecture":
            refuse(self, "lr", "with variant 'lecture', whose rule has no step size", 1)
            object.__setattr__(self, "lr", 1.0)  # what a rule without one amounts to

    def lr_at(self, k: Any) -> Any:
        """None with variant lecture, whose rule has no step size."""
        return None if self.variant == "lecture" else self.lr

    def init(self, w: Array) -> Array:
        """G = accumulator."""
        return np.full_like(w, self.accumulator)

    def step(self, objective: Objective, w: Array, G: Array) -> tuple[Array, Array]:  # noqa: N803 - the paper's symbol
        """One step, scaled by what has accumulated."""
        g = objective.gradient(w)
        if self.variant == "lecture":
            return w - self.lr * g / np.sqrt(G + self.eps), G + g * g
        G = G + g * g  # noqa: N806
        if self.variant == "torch":
            return w - self.lr * g / (np.sqrt(G) + self.eps), G
        return w - self.lr * g / np.sqrt(G + self.eps), G


class RMSpropState(NamedTuple):
    """Moving averages of the squared gradient and, centred, of the gradient, and the buffer of the momentum, or ()."""

    v: Array
    m: State
    b: State


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop: each coordinate divides its step by the root of a moving average of its squared gradients.

    Centred, it divides by the standard deviation instead: v − m² takes the place of v, with m ← ρm + (1−ρ)g. With
    momentum, b ← momentum·b + g/(√v + eps) and w ← w − lr·b. The defaults are those quoted from Hinton; torch has
    lr = 0.01 and rho = 0.99.
    """

    name = "rmsprop"
    formula = "v ← ρv + (1−ρ)g²\nw ← w − lr·g/(√v + eps)"
    source = (
        "Tieleman & Hinton 2012 (Coursera, Neural Networks for Machine Learning, lecture 6.5), "
        "centred and with momentum as in Graves 2013 (arXiv:1308.0850), equations 38 to 41"
    )
    variants: ClassVar[dict[str, str]] = {
        "published": "eps outside the root; lr scales all of the momentum as it is used, as in torch",
        "optax": "eps under the root, and lr scales what enters the momentum, both as in Graves",
    }
    formulas: ClassVar[dict[str, str]] = {"optax": "v ← ρv + (1−ρ)g²\nw ← w − lr·g/√(v + eps)"}

    lr: LearningRate = 0.001
    rho: Rho = 0.9
    eps: Eps = 1e-8
    momentum: Annotated[Fraction | None, "share of the last step that the next one keeps; unset: no buffer"] = None
    centered: Annotated[bool, "divide by the standard deviation rather than the root mean square"] = False
    variant: Annotated[Literal["published", "optax"], "place of eps and of lr"] = "published"

    @property
    def written(self) -> str:
        """With the average of g if it is centred, and the buffer if there is momentum."""
        averages, spread = "v ← ρv + (1−ρ)g²", "v"
        if self.centered:
            averages, spread = f"{averages}, m ← ρm + (1−ρ)g", "(v − m²)" if self.variant == "published" else "v − m²"
        root = f"√({spread} + eps)" if self.variant == "optax" else f"(√{spread} + eps)"
        if self.momentum is None:
            return f"{averages}\nw ← w − lr·g/{root}"
        if self.variant == "optax":
            return f"{averages}\nb ← momentum·b + lr·g/{root}\nw ← w − b"
        return f"{averages}\nb ← momentum·b + g/{root}\nw ← w − lr·b"

    def init(self, w: Array) -> RMSpropState:
        """Nothing seen yet: all averages are 0, and () where they are not in use."""
        m = np.zeros_like(w) if self.centered else ()
        return RMSpropState(np.zeros_like(w), m, () if self.momentum is None else np.zeros_like(w))

    def step(self, objective: Objective, w: Array, state: RMSpropState) -> tuple[Array, RMSpropState]:
        """One step, scaled by the root of the average square."""
        v, m, b = state
        g = objective.gradient(w)
        v = self.rho * v + (1 - self.rho) * (g * g)
        spread = v
        if self.centered:
            m = self.rho * m + (1 - self.rho) * g
            # A variance cannot be negative, but its rounded value can once the gradient hardly changes.
            spread = np.maximum(v - m * m, 0)
        inside = self.variant == "optax"
        root = np.sqrt(spread + self.eps) if inside else np.sqrt(spread) + self.eps
        if self.momentum is None:
            return w - self.lr * g / root, RMSpropState(v, m, b)
        if inside:
            b = self.momentum * b + self.lr * g / root
            return w - b, RMSpropState(v, m, b)
        b = self.momentum * b + g / root
        return w - self.lr * b, RMSpropState(v, m, b)


class AdadeltaState(NamedTuple):
    """Moving averages of the squared gradient and of the squared step."""

    v: Array
    u: Array


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """Adadelta: the root mean square of the steps so far over that of the gradients, so that units cancel.

    The paper has no lr, which is lr = 1; rho and eps are the paper's. torch and optax have rho = 0.9.
    """

    name = "adadelta"
    formula = "v ← ρv + (1−ρ)g²\nΔ = g·√(u + eps)/√(v + eps)\nu ← ρu + (1−ρ)Δ²\nw ← w − lr·Δ"
    source = "Zeiler 2012 (arXiv:1212.5701), Algorithm 1"

    lr: LearningRate = 1.0
    rho: Rho = 0.95
    eps: Annotated[Positive, "starts the steps, and keeps the division away from zero"] = 1e-6

    def derived(self, move: Move) -> dict[str, Any]:
        """Δ."""
        if move.g is None:
            return {}
        return {"Δ": move.g * np.sqrt((move.before.u + self.eps) / (move.state.v + self.eps))}

    def init(self, w: Array) -> AdadeltaState:
        """Nothing seen yet: v and u are 0."""
        return AdadeltaState(np.zeros_like(w), np.zeros_like(w))

    def step(self, objective: Objective, w: Array, state: AdadeltaState) -> tuple[Array, AdadeltaState]:
        """One step in the units of w."""
        v, u = state
        g = objective.gradient(w)
        v = self.rho * v + (1 - self.rho) * (g * g)
        delta = g * np.sqrt((u + self.eps) / (v + self.eps))
        u = self.rho * u + (1 - self.rho) * (delta * delta)
        return w - self.lr * delta, AdadeltaState(v, u)
