"""Exclusive or, the smallest problem that needs a hidden layer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from gdlab.autodiff import sigmoid
from gdlab.problems import checks
from gdlab.problems.base import Array, Flag, Measure, Problem
from gdlab.problems.networks.activations import Activation
from gdlab.problems.networks.initialisations import Initialisation
from gdlab.problems.networks.layers import Network
from gdlab.problems.networks.losses import Criterion, binary_cross_entropy, squared
from gdlab.problems.rows import take
from gdlab.record import Count

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])

PERCEPTRON_FLOOR = {"squared": 0.25, "cross_entropy": math.log(2)}


@dataclass(frozen=True)
class XOR(Problem):
    """Exclusive or of two bits, learned by a small network with one sigmoid output.

    Two inputs, four hidden units and one output are written 2-4-1 and have 17 parameters; 2-2-1 has 9. w holds layer
    after layer, each as its weights (inputs × outputs) row by row, then its biases: of 2-4-1, w[0:8], w[8:12], w[12:16]
    and w[16]. The inputs are 0 and 1. For the accuracy, a row is right if its output lies on the right side of 1/2.

    Without a hidden layer (`hidden: []`) it is a perceptron, which cannot do better than the loss of answering 1/2
    everywhere: 1/4, or ln 2, at w = 0. With two units side by side the loss comes as near to 0 as one likes, but a
    sigmoid reaches 0 and 1 only at infinite weights.

    Source: Minsky & Papert 1969, "Perceptrons"; solved by a network in Rumelhart, Hinton & Williams 1986.
    """

    name = "xor"
    formula = "mean of (p − y)², or of −y log p − (1 − y) log(1 − p), over 4 rows; p = σ(network(x₁, x₂)), y = x₁ ⊕ x₂"
    source = "Minsky & Papert 1969; Rumelhart, Hinton & Williams 1986"

    hidden: Annotated[tuple[Count, ...], "units of each hidden layer; [] is a perceptron"] = (4,)
    activation: Annotated[Activation, "of the hidden units"] = "tanh"
    criterion: Annotated[Criterion, "what the loss makes of outputs and targets"] = "squared"
    init: Annotated[Initialisation, "how the start is drawn"] = "xavier"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hidden", checks.sizes(self.name, "hidden", self.hidden))

    @cached_property
    def network(self) -> Network:
        """The network whose parameters w are."""
        return Network((2, *self.hidden, 1), self.activation)

    @cached_property
    def _inputs(self) -> Array:
        return self.network.prepare(INPUTS)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows."""
        z, y = self._logits(w, rows), take(TARGETS, rows)
        return squared(sigmoid(z), y) if self.criterion == "squared" else binary_cross_entropy(z, y)

    @property
    def residuals(self) -> Measure | None:
        """p − y of each row for the squared loss; the cross-entropy is no sum of squares."""
        return self._errors if self.criterion == "squared" else None

    def _errors(self, w: Any, rows: Any = None) -> Any:
        return (sigmoid(self._logits(w, rows)) - take(TARGETS, rows)).reshape(-1)

    def accuracy(self, w: Any, rows: Any = None) -> Any:
        """The fraction of rows that are right."""
        return np.mean((self._logits(w, rows) > 0) == (take(TARGETS, rows) > 0.5))

    def _logits(self, w: Any, rows: Any) -> Any:
        return self.network(w, take(self._inputs, rows))

    def initial(self, rng: np.random.Generator) -> Array:
        """Drawn by `init`."""
        return self.network.initial(rng, self.init)

    @property
    def dim(self) -> int:
        """9 for 2-2-1, 17 for 2-4-1."""
        return self.network.dim

    @property
    def infimum(self) -> float | None:
        """0 with two hidden units side by side; 1/4 or ln 2 without any; unknown for a chain of single units."""
        if not self.hidden:
            return PERCEPTRON_FLOOR[self.criterion]
        return 0.0 if max(self.hidden) > 1 else None

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """The perceptron's; a network with hidden units has none."""
        return () if self.hidden else (np.zeros(self.dim),)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Hidden units can change places, so that each good set of weights has copies; some starts end on a plateau."""
        return (Flag.NOT_ATTAINED, Flag.MANY_MINIMA) if self.infimum == 0 else ()

    @property
    def rows(self) -> int:
        """The four rows of the truth table."""
        return 4

    def measures(self) -> Mapping[str, Measure]:
        """`accuracy`, the fraction of rows that are right."""
        return {"accuracy": self.accuracy}
