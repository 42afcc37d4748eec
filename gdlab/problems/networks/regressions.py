"""Networks without a hidden layer: linear, logistic and softmax regression, and the perceptron.

All but the perceptron are convex: every descent that converges ends at the least loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from gdlab.problems.base import Array, Flag
from gdlab.problems.data import And, DataSet, Iris, Moons, Sine
from gdlab.problems.networks.base import NetworkProblem
from gdlab.problems.networks.initialisations import Initialisation
from gdlab.record import NonNegative, Positive

L1 = Annotated[NonNegative, "strength of the penalty l1·Σ|W|"]
L2 = Annotated[NonNegative, "strength of the penalty l2/2·ΣW²"]
Init = Annotated[Initialisation, "how the start is drawn"]
Bias = Annotated[bool, "whether a constant is learned beside the weights"]


@dataclass(frozen=True)
class Linear(NetworkProblem):
    """Linear regression: numbers, or two classes as 0 and 1, by a weighted sum.

    With huber instead of the square, rows far off the line pull no harder than those delta off. With l2 it is ridge
    regression, with l1 the lasso; neither penalty counts the bias.

    Source: Legendre 1805; Gauss 1809; Huber 1964; Hoerl & Kennard 1970 (ridge); Tibshirani 1996 (lasso).
    """

    name = "linear"
    formula = "mean over rows of (x·w + b − y)², or of huber of it, + l1·Σ|w| + l2/2·Σw²"
    source = "Legendre 1805; Gauss 1809; Huber 1964; Hoerl & Kennard 1970; Tibshirani 1996"

    data: Annotated[DataSet, "where the rows come from"] = field(default_factory=Sine)
    criterion: Annotated[Literal["squared", "huber"], "what the loss makes of sums and targets"] = "squared"
    delta: Annotated[Positive, "of huber: where errors begin to count linearly"] = 1.0
    l1: L1 = 0.0
    l2: L2 = 0.0
    init: Init = "zeros"
    bias: Bias = True

    @property
    def infimum(self) -> float | None:
        """The loss at the minimum, where that is known."""
        return float(self.loss(self.minimizers[0])) if self.minimizers else None

    @cached_property
    def minimizers(self) -> tuple[Array, ...]:
        """That of the squared loss without l1, by least squares, but of rows that lie in a file."""
        if self.criterion != "squared" or self.l1 or self.head.outputs > 1 or not self.split.train.resident:
            return ()
        inputs, targets = self._train.inputs, self._train.targets
        # (l2/2)·Σw² is the mean square of more rows, one for each weight.
        more = np.eye(self.dim)[: self.network.sizes[0]] * np.sqrt(self.l2 / 2 * self.rows)
        x, y = np.vstack([inputs, more]), np.concatenate([targets[:, 0], np.zeros(len(more))])
        return (np.linalg.lstsq(x, y, rcond=None)[0],)


@dataclass(frozen=True)
class Logistic(NetworkProblem):
    """Logistic regression: two classes, y = −1 for the first and y = +1 for the second.

    On classes that a line separates, the loss falls toward 0 as the weights grow without end, unless a penalty holds
    them.

    Source: Cox 1958, The regression analysis of binary sequences.
    """

    name = "logistic"
    formula = "mean over rows of log(1 + exp(−y(x·w + b))) + l1·Σ|w| + l2/2·Σw²"
    source = "Cox 1958, The regression analysis of binary sequences"
    fixed: ClassVar[Mapping[str, Any]] = {"criterion": "logistic"}

    data: Annotated[DataSet, "where the rows come from"] = field(default_factory=Moons)
    l1: L1 = 0.0
    l2: L2 = 0.0
    init: Init = "zeros"
    bias: Bias = True


@dataclass(frozen=True)
class Softmax(NetworkProblem):
    """Softmax regression: any number of classes that exclude each other, a weighted sum for each.

    What is added to the sums of all classes alike changes nothing, so that without a penalty no minimum is the only
    one.

    Source: Bridle 1990, Probabilistic interpretation of feedforward classification network outputs.
    """

    name = "softmax"
    formula = "mean over rows of −log softmax(x W + b)[class] + l1·Σ|W| + l2/2·ΣW²"
    source = "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs"
    fixed: ClassVar[Mapping[str, Any]] = {"criterion": "softmax_cross_entropy"}

    data: Annotated[DataSet, "where the rows come from"] = field(default_factory=Iris)
    l1: L1 = 0.0
    l2: L2 = 0.0
    init: Init = "zeros"
    bias: Bias = True


@dataclass(frozen=True)
class Perceptron(NetworkProblem):
    """Rosenblatt's perceptron: a weighted sum whose sign tells two classes apart, with its own learning rule.

    The loss is |x·w + b| of rows on the wrong side and 0 of those that are right. Its gradient by one row is
    (H(x·w + b) − y)x with y ∈ {0, 1} and H the unit step, so that sgd with lr 1 and batches of one row is the rule
    w ← w + (y − H)x, which begins to learn even at w = 0. A line that separates the classes is found after finitely
    many mistakes; where there is none, the rule goes on for ever.

    Source: Rosenblatt 1958, The perceptron; Novikoff 1962, On convergence proofs for perceptrons.
    """

    name = "perceptron"
    formula = "mean over rows of (H(x·w + b) − y)(x·w + b), the step H taken as a constant"
    source = "Rosenblatt 1958; Novikoff 1962"
    fixed: ClassVar[Mapping[str, Any]] = {"criterion": "perceptron"}

    data: Annotated[DataSet, "where the rows come from"] = field(default_factory=And)
    init: Init = "zeros"
    bias: Bias = True

    @property
    def infimum(self) -> float:
        """0: no row counts less, and at w = 0 none counts."""
        return 0.0

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """w = 0, which separates nothing: it is the rule that leads away from it, not the loss."""
        return (np.zeros(self.dim),)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The loss has a kink wherever a row changes sides, and at w = 0 all do."""
        return (Flag.KINK,)
