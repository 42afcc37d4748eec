"""How it is minimised: pure update rules, each an immutable record with `init` and `step`."""

from gdlab.optimizers import schedules
from gdlab.optimizers.adagrad import Adadelta, Adagrad, RMSprop
from gdlab.optimizers.adam import Adam, AdamW
from gdlab.optimizers.around import Around, ExponentialAverage, Noise, PolyakAverage
from gdlab.optimizers.asgd import ASGD
from gdlab.optimizers.base import Objective, Optimizer
from gdlab.optimizers.conjugate import CG
from gdlab.optimizers.coordinate import Coordinate
from gdlab.optimizers.descent import GD, NAG, SGD, Momentum
from gdlab.optimizers.layerwise import LAMB, NovoGrad
from gdlab.optimizers.nadam import NAdam
from gdlab.optimizers.nelder_mead import NelderMead
from gdlab.optimizers.newton import Newton, NewtonCG
from gdlab.optimizers.quasi_newton import BFGS, LBFGS
from gdlab.optimizers.radam import RAdam
from gdlab.optimizers.random_search import RandomSearch
from gdlab.optimizers.second_moments import AdaBelief, Adamax, AMSGrad, Yogi
from gdlab.optimizers.signs import Lion, Rprop, SignSGD
from gdlab.optimizers.squares import GaussNewton, LevenbergMarquardt, SquaredLossRule, SquaredObjective
from gdlab.optimizers.steepest import SteepestDescent
from gdlab.optimizers.step_sizes import BB, Polyak

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
    "steepest_descent": SteepestDescent,
    "bb": BB,
    "polyak": Polyak,
    "cg": CG,
    "newton": Newton,
    "newton_cg": NewtonCG,
    "gauss_newton": GaussNewton,
    "levenberg_marquardt": LevenbergMarquardt,
    "bfgs": BFGS,
    "lbfgs": LBFGS,
    "coordinate": Coordinate,
    "nelder_mead": NelderMead,
    "random_search": RandomSearch,
}

__all__ = [
    "ASGD",
    "BB",
    "BFGS",
    "CG",
    "GD",
    "LAMB",
    "LBFGS",
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
    "GaussNewton",
    "LevenbergMarquardt",
    "Lion",
    "Momentum",
    "NAdam",
    "NelderMead",
    "Newton",
    "NewtonCG",
    "Noise",
    "NovoGrad",
    "Objective",
    "Optimizer",
    "Polyak",
    "PolyakAverage",
    "RAdam",
    "RMSprop",
    "RandomSearch",
    "Rprop",
    "SignSGD",
    "SquaredLossRule",
    "SquaredObjective",
    "SteepestDescent",
    "Yogi",
    "schedules",
]
