"""The two moments that Adam and its relatives keep: moving averages of g and g², freed of their bias.

With m and v the moving averages of g and g² after k steps, m̂ = m/(1−β₁ᵏ) and v̂ = v/(1−β₂ᵏ) are free of the bias towards
the zeros they started from.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array


class AdamState(NamedTuple):
    """Steps done, and the moving averages of the gradient and of its square."""

    k: Array
    m: Array
    v: Array


def zero_moments(w: Array) -> AdamState:
    """Nothing seen yet: k, m and v are 0."""
    return AdamState(np.zeros((), w.dtype), np.zeros_like(w), np.zeros_like(w))


def unbiased(lr: float, eps: float, beta1: float, beta2: float, k: Array) -> tuple[Any, Any]:
    """The α and ε for which α·m/(√v + ε) = lr·m̂/(√v̂ + eps): scalars, which spares two passes over the arrays.

    Source: Kingma & Ba 2015 (arXiv:1412.6980), end of section 2.
    """
    root = np.sqrt(weight(beta2, k))
    return lr * root / weight(beta1, k), eps * root


def weight(beta: float, k: Array) -> Any:
    """1 − βᵏ, the weight of all that has entered a moving average after k steps, to the precision of k."""
    if k.dtype == np.float64:
        return 1 - beta**k
    least = 1e-30  # a β of 0 has no logarithm; nothing is left of one that is less than this
    log = math.log(max(beta, least)) if isinstance(beta, float | int) else np.log(np.maximum(beta, least))
    return -np.expm1(k * log)


def corrected(x: Array, beta: float, k: Array) -> Any:
    """A moving average of k values that began at 0, freed of its bias towards 0: x/(1 − βᵏ)."""
    return x / weight(beta, k)


def hats(state: AdamState, beta1: float, beta2: float) -> dict[str, Array]:
    """m̂ and v̂."""
    return {"m̂": corrected(state.m, beta1, state.k), "v̂": corrected(state.v, beta2, state.k)}
