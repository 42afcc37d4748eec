"""Why a derivative is NaN where the value is finite: the step that has no finite derivative, and what to write."""

import contextlib
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.caller import user_line
from gdlab.autodiff.dual import LEVELS, Dual
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.errors import DifferentiationError, NanGradientWarning


def warn_of_nan(f: Callable[[Any], Any], w: Any, value: Callable[[], Any], derivative: Any, what: str) -> None:
    """Warn if a derivative of f at w is NaN although the value is finite, or the value is NaN itself.

    Args:
        f: the function.
        w: the point.
        value: computes f(w).
        derivative: an array; traced ones are passed over.
        what: what to call it, such as `gradient`.
    """
    if isinstance(derivative, Traced):
        return
    bad = np.isnan(derivative)
    at = value() if what == "gradient" or np.any(bad) else 0.0
    if isinstance(at, Traced):
        return
    if np.isnan(at):
        warnings.warn(
            f"the value is NaN at this point, where the function is not defined; what the {what} holds means nothing",
            NanGradientWarning,
            stacklevel=3,
        )
        return
    if not np.any(bad) or not np.isfinite(at):
        return
    places = np.argwhere(bad)
    first = "" if places.shape[1] == 0 else f" at index {', '.join(map(str, places[0]))}"
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    direction = np.zeros(np.shape(w))
    # The columns of a Hessian count the parameters.
    direction.flat[places[0][-1] if what == "Hessian" else np.flatnonzero(bad)[0]] = 1
    cause = origin(f, w, direction) or "a step"
    warnings.warn(
        f"the {what} is NaN{first}{more}, although the value is {float(at):.6g}: {cause} has no finite derivative "
        "there. If it lies in the branch of an np.where that is not taken, its NaN comes through all the same (0·inf): "
        "choose inside as well, as in np.where(c, np.sqrt(np.where(c, x, 1)), 0) with c = x > 0",
        NanGradientWarning,
        stacklevel=3,
    )


def origin(f: Callable[[Any], Any], w: Any, direction: Any) -> str | None:
    """The first step of f whose derivative along a direction is not finite, in words; None if all are."""
    found: list[str] = []
    with np.errstate(all="ignore"), contextlib.suppress(DifferentiationError):
        f(_Probe(w, direction, next(LEVELS), found))
    return found[0] if found else None


class _Probe(Dual):
    """A dual number that notes the first step at which a finite tangent becomes infinite or NaN."""

    __slots__ = ("found",)

    def __init__(self, value: Any, tangent: Any, level: int, found: list[str]) -> None:
        super().__init__(value, tangent, level)
        self.found = found

    def interpret(self, primitive: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        out = super().interpret(primitive, args, params)
        if not isinstance(out, Dual) or out.level != self.level:
            return out
        if not self.found and not isinstance(out.tangent, Traced) and not np.all(np.isfinite(out.tangent)):
            line = user_line()
            self.found.append(f"the step {primitive.name!r}{' at ' + line if line else ''}")
        return _Probe(out.value, out.tangent, self.level, self.found)
