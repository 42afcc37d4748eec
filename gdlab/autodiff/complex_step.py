"""Derivatives by one step in the imaginary direction, which subtracts nothing and so loses no digits.

∂f/∂wᵢ ≈ Im f(w + i·ε·eᵢ)/ε, with an error of order ε²: ε may be as small as 1e-20.

The steps of a function are computed on complex numbers. Where NumPy's own meaning of them would be another function
(|z| is real, sign(z) = z/|z|, √−1 = i), the one that continues the real function is taken: pieces are chosen by the
real part, and outside of its domain a function is NaN as on real numbers.

Source: Squire & Trapp 1998, Using complex variables to estimate derivatives of real functions, SIAM Review 40(1),
pp. 110-112.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.derivatives import Array, Derivatives, difference_along, gathered
from gdlab.autodiff.graph import ancestors
from gdlab.autodiff.primitive import Primitive
from gdlab.errors import DifferentiationError

Rule = Callable[..., Any]


def _real(function: Rule) -> Rule:
    """A function that is constant in pieces, or true or false: it sees the real parts only."""
    return lambda *args: function(*(np.real(x) for x in args))


def _inside(function: Rule, inside: Rule) -> Rule:
    """A function that is NaN where the real part of its argument is outside of its domain."""
    return lambda x: np.where(inside(np.real(x)), function(x), _nan(x))


def _nan(x: Any) -> Any:
    """NaN in both parts."""
    return x * np.nan


def _greater(x: Any, y: Any) -> Any:
    a, b = np.real(x), np.real(y)
    return np.where(a > b, x, np.where(a < b, y, (x + y) / 2))


def _side(x: Any) -> Any:
    """−1 where the real part is negative, 1 elsewhere."""
    return np.where(np.real(x) < 0, -1, 1)


def _power(x: Any, y: Any) -> Any:
    a, b = np.real(x), np.real(y)
    whole = np.rint(b)
    # By the logarithm of −x: that of x has an angle of nearly π, in which a tiny step is lost.
    z = np.power(np.where(x == 0, 1, _side(x) * x), y) * np.where(a < 0, 1 - 2 * np.mod(whole, 2), 1)
    z = np.where((a < 0) & ((b != whole) | (np.imag(y) != 0)), _nan(z), z)
    return np.where(x == 0, np.power(a, b), z)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-_side(x) * x)
    return np.where(np.real(x) < 0, small, 1) / (1 + small)


def _logaddexp(x: Any, y: Any) -> Any:
    return _greater(x, y) + np.log1p(np.exp(-np.sign(np.real(x - y)) * (x - y)))


def _arctan2(x: Any, y: Any) -> Any:
    steep = np.abs(np.real(x)) > np.abs(np.real(y))
    slope = np.where(steep, y, x) / np.where(steep, x, y)
    return np.arctan2(np.real(x), np.real(y)) + 1j * np.where(steep, -1, 1) * np.imag(np.arctan(slope))


def _where(condition: Any, x: Any, y: Any) -> Any:
    return np.where(np.real(condition) != 0, x, y)


def _cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x, np.result_type(dtype, np.complex64)) if dtype.kind == "f" else np.real(x).astype(dtype)


def _extremum(ufunc: Rule) -> Rule:
    def compute(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
        best = ufunc(np.real(x), axis=axes, keepdims=True)
        hits = np.real(x) == best
        z = np.sum(np.where(hits, x, 0), axis=axes, keepdims=True) / np.sum(hits, axis=axes, keepdims=True)
        return z if keepdims else np.squeeze(z, axes)

    return compute


def _log_abs_det(a: Any) -> Any:
    sign, size = np.linalg.slogdet(a)
    # The angle of a determinant that is nearly real, relative to that of its real part.
    return size + 1j * np.imag(sign) * np.sign(np.real(sign))


_REAL = (
    *("sign", "floor", "ceil", "trunc", "rint", "floor_divide", "less", "less_equal", "greater"),
    *("greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_xor", "logical_not"),
    *("isnan", "isinf", "isfinite", "detach", "det_sign"),
)
_AS_THEY_ARE = (
    *("add", "subtract", "multiply", "divide", "negative", "positive", "square", "reciprocal", "exp", "exp2", "expm1"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsinh", "sum", "broadcast_to", "reshape", "transpose"),
    *("getitem", "assemble", "scatter_add", "take_rows", "put_rows", "concatenate", "cumsum", "vdot", "matmul"),
    *("einsum", "inv", "solve", "det"),
)
_CONTINUED: dict[str, Rule] = {
    "absolute": lambda x: np.sign(np.real(x)) * x,
    "sqrt": _inside(np.sqrt, lambda a: a >= 0),
    "cbrt": lambda x: _side(x) * np.power(_side(x) * x, 1 / 3),
    "log": _inside(np.log, lambda a: a >= 0),
    "log2": _inside(np.log2, lambda a: a >= 0),
    "log10": _inside(np.log10, lambda a: a >= 0),
    "log1p": _inside(np.log1p, lambda a: a >= -1),
    "arcsin": _inside(np.arcsin, lambda a: np.abs(a) <= 1),
    "arccos": _inside(np.arccos, lambda a: np.abs(a) <= 1),
    "arccosh": _inside(np.arccosh, lambda a: a >= 1),
    "arctanh": _inside(np.arctanh, lambda a: np.abs(a) <= 1),
    "power": _power,
    "remainder": lambda x, y: x - y * np.floor(np.real(x) / np.real(y)),
    "fmod": lambda x, y: x - y * np.trunc(np.real(x) / np.real(y)),
    "heaviside": lambda x, y: np.where(np.real(x) == 0, y, np.heaviside(np.real(x), 0)),
    "maximum": _greater,
    "minimum": lambda x, y: -_greater(-x, -y),
    "relu": lambda x: np.where(np.real(x) > 0, x, 0),
    "sigmoid": _sigmoid,
    "softplus": lambda x: _logaddexp(x, 0),
    "logaddexp": _logaddexp,
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "arctan2": _arctan2,
    "max": _extremum(np.max),
    "min": _extremum(np.min),
    "where": _where,
    "cast": _cast,
    "log_abs_det": _log_abs_det,
}


def complex_rule(primitive: Primitive) -> Rule:
    """What computes a primitive on complex numbers.

    Raises:
        DifferentiationError: if that is not known.
    """
    if primitive.name in _CONTINUED:
        return _CONTINUED[primitive.name]
    if primitive.name in _REAL:
        return _real(primitive.compute)
    if primitive.name in _AS_THEY_ARE:
        return primitive.compute
    raise DifferentiationError(
        f"the complex step cannot take {primitive.name!r}, which has no known meaning on complex numbers; "
        "use scheme='central'"
    )


class ComplexStepDerivatives(Derivatives):
    """By a step in the imaginary direction, an evaluation for each parameter; second order by central differences.

    Args:
        f, w, rows: as for all methods; f must not branch on its values.
        eps: the step ε; None is 1e-20.
    """

    def __init__(self, f: Callable[..., Any], w: Any, rows: Any = None, *, eps: float | None = None) -> None:
        super().__init__(f, w, rows)
        self.eps = 1e-20 if eps is None else eps
        self._dtype = np.result_type(self.example.dtype, np.complex64)

    @property
    def cost_of_gradient(self) -> Cost:
        """An evaluation for each parameter."""
        return Cost(evaluations=self.n)

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """An evaluation for each parameter, and one for the value."""
        return Cost(evaluations=self.n + 1)

    @property
    def cost_of_hvp(self) -> Cost:
        """Two gradients."""
        return self.cost_of_gradient * 2

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w), and ∇f(w) by complex steps."""
        return self.value(w, rows), self.gradient(w, rows)

    def gradient(self, w: Array, rows: Any = None) -> Array:
        """∇f(w) by complex steps."""
        point = self._point(w).astype(self._dtype)
        ahead = (self._continued(point + 1j * self.eps * direction, rows) for direction in self._directions())
        return gathered([np.imag(value) / self.eps for value in ahead], self.example)

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v: the difference of the gradients at two points along v."""
        unit = float(np.finfo(self.example.dtype).eps) ** (1 / 3)
        return np.asarray(difference_along(lambda x: self.gradient(x, rows), self._point(w), v, unit))

    @cached_property
    def _continued(self) -> Callable[..., Any]:
        """The function on complex numbers, step by step."""
        inputs, out = self._trace()
        steps = [(node, complex_rule(node.primitive)) for node in ancestors([out]) if node.primitive is not None]
        constants = {id(node): node.value for node in ancestors([out]) if node.is_constant}

        def compute(point: Any, rows: Any) -> Any:
            known = constants | {id(inputs["w"]): point}
            if "rows" in inputs:
                known[id(inputs["rows"])] = rows
            for node, rule in steps:
                known[id(node)] = rule(*(known[id(child)] for child in node.inputs), **node.params)
            return known[id(out)]

        return compute
