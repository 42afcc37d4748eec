"""Derivatives of plain NumPy functions, by any method: what notebooks, plug-ins and tests call."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.derivatives import Derivatives
from gdlab.autodiff.diagnosis import warn_of_nan
from gdlab.autodiff.methods import METHODS
from gdlab.autodiff.primitive import Traced
from gdlab.errors import UsageError, did_you_mean

Function = Callable[[Any], Any]
Array = np.ndarray[Any, np.dtype[Any]]


def gradient(f: Function, w: Any, method: str = "reverse", **options: Any) -> Array:
    """The gradient of f at w.

    Args:
        f: a function written with NumPy, of one array, that returns a scalar.
        w: the point, any shape; integers are taken as float64.
        method: `numeric`, `dual`, `reverse` or `symbolic`.
        options: of the method, such as `eps=1e-4` and `scheme="forward"` of `numeric`.

    Returns:
        ∇f(w), the shape of w.

    Raises:
        DifferentiationError: if f cannot be differentiated by the method; says what to write instead.
    """
    derivatives, point = _bound(f, w, method, options)
    with np.errstate(all="ignore"):
        if derivatives.cost_of_gradient == derivatives.cost_of_value_and_gradient:
            value, found = derivatives.value_and_gradient(point)
        else:
            value, found = None, derivatives.gradient(point)
        warn_of_nan(f, point, lambda: derivatives.value(point) if value is None else value, found, "gradient")
    return found


def value_and_gradient(f: Function, w: Any, method: str = "reverse", **options: Any) -> tuple[Any, Array]:
    """f(w) and ∇f(w); arguments as for `gradient`."""
    derivatives, point = _bound(f, w, method, options)
    with np.errstate(all="ignore"):
        value, found = derivatives.value_and_gradient(point)
        warn_of_nan(f, point, lambda: value, found, "gradient")
    return value, found


def hessian(f: Function, w: Any, method: str = "reverse", **options: Any) -> Array:
    """∇²f(w), shape (n, n) for n parameters; arguments as for `gradient`."""
    derivatives, point = _bound(f, w, method, options)
    with np.errstate(all="ignore"):
        found = derivatives.hessian(point)
        warn_of_nan(f, point, lambda: derivatives.value(point), found, "Hessian")
    return found


def hvp(f: Function, w: Any, v: Any, method: str = "reverse", **options: Any) -> Array:
    """∇²f(w)·v in the shape of w, without forming the matrix; arguments as for `gradient`."""
    derivatives, point = _bound(f, w, method, options)
    direction: Any = v if isinstance(v, Traced) else np.asarray(v, derivatives.example.dtype)
    if direction.shape != derivatives.example.shape:
        raise UsageError(f"v has shape {direction.shape}, it must have that of w, {derivatives.example.shape}")
    with np.errstate(all="ignore"):
        found = derivatives.hvp(point, direction)
        warn_of_nan(f, point, lambda: derivatives.value(point), found, "Hessian-vector product")
    return found


def bind(f: Function, w: Any, method: str = "reverse", **options: Any) -> Derivatives:
    """The derivatives of f by a method, to be asked for at many points of the shape of w."""
    if method not in METHODS:
        hint = did_you_mean(method, METHODS)
        raise UsageError(
            f"unknown gradient method {method!r}{'; ' + hint if hint else ''}; there are {', '.join(METHODS)}"
        )
    allowed = [parameter.name for parameter in METHODS[method].parameters()]
    for option in options:
        if option not in allowed:
            hint = did_you_mean(option, allowed)
            raise UsageError(
                f"gradient method {method!r} has no option {option!r}{'; ' + hint if hint else ''}; "
                f"it has {', '.join(allowed) or 'none'}"
            )
    return METHODS[method](**options).bind(f, w)


def _bound(f: Function, w: Any, method: str, options: dict[str, Any]) -> tuple[Derivatives, Any]:
    """The derivatives, and the point in their shape and dtype."""
    derivatives = bind(f, w, method, **options)
    return derivatives, w if isinstance(w, Traced) else derivatives.example
