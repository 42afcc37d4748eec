"""Activations: what a hidden unit makes of its weighted sum, elementwise."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from gdlab.autodiff import relu, sigmoid

Activation = Literal["sigmoid", "tanh", "relu"]

ACTIVATIONS: dict[Activation, Callable[[Any], Any]] = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}
