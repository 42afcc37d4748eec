"""The table of elementwise primitives: value and derivative of each, in one line.

A partial is written with NumPy functions of the result z and the arguments; it serves dual numbers, the backward pass
and the printed formula, to any order. Conventions at kinks, the same for dual numbers and reverse mode:

- |x| and sign have derivative 0 at 0, steps (floor, rint, comparisons …) everywhere; relu and leaky_relu have 0 at 0.
- maximum, minimum and clip, and max and min over axes, share the derivative equally between those that tie.
- x**y has derivative 0 by x where y = 0, and 0 by y where x = 0.
- where takes the derivative of the branch that is taken.

What is infinite or undefined there stays so: √x, log x, 1/x at 0, and √(x·x) and norms at 0 (NaN).
"""

import math
from typing import Any

import numpy as np

from gdlab.autodiff.primitive import Elementwise, Traced

LN2, LN10 = 0.6931471805599453, 2.302585092994046


def _sigmoid(x: Any) -> Any:
    # exp may overflow to inf for very negative x, and 1/(1+inf) = 0 is then the right answer.
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, 0)


def _detach(x: Any) -> Any:
    return x


def _power_by_base(z: Any, x: Any, y: Any) -> Any:
    if isinstance(y, int | float):
        return _constant_power(x, y)
    if not isinstance(y, Traced) and np.all(y):
        return y * x ** (y - 1)
    # x⁰ is constant, so the factor y = 0 must not meet 0**-1. Elsewhere the exponent stays y − 1, because its own
    # derivative counts in second order even where y = 0.
    return y * x ** np.where(np.logical_and(x == 0, y == 0), 1, y - 1)


def _constant_power(x: Any, y: float) -> Any:
    if y == 0:
        return 0
    if y == 1:
        return 1
    return 2 * x if y == 2 else y * x ** (y - 1)


def _share_of_greater(z: Any, x: Any, y: Any) -> Any:
    """1 where x > y, 0 where x < y, ½ where they tie."""
    return (1 + np.sign(x - y)) / 2


def _share_of_less(z: Any, x: Any, y: Any) -> Any:
    return (1 - np.sign(x - y)) / 2


def _minus_floor(z: Any, x: Any, y: Any) -> Any:
    return -np.floor(x / y)


def _minus_trunc(z: Any, x: Any, y: Any) -> Any:
    return -np.trunc(x / y)


def _at_zero(z: Any, x: Any, y: Any) -> Any:
    return np.where(x == 0, 1.0, 0.0)


def _angle_by_height(z: Any, x: Any, y: Any) -> Any:
    h = np.hypot(x, y)  # dividing twice, since its square may overflow
    return y / h / h


def _angle_by_width(z: Any, x: Any, y: Any) -> Any:
    h = np.hypot(x, y)
    return -x / h / h


def _inverse(z: Any, x: Any, y: Any) -> Any:
    # Of a constant 0, Python itself would raise an error where arrays give inf.
    return math.inf if isinstance(y, int | float) and y == 0 else 1 / y


def _power_by_exponent(z: Any, x: Any, y: Any) -> Any:
    # 0**y is 0 around every y > 0: the logarithm of 0 must not turn that into 0·inf.
    return z * np.log(np.where(x == 0, 1, x))


sigmoid = Elementwise("sigmoid", _sigmoid, lambda z, x: z * (1 - z))
softplus = Elementwise("softplus", _softplus, lambda z, x: sigmoid(x))
relu = Elementwise("relu", _relu, lambda z, x: np.sign(z))
detach = Elementwise("detach", _detach, 0)

