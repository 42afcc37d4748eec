"""Initialisations: how wide the first parameters of a layer are spread.

Biases are drawn like the weights of their layer. The papers set them to zero, but then every hidden unit of a fresh
network splits its inputs along a line through the origin, which for inputs of 0 and 1 is a corner of the data.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Draw = Callable[[np.random.Generator, int, int, int], Array]  # (rng, inputs, outputs, count) -> (count,)
Initialisation = Literal["xavier", "he", "normal", "zeros"]


def xavier(rng: np.random.Generator, inputs: int, outputs: int, count: int) -> Array:
    """U(−a, a) with a = √(6/(inputs + outputs)): signals and gradients keep their variance from layer to layer.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16.
    """
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, count)


def he(rng: np.random.Generator, inputs: int, outputs: int, count: int) -> Array:
    """N(0, 2/inputs): the same for rectifiers, which pass half of their inputs on.

    Source: He et al. 2015 (arXiv:1502.01852), eq. 10.
    """
    return rng.normal(0, np.sqrt(2 / inputs), count)


def normal(rng: np.random.Generator, inputs: int, outputs: int, count: int) -> Array:
    """N(0, 1), whatever the size of the layer."""
    return rng.standard_normal(count)


def zeros(rng: np.random.Generator, inputs: int, outputs: int, count: int) -> Array:
    """All zero: the units of a layer then get equal gradients and stay equal, so that a network cannot learn."""
    return np.zeros(count)


INITIALISATIONS: dict[Initialisation, Draw] = {"xavier": xavier, "he": he, "normal": normal, "zeros": zeros}
