"""Criteria: the loss of a network, and the form in which each wants its targets.

All are means over rows, and over outputs where there are several, of predictions p or last sums z of shape
(rows, outputs): a mean, not a sum, so that the gradient over all rows is the mean of the gradients over equal parts of
them. All are finite for sums of any size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gdlab.autodiff import softplus
from gdlab.autodiff.functions import detach
from gdlab.problems.networks.targets import Array, levels, one_hot, signs

Criterion = Literal[
    "squared", "huber", "logistic", "binary_cross_entropy", "softmax_cross_entropy", "hinge", "perceptron"
]


def squared(prediction: Any, y: Any) -> Any:
    """The squared error, mean (p − y)²."""
    return np.mean((prediction - y) ** 2)


def huber(prediction: Any, y: Any, delta: float = 1.0) -> Any:
    """Mean of e²/2 for |e| ≤ delta, of delta·(|e| − delta/2) beyond, with e = p − y.

    Computed as c·(|e| − c/2) with c = min(|e|, delta).

    Source: Huber 1964, Robust estimation of a location parameter.
    """
    size = np.abs(prediction - y)
    within = np.minimum(size, delta)
    return np.mean(within * (size - 0.5 * within))


def logistic(z: Any, y: Any) -> Any:
    """Mean log(1 + exp(−y z)) for y ∈ {−1, +1}."""
    return np.mean(softplus(-y * z))


def binary_cross_entropy(z: Any, y: Any) -> Any:
    """The cross-entropy −mean (y log σ(z) + (1 − y) log(1 − σ(z))) for y ∈ {0, 1}, one sigmoid for each output.

    Computed as mean (log(1 + eᶻ) − y z), which is the same and finite for sums z of any size.
    """
    return np.mean(softplus(z) - y * z)


def softmax_cross_entropy(z: Any, y: Any) -> Any:
    """The cross-entropy −mean log softmax(z)[class], for y one-hot.

    Computed as log Σ exp(s) − y·s with s = z − max z: no exponential overflows, and no digits of small losses cancel.
    """
    shifted = z - detach(np.max(z, axis=1, keepdims=True))
    return (np.sum(np.log(np.sum(np.exp(shifted), axis=1))) - np.sum(y * shifted)) / z.shape[0]


def hinge(z: Any, y: Any) -> Any:
    """Mean max(0, 1 − y z) for y ∈ {−1, +1}.

    Source: Cortes & Vapnik 1995, Support-vector networks.
    """
    return np.mean(np.maximum(1 - y * z, 0))


def perceptron(z: Any, y: Any) -> Any:
    """Mean (H(z) − y)·z for y ∈ {0, 1}: |z| of what is on the wrong side, 0 of what is right.

    H, 1 for z > 0 and else 0, counts as a constant. Of one row the gradient by the weights is (H(z) − y)·x, so that a
    step of length η is Rosenblatt's rule w ← w + η(y − H(z))x, also from w = 0, where the loss is 0 for any rows.

    Source: Rosenblatt 1958, The perceptron; Novikoff 1962, On convergence proofs for perceptrons.
    """
    return np.mean((np.heaviside(z, 0.0) - y) * z)


@dataclass(frozen=True)
class Rule:
    """A criterion.

    Args:
        loss: of (p, y), or of (z, y) if it is one of last sums.
        encode: the targets y of shape (rows, outputs) of a table.
        of_sums: whether it takes the last layer's sums z and not what an output function makes of them.
        fits: the targets that it can be used for.
    """

    loss: Callable[..., Any]
    encode: Callable[..., Array]
    of_sums: bool
    fits: Literal["numbers and classes", "two classes", "classes"]

    @property
    def needs_classes(self) -> bool:
        """Whether the targets must be classes, so that whole numbers are read as such."""
        return self.fits != "numbers and classes"

    def allows(self, classes: int) -> bool:
        """Whether it can be used for so many classes; 0 if the targets are numbers."""
        if not self.needs_classes:
            return True
        return classes == 2 if self.fits == "two classes" else classes >= 2


CRITERIA: dict[Criterion, Rule] = {
    "squared": Rule(squared, levels, False, "numbers and classes"),
    "huber": Rule(huber, levels, False, "numbers and classes"),
    "logistic": Rule(logistic, signs, True, "two classes"),
    "binary_cross_entropy": Rule(binary_cross_entropy, levels, True, "classes"),
    "softmax_cross_entropy": Rule(softmax_cross_entropy, one_hot, True, "classes"),
    "hinge": Rule(hinge, signs, True, "two classes"),
    "perceptron": Rule(perceptron, levels, True, "two classes"),
}
