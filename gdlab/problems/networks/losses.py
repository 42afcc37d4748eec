"""Losses of a network: means over rows and outputs, of predictions and targets of shape (rows, outputs).

A mean, not a sum, so that the gradient over all rows is the mean of the gradients over equal parts of them.
"""

from typing import Any, Literal

import numpy as np

from gdlab.autodiff import softplus

Criterion = Literal["squared", "cross_entropy"]


def squared(prediction: Any, y: Any) -> Any:
    """The squared error, mean (p − y)²."""
    return np.mean((prediction - y) ** 2)


def binary_cross_entropy(logits: Any, y: Any) -> Any:
    """The cross-entropy −mean (y log σ(z) + (1 − y) log(1 − σ(z))) for y in [0, 1], one sigmoid for each output.

    Computed as mean (log(1 + eᶻ) − y z), which is the same and finite for logits z of any size.
    """
    return np.mean(softplus(logits) - y * logits)
