"""Judging a run while it goes on: has it arrived, run away, or stopped moving?

Every test is written so that NaN fails it.
"""

import math
from typing import Any

import numpy as np

from gdlab.experiment.outcome import Outcome, Status
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import Stepper
from gdlab.optimizers.base import State

RUNAWAY = 1e10  # a loss this many times beyond 1 + |loss at the start| has run away
NOISE = 8  # gradient norms up to so many u(1 + |loss|), u the rounding unit, are rounding
ROUNDING = 1e-14  # relative distance from a known minimum that rounding explains
SMALL_GRADIENT = 10  # gradient norms up to so many √u, u the rounding unit, count as zero at a point of rest
STILL_STEPS = 100  # so many steps without any movement of w, and a run has stalled


class Watch:
    """Says at each step whether the run ends there.

    The loop compares the loss with `low`, `high` and `last` by itself and asks `judge` only where one of these is
    passed, so that watching costs next to nothing.

    Attributes:
        low, high: between them a loss needs no attention.
        every_step: `judge` must be asked at every step, since the loss alone does not tell.
    """

    def __init__(self, experiment: Experiment, stepper: Stepper) -> None:
        self.problem = experiment.problem
        self.stop = experiment.stop
        self.stepper = stepper
        self.low, self.high = -math.inf, math.inf
        self.every_step = self.stop.grad_tol is not None or (self.stop.target_loss is not None and not stepper.exact)
        self._floor = -math.inf
        self._start = math.inf
        self._last_finite: tuple[int, float] | None = None
        self._still: tuple[int, Any, State] | None = None

    def begin(self, loss: float) -> tuple[float, float]:
        """The limits, by the loss at the start, between which a loss needs no attention."""
        self._start = loss
        scale = RUNAWAY * (1 + abs(loss)) if math.isfinite(loss) else math.inf
        self.high = scale
        known = self.problem.infimum
        self._floor = -scale if known is None or known == -math.inf else -math.inf
        self.low = self._floor if self.stop.target_loss is None else max(self._floor, self.stop.target_loss)
        return self.low, self.high

    def judge(self, step: int, loss: float, before: float) -> Outcome | None:
        """How the run ends at this step, or None if it goes on.

        Args:
            step: steps done.
            loss: f(w).
            before: what the stepper told at the step before.
        """
        if math.isfinite(loss):
            self._last_finite = (step, loss)
            return self._out_of_bounds(step, loss) or self._arrived(step, loss) or self._motionless(step, loss)
        if self.stepper.exact and math.isfinite(before):
            self._last_finite = (step - 1, before)
        if loss == -math.inf and self._floor > -math.inf:
            return Outcome(Status.UNBOUNDED, step, self._fell(step, loss))
        return Outcome(Status.NON_FINITE, step, self._not_finite(f"the loss became {_word(loss)}", step))

    def _out_of_bounds(self, step: int, loss: float) -> Outcome | None:
        if not loss > self._floor:
            return Outcome(Status.UNBOUNDED, step, self._fell(step, loss))
        if not loss < self.high:
            return Outcome(Status.DIVERGED, step, f"the loss grew to {loss:.4g} by step {step:,}")
        return None

    def _arrived(self, step: int, loss: float) -> Outcome | None:
        target, tolerance = self.stop.target_loss, self.stop.grad_tol
        if target is not None and loss <= target:
            return Outcome(Status.CONVERGED, step, f"the loss {loss:.6g} reached the target {target:.6g}")
        if tolerance is None:
            return None
        norm = norm_of(self.stepper.gradient())
        if norm <= tolerance:
            reason = f"the gradient norm {norm:.4g} is at most grad_tol = {tolerance:.4g}"
            return Outcome(Status.CONVERGED, step, reason)
        if not math.isfinite(norm):
            return Outcome(Status.NON_FINITE, step, self._not_finite("the gradient is not finite", step))
        return None

    def _motionless(self, step: int, loss: float) -> Outcome | None:
        """Whether w has stopped moving; asked when the loss has not changed, and when a row is logged."""
        w, state = self.stepper.w, self.stepper.state
        still = self._still
        if still is None or not np.array_equal(still[1], w):
            self._still = (step, w.copy(), _copied(state))
            return self._zero_gradient(step, loss) if self.stepper.exact and self._uses_gradient() else None
        if not (step > still[0] and (_unchanged(still[2], state) or step >= still[0] + STILL_STEPS)):
            return None
        return self._at_rest(still[0], step, loss)

    def _zero_gradient(self, step: int, loss: float) -> Outcome | None:
        """A gradient that is nothing but rounding, where w may go on bouncing between neighbouring numbers."""
        norm = norm_of(self.stepper.gradient())
        if norm <= NOISE * float(np.finfo(self.stepper.w.dtype).eps) * (1 + abs(loss)):
            return self._stationary(step, loss, f"the gradient norm is {norm:.2g} at step {step:,}, zero to rounding")
        return None

    def _stationary(self, step: int, loss: float, reason: str) -> Outcome:
        """Where the gradient vanishes a run has converged, unless it was thrown there: uphill, onto a plateau."""
        if loss > self._start:
            return Outcome(Status.STALLED, step, f"{reason}, but the loss is above that of the start; try a smaller lr")
        return Outcome(Status.CONVERGED, step, reason)

    def _uses_gradient(self) -> bool:
        cost = self.stepper.cost(1)
        return bool(cost.reverse_passes or cost.dual_passes)

    def _at_rest(self, since: int, step: int, loss: float) -> Outcome:
        """Why w no longer moves."""
        known = self.problem.infimum
        if known is not None and math.isfinite(known) and abs(loss - known) <= ROUNDING * (1 + abs(known)):
            return Outcome(Status.CONVERGED, step, f"the loss is at its known minimum {known:.6g} since step {since:,}")
        norm = norm_of(self.stepper.gradient())
        if norm <= SMALL_GRADIENT * math.sqrt(np.finfo(self.stepper.w.dtype).eps):
            return self._stationary(
                step, loss, f"w is at rest since step {since:,}, where the gradient norm is {norm:.2g}"
            )
        reason = f"w has not moved since step {since:,}, though the gradient norm is {norm:.3g}"
        return Outcome(Status.STALLED, step, reason)

    def _fell(self, step: int, loss: float) -> str:
        known = " (it has no lower bound)" if self.problem.infimum == -math.inf else ""
        return f"the loss fell to {_word(loss)} by step {step:,} and keeps falling{known}"

    def _not_finite(self, what: str, step: int) -> str:
        if self._last_finite is None:
            return f"{what} at step {step:,}, before any finite value; check the start"
        before, loss = self._last_finite
        return f"{what} at step {step:,}; the last finite loss was {loss:.6g} at step {before:,}"


def norm_of(g: Any) -> float:
    """The Euclidean norm, without overflow warnings; NaN stays NaN."""
    return math.sqrt(float(np.dot(g, g)))


def _word(value: float) -> str:
    return {math.inf: "inf", -math.inf: "-inf"}.get(value, "NaN") if not math.isfinite(value) else f"{value:.4g}"


def _copied(state: State) -> State:
    parts = state if isinstance(state, tuple) else (state,)
    return [np.array(part) for part in parts]


def _unchanged(before: State, state: State) -> bool:
    parts = state if isinstance(state, tuple) else (state,)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, parts, strict=True))
