"""The multilayer perceptron: any hidden layers, activation, criterion, penalties, start and data."""

from dataclasses import dataclass, field
from typing import Annotated

from gdlab.problems.base import Flag
from gdlab.problems.data import DataSet, Moons
from gdlab.problems.networks.activations import Activation
from gdlab.problems.networks.base import NetworkProblem
from gdlab.problems.networks.criteria import Criterion
from gdlab.problems.networks.initialisations import Initialisation
from gdlab.record import Count, NonNegative, Positive


@dataclass(frozen=True)
class MLP(NetworkProblem):
    """Multilayer perceptron: a fully connected network with any hidden layers, for classes or numbers.

    w holds layer after layer, each as its weights (inputs × outputs) row by row, then its biases: digits with one
    hidden layer of 64 units are 64-64-10 and have 4810 parameters.

    The penalties count the weights of all layers and not the biases. With plain gradient descent the gradient l2·W of
    the second shrinks the weights as weight decay does. `test_loss` leaves the penalties out.

    A criterion that is left open is squared for numbers, binary cross-entropy for two classes, and softmax
    cross-entropy for more. Binary cross-entropy of more than two gives each class a sigmoid of its own.

    Source: Rumelhart, Hinton & Williams 1986.
    """

    name = "mlp"
    formula = "mean over rows of criterion(output(network(x)), y) + l1·Σ|W| + l2/2·ΣW², layers activation(x W + b)"
    source = "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors"

    data: Annotated[DataSet, "where the rows come from"] = field(default_factory=Moons)
    hidden: Annotated[tuple[Count, ...], "units of each hidden layer; [] has none"] = (16,)
    activation: Annotated[Activation, "of the hidden units"] = "tanh"
    slope: Annotated[
        Positive | None,
        "α of relu, α·max(0, z), of leaky_relu, αz below 0, or of elu, α(eᶻ − 1) below 0; unset: 1, 0.01 or 1",
    ] = None
    criterion: Annotated[Criterion | None, "what the loss makes of outputs and targets; unset: what fits the data"] = (
        None
    )
    output: Annotated[
        Activation | None, "applied to the last layer for squared and huber; unset: nothing, or what the criterion does"
    ] = None
    delta: Annotated[Positive, "of huber: where errors begin to count linearly"] = 1.0
    l1: Annotated[NonNegative, "strength of the penalty l1·Σ|W|"] = 0.0
    l2: Annotated[NonNegative, "strength of the penalty l2/2·ΣW²"] = 0.0
    init: Annotated[Initialisation, "how the start is drawn"] = "xavier"
    bias: Annotated[bool, "whether every layer adds biases"] = True

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Hidden units can change places, so that each good set of weights has copies."""
        return (Flag.MANY_MINIMA,) if max(self.hidden, default=1) > 1 else ()
