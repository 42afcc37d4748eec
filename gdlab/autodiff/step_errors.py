"""How far differences are off, for every length of step: truncation to the right, rounding to the left, a V."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.derivatives import Array
from gdlab.autodiff.methods import Numeric


@dataclass(frozen=True)
class StepErrors:
    """The error of differences.

    Args:
        eps: the steps, (m,).
        errors: for each scheme the absolute error of each partial derivative at each step, (m, n).
    """

    eps: Array
    errors: dict[str, Array]

    def worst(self, scheme: str) -> Array:
        """The largest error at each step, (m,)."""
        return np.max(self.errors[scheme], axis=1)  # type: ignore[no-any-return]

    def best(self, scheme: str) -> tuple[float, float]:
        """The step at which the largest error is least, and that error; NaN if there is none."""
        worst = self.worst(scheme)
        if not np.any(np.isfinite(worst)):
            return np.nan, np.nan
        k = int(np.nanargmin(worst))
        return float(self.eps[k]), float(worst[k])


def step_errors(f: Callable[[Any], Any], w: Any, exact: Array, eps: Any = None) -> StepErrors:
    """Measure differences of f at w against the exact gradient.

    Args:
        f: a function of one array that returns a scalar.
        w: the point, (n,).
        exact: its gradient, (n,).
        eps: the steps; unset, from 1 down to 1e-16, four for each power of ten.
    """
    steps = np.logspace(0, -16, 65) if eps is None else np.asarray(eps, float)
    schemes = next(p.choices for p in Numeric.parameters() if p.name == "scheme")
    point = np.asarray(w, float)
    errors: dict[str, Array] = {}
    for scheme in schemes:
        found = []
        for step in steps:
            with np.errstate(all="ignore"):
                gradient = Numeric(scheme=scheme, eps=float(step)).bind(f, point).gradient(point)
            found.append(np.abs(gradient - exact))
        errors[scheme] = np.array(found)
    return StepErrors(steps, errors)
