"""How it is minimised: pure update rules, each an immutable record with `init` and `step`."""

from gdlab.optimizers import schedules
from gdlab.optimizers.adagrad import Adadelta, Adagrad, RMSprop
from gdlab.optimizers.adam import Adam, AdamW, NAdam, RAdam
from gdlab.optimizers.around import Around, ExponentialAverage, Noise, PolyakAverage
from gdlab.optimizers.asgd import ASGD
from gdlab.optimizers.base import Objective, Optimizer
from gdlab.optimizers.coordinate import Coordinate
from gdlab.optimizers.descent import GD, NAG, SGD, Momentum
from gdlab.optimizers.layerwise import LAMB, NovoGrad
from gdlab.optimizers.second_moments import AdaBelief, Adamax, AMSGrad, Yogi
from gdlab.optimizers.signs import Lion, Rprop, SignSGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gd": GD,
    "sgd": SGD,
    "momentum": Momentum,
    "nag": NAG,
    "asgd": ASGD,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adadelta": Adadelta,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
    "radam": RAdam,
    "amsgrad": AMSGrad,
    "adamax": Adamax,
    "adabelief": AdaBelief,
    "yogi": Yogi,
    "lamb": LAMB,
    "novograd": NovoGrad,
    "sign_sgd": SignSGD,
    "lion": Lion,
    "rprop": Rprop,
    "coordinate": Coordinate,
}

__all__ = [
    "ASGD",
    "GD",
    "LAMB",
    "NAG",
    "OPTIMIZERS",
    "SGD",
    "AMSGrad",
    "AdaBelief",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Around",
    "Coordinate",
    "ExponentialAverage",
    "Lion",
    "Momentum",
    "NAdam",
    "Noise",
    "NovoGrad",
    "Objective",
    "Optimizer",
    "PolyakAverage",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SignSGD",
    "Yogi",
    "schedules",
]