# fmt: off
ELEMENTWISE = (
    #            name           computes          ∂/∂x                                  ∂/∂y
    Elementwise("add",          np.add,           1,                                    1),
    Elementwise("subtract",     np.subtract,      1,                                    -1),
    Elementwise("multiply",     np.multiply,      lambda z, x, y: y,                    lambda z, x, y: x),
    Elementwise("divide",       np.divide,        _inverse,                             lambda z, x, y: -z / y),
    Elementwise("power",        np.power,         _power_by_base,                       _power_by_exponent),
    Elementwise("remainder",    np.remainder,     1,                                    _minus_floor),
    Elementwise("fmod",         np.fmod,          1,                                    _minus_trunc),
    Elementwise("floor_divide", np.floor_divide,  0,                                    0),
    Elementwise("maximum",      np.maximum,       _share_of_greater,                    _share_of_less),
    Elementwise("minimum",      np.minimum,       _share_of_less,                       _share_of_greater),
    Elementwise("logaddexp",    np.logaddexp,     lambda z, x, y: np.exp(x - z),        lambda z, x, y: np.exp(y - z)),
    Elementwise("heaviside",    np.heaviside,     0,                                    _at_zero),
    Elementwise("hypot",        np.hypot,         lambda z, x, y: x / z,                lambda z, x, y: y / z),
    Elementwise("arctan2",      np.arctan2,       _angle_by_height,                     _angle_by_width),

    Elementwise("negative",     np.negative,      -1),
    Elementwise("positive",     np.positive,      1),
    Elementwise("absolute",     np.absolute,      lambda z, x: np.sign(x)),
    Elementwise("sign",         np.sign,          0),
    Elementwise("floor",        np.floor,         0),
    Elementwise("ceil",         np.ceil,          0),
    Elementwise("trunc",        np.trunc,         0),
    Elementwise("rint",         np.rint,          0),
    Elementwise("sqrt",         np.sqrt,          lambda z, x: 0.5 / z),
    Elementwise("cbrt",         np.cbrt,          lambda z, x: 1 / (3 * z * z)),
    Elementwise("square",       np.square,        lambda z, x: 2 * x),
    Elementwise("reciprocal",   np.reciprocal,    lambda z, x: -z * z),
    Elementwise("exp",          np.exp,           lambda z, x: z),
    Elementwise("exp2",         np.exp2,          lambda z, x: LN2 * z),
    Elementwise("expm1",        np.expm1,         lambda z, x: z + 1),
    Elementwise("log",          np.log,           lambda z, x: 1 / x),
    Elementwise("log1p",        np.log1p,         lambda z, x: 1 / (1 + x)),
    Elementwise("log2",         np.log2,          lambda z, x: 1 / (LN2 * x)),
    Elementwise("log10",        np.log10,         lambda z, x: 1 / (LN10 * x)),
    Elementwise("sin",          np.sin,           lambda z, x: np.cos(x)),
    Elementwise("cos",          np.cos,           lambda z, x: -np.sin(x)),
    Elementwise("tan",          np.tan,           lambda z, x: 1 + z * z),
    Elementwise("arcsin",       np.arcsin,        lambda z, x: 1 / np.sqrt(1 - x * x)),
    Elementwise("arccos",       np.arccos,        lambda z, x: -1 / np.sqrt(1 - x * x)),
    Elementwise("arctan",       np.arctan,        lambda z, x: 1 / (1 + x * x)),
    Elementwise("sinh",         np.sinh,          lambda z, x: np.cosh(x)),
    Elementwise("cosh",         np.cosh,          lambda z, x: np.sinh(x)),
    Elementwise("tanh",         np.tanh,          lambda z, x: 1 - z * z),
    Elementwise("arcsinh",      np.arcsinh,       lambda z, x: 1 / np.hypot(x, 1)),
    Elementwise("arccosh",      np.arccosh,       lambda z, x: 1 / np.sqrt(x * x - 1)),
    Elementwise("arctanh",      np.arctanh,       lambda z, x: 1 / (1 - x * x)),

    sigmoid, softplus, relu, detach,

    Elementwise("less",          np.less,          0, 0),
    Elementwise("less_equal",    np.less_equal,    0, 0),
    Elementwise("greater",       np.greater,       0,                                    0),
    Elementwise("greater_equal", np.greater_equal, 0,                                    0),
    Elementwise("equal",         np.equal,         0,                                    0),
    Elementwise("not_equal",     np.not_equal,     0,                                    0),
    Elementwise("logical_and",   np.logical_and,   0,                                    0),
    Elementwise("logical_or",    np.logical_or,    0,                                    0),
    Elementwise("logical_xor",   np.logical_xor,   0,                                    0),
    Elementwise("logical_not",   np.logical_not,   0),
    Elementwise("isnan",         np.isnan,         0),
    Elementwise("isinf",         np.isinf,         0),
    Elementwise("isfinite",      np.isfinite,      0),
)
# fmt: on
