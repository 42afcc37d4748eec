"""The functions and operators that a formula may use: what each takes, and what computes it.

A function takes values, which are formulas themselves, and behind them options, which are literals such as `axis=0`.
Everything works on plain arrays and on traced values alike, since it is NumPy or written with it.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from gdlab.autodiff import leaky_relu, log_softmax, logsumexp, relu, sigmoid, softmax, softplus


class Option(Enum):
    """What an option may be; the value says it to the user."""

    AXIS = "a whole number such as axis=0, a tuple of them, or None"
    FLAG = "True or False"
    SHAPE = "a whole number, or a tuple of them"
    WHOLES = "a whole number or a tuple of them"
    WHOLE = "a whole number"
    NUMBER = "a number"
    PADDING = "a pair (before, after) of whole numbers, or one such pair for each axis"


@dataclass(frozen=True)
class Function:
    """One function of formulas.

    Args:
        compute: takes the values by position and the options by name.
        values: how many values it takes.
        options: by name, in the order in which they may also follow the values.
        required: how many of the options must be given.
        gathers: it takes one tuple of values instead, as `stack((x, y))` does.
    """

    compute: Callable[..., Any]
    values: int = 1
    options: Mapping[str, Option] = field(default_factory=dict)
    required: int = 0
    gathers: bool = False


def _reshape(x: Any, shape: Any) -> Any:
    return np.reshape(x, shape)


def _pad(x: Any, widths: Any) -> Any:
    """Surround with zeros; NumPy's own `pad` writes into an array, which a traced value forbids."""
    pairs = (widths,) if isinstance(widths[0], int) else widths
    if len(pairs) != np.ndim(x):
        raise ValueError(f"{len(pairs)} pairs of widths do not fit a value with {np.ndim(x)} axes")
    for axis, (before, after) in enumerate(pairs):
        for width, at_front in ((before, True), (after, False)):
            if width:
                zeros = np.zeros((*x.shape[:axis], width, *x.shape[axis + 1 :]), x.dtype)
                x = np.concatenate((zeros, x) if at_front else (x, zeros), axis=axis)
    return x


_REDUCED = {"axis": Option.AXIS, "keepdims": Option.FLAG}
_SPREAD = {"axis": Option.AXIS, "ddof": Option.WHOLE, "keepdims": Option.FLAG}

FUNCTIONS: Mapping[str, Function] = {
    **{
        name: Function(getattr(np, name))
        for name in (
            *("abs", "sign", "sqrt", "cbrt", "square", "exp", "exp2", "expm1", "log", "log1p", "log2", "log10"),
            *("sin", "cos", "tan", "arcsin", "arccos", "arctan"),
            *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
            *("floor", "ceil", "ravel"),
        )
    },
    **{
        name: Function(getattr(np, name), 2)
        for name in (
            *("arctan2", "hypot", "maximum", "minimum", "logaddexp", "dot", "matmul", "inner", "outer"),
            *("logical_and", "logical_or"),
        )
    },
    "logical_not": Function(np.logical_not),
    "where": Function(np.where, 3),
    "clip": Function(np.clip, 3),
    **{name: Function(getattr(np, name), 1, _REDUCED) for name in ("sum", "mean", "max", "min", "prod")},
    **{name: Function(getattr(np, name), 1, _SPREAD) for name in ("var", "std")},
    "cumsum": Function(np.cumsum, 1, {"axis": Option.WHOLE}),
    "trace": Function(np.trace),
    "tensordot": Function(np.tensordot, 2, {"axes": Option.WHOLE}),
    "norm": Function(np.linalg.norm, 1, {"ord": Option.NUMBER, "axis": Option.AXIS, "keepdims": Option.FLAG}),
    "solve": Function(np.linalg.solve, 2),
    "inv": Function(np.linalg.inv),
    "det": Function(np.linalg.det),
    "reshape": Function(_reshape, 1, {"shape": Option.SHAPE}, 1),
    "transpose": Function(np.transpose, 1, {"axes": Option.WHOLES}),
    "swapaxes": Function(np.swapaxes, 1, {"axis1": Option.WHOLE, "axis2": Option.WHOLE}, 2),
    "expand_dims": Function(np.expand_dims, 1, {"axis": Option.AXIS}, 1),
    "squeeze": Function(np.squeeze, 1, {"axis": Option.AXIS}),
    "broadcast_to": Function(np.broadcast_to, 1, {"shape": Option.SHAPE}, 1),
    "pad": Function(_pad, 1, {"widths": Option.PADDING}, 1),
    "take": Function(np.take, 1, {"indices": Option.WHOLES, "axis": Option.WHOLE}, 1),
    "concatenate": Function(np.concatenate, 1, {"axis": Option.WHOLE}, gathers=True),
    "stack": Function(np.stack, 1, {"axis": Option.WHOLE}, gathers=True),
    "sigmoid": Function(sigmoid),
    "softplus": Function(softplus),
    "relu": Function(relu),
    "leaky_relu": Function(leaky_relu, 1, {"slope": Option.NUMBER}),
    "softmax": Function(softmax, 1, {"axis": Option.WHOLE}),
    "log_softmax": Function(log_softmax, 1, {"axis": Option.WHOLE}),
    "logsumexp": Function(logsumexp, 1, _REDUCED),
}

OPERATORS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": np.matmul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

CONSTANTS: Mapping[str, float] = {"pi": np.pi, "e": np.e}

# What people write, and what it is called here.
HINTS: Mapping[str, str] = {
    "ln": "the natural logarithm is log(x)",
    "pow": "a power is x**y",
    "power": "a power is x**y",
    "asin": "it is arcsin(x)",
    "acos": "it is arccos(x)",
    "atan": "it is arctan(x)",
    "atan2": "it is arctan2(y, x)",
    "fabs": "it is abs(x)",
    "absolute": "it is abs(x)",
    "multiply": "write x*y",
    "add": "write x + y",
    "σ": "write sigmoid(x), or std(x) for a standard deviation",
    "Σ": "write sum(x)",
    "tg": "it is tan(x)",
    "sen": "it is sin(x)",
    "slogdet": "write log(abs(det(a)))",
    "einsum": "it takes a string, which no formula does; matmul, tensordot, outer and trace do without",
    "zeros": "write a number: it is broadcast to the shape it meets",
    "ones": "write a number: it is broadcast to the shape it meets",
}
