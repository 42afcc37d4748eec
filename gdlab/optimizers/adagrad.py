"""Steps divided by the root of accumulated squares, coordinate by coordinate."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.optimizers.parameters import Eps, LearningRate, refuse_lr
from gdlab.record import NonNegative


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Adagrad: each coordinate divides its step by the root of all its squared gradients so far.

    The default of lr is torch's. optax's rule is `published` with accumulator = 0.1 and eps = 1e-7.
    """

    name = "adagrad"
    formula = "G ← G + g²\nw ← w − lr·g/√(G + eps)"
    source = (
        "Duchi, Hazan & Singer 2011, JMLR 12, pp. 2121-2159, figure 1 (diagonal); "
        "eps under the root as in Ruder 2016 (arXiv:1609.04747), section 4.3"
    )
    variants: ClassVar[dict[str, str]] = {
        "published": "accumulates first, then moves; eps under the root",
        "lecture": "moves first, then accumulates, and has no lr: the first step is g/√eps, or 10⁴·g with eps = 1e-8",
        "torch": "eps outside the root, where Duchi et al. have their δ: w ← w − lr·g/(√G + eps)",
    }

    lr: LearningRate = 0.01
    eps: Eps = 1e-8
    accumulator: Annotated[NonNegative, "where G starts"] = 0.0
    variant: Annotated[Literal["published", "lecture", "torch"], "order of the two lines, place of eps"] = "published"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant == "lecture":
            refuse_lr(self, self.lr, default=0.01)

    def init(self, w: Array) -> Array:
        """G = accumulator."""
        return np.full_like(w, self.accumulator)

    def step(self, objective: Objective, w: Array, G: Array) -> tuple[Array, Array]:  # noqa: N803 - the paper's symbol
        """One step, scaled by what has accumulated."""
        g = objective.gradient(w)
        if self.variant == "lecture":
            return w - g / np.sqrt(G + self.eps), G + g * g
        G = G + g * g  # noqa: N806
        if self.variant == "torch":
            return w - self.lr * g / (np.sqrt(G) + self.eps), G
        return w - self.lr * g / np.sqrt(G + self.eps), G
