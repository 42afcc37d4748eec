"""Activations: what a unit makes of its weighted sum, elementwise, stable for sums of any size.

At kinks the derivatives are those of `gdlab.autodiff`: relu and leaky_relu have 0 at 0, elu the mean of both sides.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from gdlab.autodiff import leaky_relu, sigmoid, softplus
from gdlab.autodiff import relu as rectifier

Activation = Literal["identity", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu"]


def identity(z: Any) -> Any:
    """z: layers without anything in between are one linear map."""
    return z


def step(z: Any) -> Any:
    """−1, 0 or 1, the sign of z: its derivative is 0 wherever there is one, so that nothing before it can learn.

    Source: McCulloch & Pitts 1943; Rosenblatt 1958.
    """
    return np.sign(z)


def relu(z: Any, slope: float = 1.0) -> Any:
    """slope·max(0, z).

    Source: Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines.
    """
    return rectifier(z) if slope == 1 else slope * rectifier(z)


def elu(z: Any, slope: float = 1.0) -> Any:
    """z for z > 0, slope·(eᶻ − 1) for z < 0: the slope is that just below 0.

    Source: Clevert, Unterthiner & Hochreiter 2015 (arXiv:1511.07289), eq. 15.
    """
    below = np.expm1(np.minimum(z, 0))  # of what is above 0 it would overflow
    return np.maximum(z, 0) + (below if slope == 1 else slope * below)


def gelu(z: Any) -> Any:
    """z/2·(1 + tanh(√(2/π)·(z + 0.044715 z³))), the tanh form of z·Φ(z): at most 5e-4 from it.

    Source: Hendrycks & Gimpel 2016 (arXiv:1606.08415), section 2.
    """
    return 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))


ACTIVATIONS: dict[Activation, Callable[..., Any]] = {
    "identity": identity,
    "step": step,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "softplus": softplus,
    "gelu": gelu,
}

SLOPED: tuple[Activation, ...] = ("relu", "leaky_relu", "elu")  # those that take a slope


def activation(name: Activation, slope: float | None = None) -> Callable[[Any], Any]:
    """The function of an activation.

    Args:
        name: which one.
        slope: of relu for z > 0, of leaky_relu for z < 0, of elu just below 0; unset, 1, 0.01 and 1.
    """
    function = ACTIVATIONS[name]
    return function if slope is None else partial(function, slope=slope)
