"""Functions of single elements that NumPy does not offer as a ufunc, and arrays like others."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.numpy_api.layout import broadcast_to
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.autodiff.shapes import dtype_of, shape_of

_ABSENT = object()


def where(condition: Any, x: Any = _ABSENT, y: Any = _ABSENT) -> Any:
    """`np.where` with three arguments."""
    if x is _ABSENT or y is _ABSENT:
        raise refusal(
            "np.where(condition) gives the places where a traced condition holds, and how many there are depends on "
            "the values; write np.where(condition, x, y)"
        )
    truth: Any = condition if isinstance(condition, Traced) else np.asarray(condition, bool)
    return structural.where(truth if truth.dtype == bool else truth != 0, x, y)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """`np.select`."""
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = where(condition, choice, chosen)
    return chosen


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """`np.clip`: a minimum of a maximum, so half the derivative at a bound."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    raised = a if low is None else np.maximum(a, low)
    return raised if high is None else np.minimum(raised, high)


def nan_to_num(x: Any, *, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """`np.nan_to_num`; what is replaced has derivative zero."""
    limits = np.finfo(x.dtype)
    high = float(limits.max) if posinf is None else posinf
    low = float(limits.min) if neginf is None else neginf
    replaced = np.where(np.isnan(x), nan, np.where(x > 0, high, low))
    return np.where(np.isfinite(x), x, replaced)


def round_(a: Any, decimals: int = 0) -> Any:
    """`np.round`; it has derivative zero."""
    factor = 10.0**decimals
    return np.rint(a) if decimals == 0 else np.rint(a * factor) / factor


def fix(x: Any) -> Any:
    """`np.fix`; it has derivative zero."""
    return np.trunc(x)


def deg2rad(x: Any) -> Any:
    """`np.deg2rad`."""
    return x * (math.pi / 180)


def rad2deg(x: Any) -> Any:
    """`np.rad2deg`."""
    return x * (180 / math.pi)


def same(a: Any) -> Any:
    """The value itself, for `np.copy` and `np.real`: it is real and cannot be written to."""
    return a


def zeros_like(a: Any) -> Any:
    """`np.zeros_like`: a plain array; it does not depend on the values of a."""
    return np.zeros(shape_of(a), a.dtype)


def ones_like(a: Any) -> Any:
    """`np.ones_like`: a plain array; it does not depend on the values of a."""
    return np.ones(shape_of(a), a.dtype)


def full_like(a: Any, fill_value: Any) -> Any:
    """`np.full_like`; the fill value may be traced."""
    if isinstance(fill_value, Traced):
        return broadcast_to(fill_value, shape_of(a))
    return np.full(shape_of(a), fill_value, a.dtype)


def of_booleans(name: str, logical: Primitive) -> Callable[..., Any]:
    """The bitwise operator on truth values, which is the logical function; on numbers it has no rule."""

    def operation(*args: Any) -> Any:
        if any(np.result_type(dtype_of(arg)).kind != "b" for arg in args):
            raise refusal(f"{name} has a rule for conditions only, such as (x > 0) & (x < 1)")
        return logical(*args)

    return operation
