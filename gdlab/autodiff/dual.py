"""Dual numbers a + bε with ε² = 0: a value and its derivative, carried forward together."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.caller import call
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.autodiff.shapes import Shape, dtype_of, float_dtype, shape_of
from gdlab.autodiff.traced import TracedArray
from gdlab.errors import DifferentiationError

# Every derivative that is begun takes the next level, so an inner one outranks an outer one.
LEVELS = itertools.count(1)


class Dual(TracedArray):
    """A dual number, or an array of them: h(a + bε) = h(a) + b·h′(a)·ε.

    Args:
        value: a, a number or an array of real numbers, integers as float64; it may itself be a dual number of a lower
            level, or a node of a graph.
        tangent: b, in the shape of a, or a number that is the same for all its elements.
        level: which ε this is; two dual numbers with different ε do not mix.
    """

    __slots__ = ("level", "tangent", "value")

    def __init__(self, value: Any, tangent: Any = 0.0, level: int = 0) -> None:
        self.value = _real(value)
        self.tangent = _real(tangent)
        if shape_of(self.tangent) != shape_of(self.value):
            self.tangent = np.broadcast_to(self.tangent, shape_of(self.value))
        self.level = level

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        """The shape of the value."""
        return shape_of(self.value)

    @property
    def dtype(self) -> Any:
        """The dtype of the value."""
        return np.result_type(dtype_of(self.value))

    def interpret(self, primitive: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Compute the value, and push the tangents forward."""
        values = [arg.value if self._mine(arg) else arg for arg in args]
        tangents = [arg.tangent if self._mine(arg) else None for arg in args]
        z = primitive(*values, **params)
        tangent = primitive.pushforward(z, values, tangents, params)
        return z if tangent is None else _dual(z, tangent, self.level)

    def _mine(self, arg: Any) -> bool:
        return isinstance(arg, Dual) and arg.level == self.level

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        if isinstance(self.value, TracedArray) or shape_of(self.value) or shape_of(self.tangent):
            return f"Dual({self.value!r}, {self.tangent!r})"
        if self.tangent == 0:
            return _decimal(self.value)
        sign = "-" if self.tangent < 0 else "+"
        return f"{_decimal(self.value)} {sign} {_decimal(abs(self.tangent))}ε"


def _dual(value: Any, tangent: Any, level: int) -> Dual:
    """A dual number of parts that are known to fit."""
    dual = Dual.__new__(Dual)
    dual.value, dual.tangent, dual.level = value, tangent, level
    return dual


def _real(part: Any) -> Any:
    """Floating-point numbers as NumPy has them, integers as float64."""
    if isinstance(part, Traced):
        return part
    array = np.asarray(part)
    if array.dtype.kind not in "biuf":
        raise DifferentiationError(f"a dual number is made of real numbers, not of {part!r}")
    return array.astype(float_dtype(array), copy=False)[()]


def parts(out: Any, level: int) -> tuple[Any, Any]:
    """Value and tangent at a level; what does not depend on it has tangent 0."""
    if isinstance(out, Dual) and out.level == level:
        return out.value, out.tangent
    return out, np.zeros(shape_of(out), float_dtype(out))[()]


def _decimal(x: Any) -> str:
    """A number with at most 12 significant digits, and at least one decimal: 6.0, 0.04, 1e+20."""
    text = f"{float(x):.12g}"
    return text if any(c in text for c in ".en") else text + ".0"


def jvp(f: Any, w: Any, v: Any) -> tuple[Any, Any]:
    """The value of f and its directional derivative along v, in one forward pass.

    Args:
        f: a function written with NumPy.
        w: the point, any shape.
        v: the direction, the shape of w.
    """
    level = next(LEVELS)
    return parts(call(f, Dual(w, v, level)), level)
