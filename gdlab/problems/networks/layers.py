"""Dense layers as views of one flat vector of parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from gdlab.problems.networks.activations import Activation, activation
from gdlab.problems.networks.initialisations import INITIALISATIONS, Initialisation

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Layer:
    """The place of one dense layer in w: inputs × outputs weights row by row, then one bias for each output.

    Args:
        begin: where it begins in w.
        inputs, outputs: its numbers of units.
        bias: whether it has biases.
    """

    begin: int
    inputs: int
    outputs: int
    bias: bool = True

    @property
    def end(self) -> int:
        """Where the next layer begins."""
        return self.begin + (self.inputs + self.bias) * self.outputs

    def weights(self, w: Any) -> Any:
        """The weights W of shape (inputs, outputs)."""
        return self.flat_weights(w).reshape(self.inputs, self.outputs)

    def flat_weights(self, w: Any) -> Any:
        """The weights W as they lie in w, shape (inputs·outputs,)."""
        return w[self.begin : self.begin + self.inputs * self.outputs]

    def biases(self, w: Any) -> Any:
        """The biases b of shape (outputs,)."""
        return w[self.begin + self.inputs * self.outputs : self.end]

    def affine(self, w: Any) -> Any:
        """W with b as its last row, shape (inputs + 1, outputs): what inputs with a last column of ones multiply."""
        return w[self.begin : self.end].reshape(self.inputs + self.bias, self.outputs)


@dataclass(frozen=True)
class Network:
    """A fully connected network: x ← activation(x W + b) in each hidden layer, x W + b in the last.

    The layers lie one after the other in w, each as its weights W (inputs, outputs) row by row, then its biases b. The
    network 2-4-1 has 17 parameters: w[0:8] is W₁ (2, 4), w[8:12] is b₁, w[12:16] is W₂ (4, 1), w[16] is b₂.

    Args:
        sizes: units of each layer: inputs, hidden ones, outputs.
        activation: of the hidden layers.
        bias: whether the layers have biases.
        slope: of the activation, if it takes one; None for its own.
    """

    sizes: tuple[int, ...]
    activation: Activation = "tanh"
    bias: bool = True
    slope: float | None = None

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in their order, w[layer.begin:layer.end] being the parameters of each."""
        layers: list[Layer] = []
        for inputs, outputs in pairwise(self.sizes):
            layers.append(Layer(layers[-1].end if layers else 0, inputs, outputs, self.bias))
        return tuple(layers)

    @property
    def dim(self) -> int:
        """The number of parameters."""
        return self.layers[-1].end

    def prepare(self, inputs: Array) -> Array:
        """The inputs (rows, sizes[0]) with a last column of ones, if there are biases.

        The ones let the first layer add its biases within its matrix product, forward and backward.
        """
        return np.column_stack([inputs, np.ones(len(inputs))]) if self.bias else inputs

    def __call__(self, w: Any, inputs: Any) -> Any:
        """The last layer's sums, before any output function: shape (rows, sizes[-1]).

        Args:
            w: the parameters, shape (dim,).
            inputs: as `prepare` gives them, or as they are, shape (rows, sizes[0]).
        """
        first, *others = self.layers
        z = inputs @ first.affine(w) if inputs.shape[1] > first.inputs else self._sums(first, w, inputs)
        for layer in others:
            z = self._sums(layer, w, self._activate(z))
        return z

    @cached_property
    def _activate(self) -> Callable[[Any], Any]:
        return activation(self.activation, self.slope)

    def _sums(self, layer: Layer, w: Any, x: Any) -> Any:
        sums = x @ layer.weights(w)
        return sums + layer.biases(w) if self.bias else sums

    def initial(self, rng: np.random.Generator, initialisation: Initialisation) -> Array:
        """Parameters to start from, shape (dim,), each layer spread for its own size."""
        draw = INITIALISATIONS[initialisation]
        return np.concatenate([draw(rng, at.inputs, at.outputs, at.end - at.begin) for at in self.layers])
