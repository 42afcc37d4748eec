"""What to try when a run went wrong: the sentence behind the reason."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.errors import GdlabError
from gdlab.experiment.outcome import Outcome, Status
from gdlab.experiment.spec import Experiment

# lr·L, on a quadratic of curvature L, at which a rule with momentum γ becomes unstable. Momentum: Polyak 1964, theorem
# 9; the look-ahead gradient: from the roots of z² − (1+γ)(1−lr·L)z + γ(1−lr·L).
_STABLE: dict[str, Callable[[float], float]] = {
    "gd": lambda gamma: 2.0,
    "momentum": lambda gamma: 2 * (1 + gamma),
    "nag": lambda gamma: 2 * (1 + gamma) / (1 + 2 * gamma),
}
_TOLERANCE = 0.01
_ROUNDS = 50


def advice(outcome: Outcome, experiment: Experiment, start: Any) -> Outcome:
    """The outcome with what to try added to its reason, where that is known."""
    if outcome.status not in (Status.DIVERGED, Status.NON_FINITE) or outcome.step == 0:
        return outcome
    lr = getattr(experiment.optimizer, "lr", None)
    if not isinstance(lr, int | float):
        return outcome
    hint = "try a smaller lr"
    if experiment.optimizer.name in _STABLE and (curvature := largest_curvature(experiment, start)):
        stable = _STABLE[experiment.optimizer.name](getattr(experiment.optimizer, "gamma", 0.0)) / abs(curvature)
        if stable < lr:
            hint = f"the largest curvature at the start is {abs(curvature):.3g}, so try lr below {stable:.2g}"
    return dataclasses.replace(outcome, reason=f"{outcome.reason}; {hint}")


def largest_curvature(experiment: Experiment, w: Any) -> float | None:
    """The eigenvalue of the Hessian with the largest absolute value, by power iteration; None if it cannot be had."""
    try:
        derivatives = experiment.gradient.bind(experiment.problem.loss, w)
        v = np.random.default_rng(0).standard_normal(np.shape(w))
        v /= np.linalg.norm(v)
        eigenvalue = 0.0
        for _ in range(_ROUNDS):
            product = derivatives.hvp(w, v)
            new, size = float(v @ product), float(np.linalg.norm(product))
            if not 0 < size < np.inf:
                break
            v, settled = product / size, abs(new - eigenvalue) <= _TOLERANCE * abs(new)
            eigenvalue = new
            if settled:
                break
    except (GdlabError, FloatingPointError, ValueError):
        return None
    return eigenvalue if np.isfinite(eigenvalue) else None
