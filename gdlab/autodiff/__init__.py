"""How a function is differentiated: primitives, traced values, the methods, the compiled program."""

from gdlab.autodiff.api import bind, gradient, hessian, hvp, value_and_gradient
from gdlab.autodiff.check import check_gradient
from gdlab.autodiff.cost import Cost
from gdlab.autodiff.declare import primitive
from gdlab.autodiff.dual import Dual, jvp
from gdlab.autodiff.functions import (
    leaky_relu,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    softmax,
    softplus,
    take_rows,
)
from gdlab.autodiff.lanes import AtPoints
from gdlab.autodiff.methods import METHODS, Method
from gdlab.autodiff.program.program import program
from gdlab.autodiff.terms import Const, Var

__all__ = [
    "METHODS",
    "AtPoints",
    "Const",
    "Cost",
    "Dual",
    "Method",
    "Var",
    "bind",
    "check_gradient",
    "gradient",
    "hessian",
    "hvp",
    "jvp",
    "leaky_relu",
    "log_softmax",
    "logsumexp",
    "primitive",
    "program",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "take_rows",
    "value_and_gradient",
]
