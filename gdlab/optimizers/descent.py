"""Steps along the gradient, with and without momentum."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.optimizers.parameters import Gamma, LearningRate, refuse
from gdlab.record import Fraction
from gdlab.state import State


def heavy_ball_stable(gamma: float) -> float:
    """The lr·L at which momentum becomes unstable on a quadratic: Polyak 1964, theorem 9."""
    return 2 * (1 + gamma)


def look_ahead_stable(gamma: float) -> float:
    """The same with the gradient ahead: where −1 is a root of z² − (1+γ)(1−lr·L)z + γ(1−lr·L)."""
    return 2 * (1 + gamma) / (1 + 2 * gamma)


@dataclass(frozen=True)
class GD(Optimizer):
    """Gradient descent: a step against the gradient.

    On a quadratic with curvatures up to L it converges for lr < 2/L. There is no published default of lr.
    """

    name = "gd"
    formula = "w ← w − lr·∇f(w)"
    source = "Cauchy 1847, Comptes Rendus de l'Académie des Sciences 25, pp. 536-538"

    lr: LearningRate = 0.1

    @property
    def stable(self) -> float:
        """lr·L < 2."""
        return 2.0

    def init(self, w: Array) -> State:
        """No state."""
        return ()

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step against the gradient."""
        return w - self.lr * objective.gradient(w), ()


class SGDState(NamedTuple):
    """Steps done, and the velocity."""

    k: Array
    v: Array


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent as libraries have it: on a minibatch, with or without momentum.

    It is what a line such as `SGD(lr=0.01, momentum=0.9)` means in torch. Without momentum it is w ← w − lr·g; with
    nesterov, w ← w − lr·(g + momentum·v). The first velocity is the whole gradient, undampened. The default of lr is
    torch's.
    """

    name = "sgd"
    formula = "v ← momentum·v + (1 − dampening)·g\nw ← w − lr·v"
    source = (
        "Robbins & Monro 1951, Annals of Mathematical Statistics 22(3), pp. 400-407; momentum as in torch.optim.SGD"
    )

    lr: LearningRate = 0.001
    momentum: Annotated[Fraction | None, "share of the velocity that the next step keeps; unset: no velocity"] = None
    dampening: Annotated[Fraction, "share of each gradient, but the first, that is kept out of the velocity"] = 0.0
    nesterov: Annotated[bool, "step by g + momentum·v, a step ahead of v"] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.momentum is None:
            refuse(self, "dampening", "without momentum")
            refuse(self, "nesterov", "without momentum")
        if self.nesterov:
            refuse(self, "dampening", "with nesterov")

    @property
    def written(self) -> str:
        """Without v if there is no momentum; with g ahead of it, with nesterov."""
        if self.momentum is None:
            return "w ← w − lr·g"
        if self.nesterov:
            return "v ← momentum·v + g\nw ← w − lr·(g + momentum·v)"
        return self.formula if self.dampening else "v ← momentum·v + g\nw ← w − lr·v"

    @property
    def stable(self) -> float:
        """That of GD, or of the momentum or look-ahead that it amounts to; dampening scales all of the velocity."""
        gamma = self.momentum or 0.0
        return look_ahead_stable(gamma) if self.nesterov else heavy_ball_stable(gamma) / (1 - self.dampening)

    def init(self, w: Array) -> State:
        """At rest: v = 0. No state without momentum."""
        return () if self.momentum is None else SGDState(np.zeros((), w.dtype), np.zeros_like(w))

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step by the gradient, or by the velocity once the gradient has entered it."""
        g = objective.gradient(w)
        if self.momentum is None:
            return w - self.lr * g, ()
        k, v = state
        # The sign of k is 0 at the first step and 1 ever after.
        v = self.momentum * v + (1 - self.dampening * np.sign(k)) * g
        ahead = g + self.momentum * v if self.nesterov else v
        return w - self.lr * ahead, SGDState(k + 1, v)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with momentum, the heavy ball: a step keeps a share of the step before.

    The variants walk the same path while lr is constant. There is no published default of lr; γ = 0.9 is customary.
    """

    name = "momentum"
    formula = "v ← γv + lr·∇f(w)\nw ← w − v"
    source = "Polyak 1964, USSR Computational Mathematics and Mathematical Physics 4(5), pp. 1-17"
    variants: ClassVar[dict[str, str]] = {
        "published": "lr scales each gradient as it enters v, so a changed lr acts on new gradients only",
        "torch": "lr scales all of v as it is used, as in torch and optax",
    }
    formulas: ClassVar[dict[str, str]] = {"torch": "v ← γv + ∇f(w)\nw ← w − lr·v"}

    lr: LearningRate = 0.1
    gamma: Gamma = 0.9
    variant: Annotated[Literal["published", "torch"], "where lr enters"] = "published"

    @property
    def stable(self) -> float:
        """lr·L < 2(1 + γ)."""
        return heavy_ball_stable(self.gamma)

    def init(self, w: Array) -> Array:
        """At rest: v = 0."""
        return np.zeros_like(w)

    def step(self, objective: Objective, w: Array, v: Array) -> tuple[Array, Array]:
        """One step by v, once the gradient has entered it."""
        g = objective.gradient(w)
        if self.variant == "torch":
            v = self.gamma * v + g
            return w - self.lr * v, v
        v = self.gamma * v + self.lr * g
        return w - v, v


@dataclass(frozen=True)
class NAG(Optimizer):
    """Nesterov's accelerated gradient: momentum with the gradient taken where the momentum is about to lead.

    There is no published default of lr; γ = 0.9 is customary.
    """

    name = "nag"
    formula = "v ← γv + lr·∇f(w − γv)\nw ← w − v"
    source = (
        "Nesterov 1983, Soviet Mathematics Doklady 27(2), pp. 372-376, "
        "in the form of Sutskever, Martens, Dahl & Hinton 2013 (ICML), equations 3 and 4"
    )
    variants: ClassVar[dict[str, str]] = {
        "published": "looks ahead: the gradient is taken at w − γv",
        "torch": "takes the gradient at w, which stands for the w − γv of `published`",
    }
    formulas: ClassVar[dict[str, str]] = {"torch": "g = ∇f(w), v ← γv + g\nw ← w − lr·(g + γv)"}

    lr: LearningRate = 0.1
    gamma: Gamma = 0.9
    variant: Annotated[Literal["published", "torch"], "where the gradient is taken"] = "published"

    @property
    def stable(self) -> float:
        """lr·L < 2(1 + γ)/(1 + 2γ)."""
        return look_ahead_stable(self.gamma)

    def init(self, w: Array) -> Array:
        """At rest: v = 0."""
        return np.zeros_like(w)

    def step(self, objective: Objective, w: Array, v: Array) -> tuple[Array, Array]:
        """One step by v, once the gradient ahead has entered it."""
        if self.variant == "torch":
            g = objective.gradient(w)
            v = self.gamma * v + g
            return w - self.lr * (g + self.gamma * v), v
        kept = self.gamma * v
        v = kept + self.lr * objective.gradient(w - kept)
        return w - v, v
