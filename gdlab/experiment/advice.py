"""What to try when a run went wrong: the sentence behind the reason."""

import dataclasses
import math
from typing import Any

import numpy as np

from gdlab.errors import GdlabError
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.spec import Experiment
from gdlab.store.status import Status

_TOLERANCE = 0.01
_ROUNDS = 50


def advice(
    outcome: Outcome, experiment: Experiment, start: Any, slope: float, curvature: "Curvature | None" = None
) -> Outcome:
    """The outcome with what to try added to its reason, where that is known.

    Args:
        outcome: how the run ended.
        experiment: what was run.
        start: w₀.
        slope: the norm of the last gradient that was seen at a finite loss.
        curvature: of the loss of the experiment, where many are asked about; unset, one is made.
    """
    if outcome.status not in (Status.DIVERGED, Status.NON_FINITE) or outcome.step == 0:
        return outcome
    return dataclasses.replace(
        outcome, reason=f"{outcome.reason}; {_hint(experiment, start, slope, curvature or Curvature(experiment))}"
    )


def _hint(experiment: Experiment, start: Any, slope: float, largest: "Curvature") -> str:
    optimizer = experiment.optimizer
    lr = optimizer.lr_most
    if math.isnan(slope):
        return "its gradient is NaN there, so no step leads on; start elsewhere"
    if lr is None:
        return "try another optimizer, or another start"
    if optimizer.stable is not None and (curvature := largest(start)):
        stable = optimizer.stable / abs(curvature)
        if stable < lr:
            return f"the largest curvature at the start is {abs(curvature):.3g}, so try lr below {_down(stable)}"
    return "try a smaller lr"


def _down(value: float) -> str:
    """Two significant digits, never rounded up."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.floor(value / unit * (1 + 1e-12)) * unit:.2g}"


def largest_curvature(experiment: Experiment, w: Any) -> float | None:
    """The eigenvalue of the Hessian with the largest absolute value, by power iteration; None if it cannot be had."""
    return Curvature(experiment)(w)


class Curvature:
    """`largest_curvature` of one loss at many points; asked again of the same point, it knows the answer.

    Args:
        experiment: its loss, and how it is differentiated.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._derivatives: Any = None
        self._known: dict[bytes, float | None] = {}

    def __call__(self, w: Any) -> float | None:
        """The eigenvalue at w, shape (n,)."""
        key = np.asarray(w).tobytes()
        if key not in self._known:
            try:
                self._known[key] = self._iterated(w)
            except (GdlabError, FloatingPointError, ValueError):
                self._known[key] = None
        return self._known[key]

    def _iterated(self, w: Any) -> float | None:
        if self._derivatives is None:
            self._derivatives = self._experiment.gradient.bind(self._experiment.problem.loss, w)
        v = np.random.default_rng(0).standard_normal(np.shape(w))
        v /= np.linalg.norm(v)
        eigenvalue = 0.0
        for _ in range(_ROUNDS):
            product = self._derivatives.hvp(w, v)
            new, size = float(v @ product), float(np.linalg.norm(product))
            if not 0 < size < np.inf:
                break
            v, settled = product / size, abs(new - eigenvalue) <= _TOLERANCE * abs(new)
            eigenvalue = new
            if settled:
                break
        return eigenvalue if np.isfinite(eigenvalue) else None
