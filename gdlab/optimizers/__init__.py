"""How it is minimised: pure update rules, each an immutable record with `init` and `step`."""

from gdlab.optimizers.adagrad import Adagrad
from gdlab.optimizers.adam import Adam
from gdlab.optimizers.base import Objective, Optimizer
from gdlab.optimizers.coordinate import Coordinate
from gdlab.optimizers.descent import GD, NAG, Momentum

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gd": GD,
    "momentum": Momentum,
    "nag": NAG,
    "adagrad": Adagrad,
    "adam": Adam,
    "coordinate": Coordinate,
}

__all__ = ["GD", "NAG", "OPTIMIZERS", "Adagrad", "Adam", "Coordinate", "Momentum", "Objective", "Optimizer"]
