"""Steps whose length does not depend on the gradient, only on its sign."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from annotated_types import Gt, Lt

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.parameters import LearningRate, WeightDecay, check_order
from gdlab.record import Fraction, Positive
from gdlab.state import State


@dataclass(frozen=True)
class SignSGD(Optimizer):
    """Sign descent: every coordinate takes a step of the same length lr.

    It ends in a band of width lr around a minimum unless lr falls. There is no published default of lr; ours is Adam's,
    whose steps are about as long.
    """

    name = "sign_sgd"
    formula = "w ← w − lr·sign(g)"
    source = "Bernstein, Wang, Azizzadenesheli & Anandkumar 2018 (arXiv:1802.04434), Algorithm 1"

    lr: LearningRate = 0.001

    def init(self, w: Array) -> State:
        """No state."""
        return ()

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step of lr in every coordinate."""
        return w - self.lr * np.sign(objective.gradient(w)), ()


@dataclass(frozen=True)
class Lion(Optimizer):
    """Lion: the sign of a moving average that leans on the newest gradient, and a slower average to remember.

    The defaults are those of the authors' code. optax has weight_decay = 1e-3.
    """

    name = "lion"
    formula = "c = β₁m + (1−β₁)g\nw ← w − lr·(sign(c) + λw)\nm ← β₂m + (1−β₂)g"
    source = "Chen et al. 2023 (arXiv:2302.06675), Algorithm 2"

    lr: LearningRate = 0.0001
    beta1: Annotated[Fraction, "share of the past in the direction c"] = 0.9
    beta2: Annotated[Fraction, "decay of the moving average m of the gradient"] = 0.99
    weight_decay: WeightDecay = 0.0

    def derived(self, move: Move) -> dict[str, Any]:
        """c."""
        return {} if move.g is None else {"c": self.beta1 * move.before + (1 - self.beta1) * move.g}

    def init(self, w: Array) -> Array:
        """Nothing seen yet: m = 0."""
        return np.zeros_like(w)

    def step(self, objective: Objective, w: Array, m: Array) -> tuple[Array, Array]:
        """One step of lr in every coordinate, along the sign of c."""
        g = objective.gradient(w)
        c = self.beta1 * m + (1 - self.beta1) * g
        m = self.beta2 * m + (1 - self.beta2) * g
        return (1 - self.lr * self.weight_decay) * w - self.lr * np.sign(c), m


class RpropState(NamedTuple):
    """Signs of the last gradient (0 where they had changed), the length of each coordinate's step, the last steps."""

    sign: Array
    delta: Array
    dw: Array


@dataclass(frozen=True)
class Rprop(Optimizer):
    """Rprop: the step of a coordinate grows while its gradient keeps its sign and shrinks when the sign changes.

    It needs the full gradient: on minibatches signs change by chance. The defaults are the paper's.
    """

    name = "rprop"
    fixed = frozenset({"lr"})
    formula = (
        "Δ ← clip(η₊Δ where g·g' > 0, η₋Δ where g·g' < 0, Δ elsewhere), with g' the last gradient\n"
        "w ← w − sign(g)·Δ, but back by the last step where g·g' < 0, and then g' ← 0"
    )
    source = "Riedmiller & Braun 1993, IEEE International Conference on Neural Networks, pp. 586-591"
    variants: ClassVar[dict[str, str]] = {
        "published": "takes the last step back where the sign changes",
        "torch": "stays where it is where the sign changes, as iRprop⁻ (Igel & Hüsken 2000) and torch do",
    }
    formulas: ClassVar[dict[str, str]] = {
        "torch": "Δ ← clip(η₊Δ where g·g' > 0, η₋Δ where g·g' < 0, Δ elsewhere), with g' the last gradient\n"
        "w ← w − sign(g)·Δ, but no step where g·g' < 0, and then g' ← 0"
    }

    lr: Annotated[Positive, "Δ₀, the length of the first step in every coordinate; has no effect later"] = 0.1
    eta_minus: Annotated[float, Gt(0), Lt(1), "η₋, factor on the step where the sign changes"] = 0.5
    eta_plus: Annotated[float, Gt(1), "η₊, factor on the step where the sign stays"] = 1.2
    delta_min: Annotated[Positive, "shortest step"] = 1e-6
    delta_max: Annotated[Positive, "longest step"] = 50.0
    variant: Annotated[Literal["published", "torch"], "what happens where the sign changes"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_order(self, "delta_min", "delta_max")
        check_order(self, "lr", "delta_max")  # beyond its bounds no step is taken
        check_order(self, "delta_min", "lr")

    def init(self, w: Array) -> RpropState:
        """No gradient yet, and steps of lr."""
        return RpropState(np.zeros_like(w), np.full_like(w, self.lr), np.zeros_like(w))

    def step(self, objective: Objective, w: Array, state: RpropState) -> tuple[Array, RpropState]:
        """One step of Δ in every coordinate."""
        last, delta, dw = state
        sign = np.sign(objective.gradient(w))
        agreement = sign * last
        turned = agreement < 0
        longer, shorter = self.eta_plus * delta, self.eta_minus * delta
        delta = np.where(agreement > 0, longer, np.where(turned, shorter, delta))
        delta = np.minimum(np.maximum(delta, self.delta_min), self.delta_max)
        dw = np.where(turned, 0 if self.variant == "torch" else -dw, -sign * delta)
        return w + dw, RpropState(np.where(turned, 0, sign), delta, dw)
