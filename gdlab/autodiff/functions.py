"""Functions that NumPy lacks, in numerically stable forms; they take plain and traced values alike."""

from typing import Any

import numpy as np

from gdlab.autodiff.elementwise import detach, relu, sigmoid, softplus


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """x for x > 0, slope·x for x < 0; the derivative at 0 is 0.

    Source: Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models.
    """
    return relu(x) - slope * relu(-x)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log Σ exp(x) along the axis, without overflow."""
    top = detach(np.max(x, axis=axis, keepdims=True))
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """x − logsumexp(x) along the axis."""
    return x - logsumexp(x, axis=axis, keepdims=True)


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x)/Σ exp(x) along the axis."""
    return np.exp(log_softmax(x, axis))


__all__ = ["detach", "leaky_relu", "log_softmax", "logsumexp", "relu", "sigmoid", "softmax", "softplus"]
