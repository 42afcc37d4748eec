"""Derivatives of plain NumPy functions, by any method: what notebooks, plug-ins and tests call."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.derivatives import Derivatives
from gdlab.autodiff.methods import METHODS
from gdlab.errors import UsageError, did_you_mean

Function = Callable[[Any], Any]
Array = np.ndarray[Any, np.dtype[Any]]


def gradient(f: Function, w: Any, method: str = "reverse", **options: Any) -> Array:
    """The gradient of f at w.

    Args:
        f: a function written with NumPy, of one array, that returns a scalar.
        w: the point, any shape; integers are taken as float64.
        method: `numeric`, `dual` or `reverse`.
        options: of the method, such as `eps=1e-4` and `scheme="forward"` of `numeric`.

    Returns:
        ∇f(w), the shape of w.

    Raises:
        DifferentiationError: if f cannot be differentiated by the method; says what to write instead.
    """
    return _call(f, w, method, options, lambda d, point: d.gradient(point))  # type: ignore[no-any-return]


def value_and_gradient(f: Function, w: Any, method: str = "reverse", **options: Any) -> tuple[Any, Array]:
    """f(w) and ∇f(w); arguments as for `gradient`."""
    return _call(f, w, method, options, lambda d, point: d.value_and_gradient(point))  # type: ignore[no-any-return]


def hessian(f: Function, w: Any, method: str = "reverse", **options: Any) -> Array:
    """∇²f(w), shape (n, n) for n parameters; arguments as for `gradient`."""
    return _call(f, w, method, options, lambda d, point: d.hessian(point))  # type: ignore[no-any-return]


def hvp(f: Function, w: Any, v: Any, method: str = "reverse", **options: Any) -> Array:
    """∇²f(w)·v in the shape of w, without forming the matrix; arguments as for `gradient`."""
    return _call(f, w, method, options, lambda d, point: d.hvp(point, np.asarray(v)))  # type: ignore[no-any-return]


def bind(f: Function, w: Any, method: str = "reverse", **options: Any) -> Derivatives:
    """The derivatives of f by a method, to be asked for at many points of the shape of w."""
    if method not in METHODS:
        hint = did_you_mean(method, METHODS)
        raise UsageError(
            f"unknown gradient method {method!r}{'; ' + hint if hint else ''}; there are {', '.join(METHODS)}"
        )
    return METHODS[method](**options).bind(f, w)


def _call(f: Function, w: Any, method: str, options: dict[str, Any], ask: Callable[[Derivatives, Array], Any]) -> Any:
    derivatives = bind(f, w, method, **options)
    with np.errstate(all="ignore"):
        return ask(derivatives, derivatives.example)
