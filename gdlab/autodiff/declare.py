"""Adding a function: its value and its derivative in one place, for every gradient method and every order."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.primitive import Elementwise
from gdlab.autodiff.table import TABLE
from gdlab.errors import DifferentiationError

POINTS = (-1.7, -0.6, 0.3, 1.4, 2.5)  # where a declared derivative is checked, as far as the function is finite there
_STEP = 6e-6  # about the cube root of the rounding unit
_TOLERANCE = 1e-6


def primitive(
    name: str,
    value: Callable[..., Any],
    *derivatives: Callable[..., Any] | float,
    check_at: Sequence[float | Sequence[float]] | None = None,
) -> Elementwise:
    """Declare a function of numbers, applied to arrays with broadcasting, together with its derivative.

        softsign = gdlab.primitive(
            "softsign", lambda x: x / (1 + np.abs(x)), lambda z, x: (1 - np.abs(z)) ** 2
        )

    What comes back is called like a NumPy function, on arrays and within functions that are differentiated.

    Args:
        name: what printed formulas, graphs and programs call it; letters, digits and `_`, and not taken.
        value: f(x, …), on plain arrays.
        derivatives: for each argument ∂f/∂xᵢ as a function `(z, x, …)` of the result z and the arguments, written with
            NumPy functions and declared ones only, so that it can be differentiated again; or a number.
        check_at: points, numbers or one sequence for each of several arguments, at which the derivatives are held
            against central differences; unset, some between −2 and 3 at which the function is finite.

    Raises:
        DifferentiationError: if the name cannot be used, the function is not elementwise, or a derivative differs from
            the differences by more than rounding explains; says where and by how much.
    """
    if not name.isidentifier() or name in TABLE:
        taken = "is the name of a function that there is already" if name in TABLE else "is no name"
        raise DifferentiationError(f"{name!r} {taken}; choose letters, digits and _")
    if not derivatives:
        raise DifferentiationError(f"{name} needs a derivative for each of its arguments")
    declared = Elementwise(name, value, *derivatives)
    _check(declared, check_at)
    return declared


def _check(declared: Elementwise, check_at: Sequence[float | Sequence[float]] | None) -> None:
    arity = len(declared.partials)
    given = check_at is not None
    points = _points(arity) if check_at is None else [np.atleast_1d(np.asarray(p, float)) for p in check_at]
    checked = 0
    with np.errstate(all="ignore"):
        for point in points:
            checked += all(_checked_at(declared, point, i, given=given) for i in range(arity))
        _check_elementwise(declared, points)
    if checked == 0:
        raise DifferentiationError(
            f"{declared.name} is not finite at any of the points {', '.join(map(str, POINTS))}; name others by check_at"
        )


def _points(arity: int) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    """Some combinations of the points, each argument in another order."""
    return [np.array([POINTS[(i * (k + 1) + k) % len(POINTS)] for k in range(arity)]) for i in range(len(POINTS))]


def _checked_at(declared: Elementwise, point: Any, i: int, *, given: bool) -> bool:
    """Whether f is smooth and finite around a point, and its declared derivative is right there."""
    step = np.zeros(len(point))
    step[i] = h = _STEP * max(1.0, abs(point[i]))
    middle, ahead, behind = (_value(declared, p) for p in (point, point + step, point - step))
    differences = (ahead - middle) / h, (middle - behind) / h
    slope = (ahead - behind) / (2 * h)
    kink = abs(differences[0] - differences[1]) > 1e-3 * (1 + abs(slope))
    if not np.isfinite([middle, ahead, behind]).all() or (kink and not given):
        return False
    partial = _partial(declared, i, middle, point)
    if not abs(partial - slope) <= _TOLERANCE * (1 + abs(slope)):
        at = ", ".join(f"{x:g}" for x in point)
        which = "" if len(declared.partials) == 1 else f" by argument {i + 1}"
        raise DifferentiationError(
            f"the derivative of {declared.name}{which} at {at} is declared as {partial:.8g}; "
            f"differences give {slope:.8g}"
        )
    return True


def _partial(declared: Elementwise, i: int, z: float, point: Any) -> float:
    try:
        return float(declared.partial(i, np.float64(z), [np.float64(x) for x in point]))
    except TypeError as error:
        arguments = ", ".join(["z", *"xyuv"[: len(point)]])
        raise DifferentiationError(
            f"derivative {i + 1} of {declared.name} cannot be called ({error}); it is a function of ({arguments}), "
            "the result and the arguments"
        ) from None


def _value(declared: Elementwise, point: Any) -> float:
    return float(declared.compute(*(np.float64(x) for x in point)))


def _check_elementwise(declared: Elementwise, points: Sequence[Any]) -> None:
    """On arrays the function must do what it does to each number."""
    columns = np.stack(points, axis=1)
    whole = np.asarray(declared.compute(*columns))
    alone = [_value(declared, point) for point in points]
    if whole.shape != (len(points),) or not np.allclose(whole, alone, equal_nan=True):
        raise DifferentiationError(
            f"{declared.name} is not elementwise: on arrays it does not give what it gives for each number; write it "
            "with NumPy functions, and np.where instead of if"
        )
