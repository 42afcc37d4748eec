"""Functions that NumPy lacks, in numerically stable forms; they take plain and traced values alike."""

from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.elementwise import detach, relu, sigmoid, softplus
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import shape_of


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """x for x > 0, slope·x for x < 0; the derivative at 0 is 0.

    Source: Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models.
    """
    return relu(x) - slope * relu(-x)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log Σ exp(x) along the axis, without overflow."""
    top = detach(np.max(x, axis=axis, keepdims=True))
    top = np.where(np.isfinite(top), top, 0.0)  # −inf − (−inf) would be NaN where all x are −inf
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """x − logsumexp(x) along the axis."""
    return x - logsumexp(x, axis=axis, keepdims=True)


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x)/Σ exp(x) along the axis."""
    return np.exp(log_softmax(x, axis))


def take_rows(table: Any, rows: Any) -> Any:
    """table[rows], also where the rows of a minibatch are traced and the table is a plain array.

    NumPy asks only the table what indexing means, so `table[rows]` and `np.take` cannot be traced by their rows.

    Args:
        table: an array, plain or traced, with one row for each entry of its first axis.
        rows: row numbers, an int array of any shape.
    """
    if not isinstance(rows, Traced):
        return table[rows]
    numbers: Any = rows
    if getattr(rows, "name", None) is None:
        # Computed numbers may be negative; those that a program is given are not.
        numbers = np.where(numbers < 0, numbers + shape_of(table)[0], numbers)
    return structural.take_rows(table, numbers)


__all__ = ["detach", "leaky_relu", "log_softmax", "logsumexp", "relu", "sigmoid", "softmax", "softplus", "take_rows"]
