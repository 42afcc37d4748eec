"""Exclusive or, the smallest problem that needs a hidden layer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from gdlab.problems.base import Array, Flag
from gdlab.problems.data import Xor
from gdlab.problems.networks.activations import Activation
from gdlab.problems.networks.base import NetworkProblem
from gdlab.problems.networks.initialisations import Initialisation
from gdlab.record import Count

PERCEPTRON_FLOOR = {"squared": 0.25, "binary_cross_entropy": math.log(2)}


@dataclass(frozen=True)
class XOR(NetworkProblem):
    """Exclusive or of two bits, learned by a small network with one sigmoid output.

    Two inputs, four hidden units and one output are written 2-4-1 and have 17 parameters; 2-2-1 has 9. w holds layer
    after layer, each as its weights (inputs × outputs) row by row, then its biases: of 2-4-1, w[0:8], w[8:12], w[12:16]
    and w[16]. The inputs are 0 and 1. For the accuracy, a row is right if its output lies on the right side of 1/2.

    Without a hidden layer (`hidden: []`) it is a perceptron, which cannot do better than the loss of answering 1/2
    everywhere: 1/4, or ln 2, at w = 0. With two units side by side the loss comes as near to 0 as one likes, but a
    sigmoid reaches 0 and 1 only at infinite weights.

    It is `mlp` on the data `xor` with a sigmoid output.

    Source: Minsky & Papert 1969, "Perceptrons"; solved by a network in Rumelhart, Hinton & Williams 1986.
    """

    name = "xor"
    formula = "mean of (p − y)², or of −y log p − (1 − y) log(1 − p), over 4 rows; p = σ(network(x₁, x₂)), y = x₁ ⊕ x₂"
    source = "Minsky & Papert 1969; Rumelhart, Hinton & Williams 1986"
    fixed: ClassVar[Mapping[str, Any]] = {"data": Xor(), "output": "sigmoid"}

    hidden: Annotated[tuple[Count, ...], "units of each hidden layer; [] is a perceptron"] = (4,)
    activation: Annotated[Activation, "of the hidden units"] = "tanh"
    criterion: Annotated[Literal["squared", "binary_cross_entropy"], "what the loss makes of outputs and targets"] = (
        "squared"
    )
    init: Annotated[Initialisation, "how the start is drawn"] = "xavier"

    @property
    def infimum(self) -> float | None:
        """0 with two units side by side that bend or jump; 1/4 or ln 2 without; unknown for a chain of single units."""
        if not self.hidden or self.activation == "identity":
            return PERCEPTRON_FLOOR[self.criterion]
        return 0.0 if max(self.hidden) > 1 else None

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """Where every answer is 1/2, without hidden units that bend; else there is none."""
        return (np.zeros(self.dim),) if self.infimum == PERCEPTRON_FLOOR[self.criterion] else ()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Hidden units can change places, so that each good set of weights has copies; some starts end on a plateau."""
        return (Flag.NOT_ATTAINED, Flag.MANY_MINIMA) if self.infimum == 0 else ()
