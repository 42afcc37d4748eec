"""Judging a run while it goes on: has it arrived, run away, or stopped moving?

Every test is written so that NaN fails it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.experiment.batch_stepper import BatchStepper
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import Stepper
from gdlab.experiment.stillness import Stillness
from gdlab.store.status import Status

RUNAWAY = 1e10  # a loss this many times beyond 1 + |loss at the start| has run away
NOISE = 8  # gradient norms up to so many u(1 + |loss|), u the rounding unit, are rounding
ROUNDING = 1e-14  # relative distance from a known minimum that rounding explains
SMALL_GRADIENT = 10  # gradient norms up to so many √u, u the rounding unit, count as zero at a point of rest


class Watch:
    """Says whether a run ends at a step.

    The loop compares the loss with the limits of `begin` and with the loss before by itself, and asks `judge` only
    where one of these is passed or a look is due, so that watching costs next to nothing.

    Attributes:
        every_step: `judge` must be asked at every step, since the loss alone does not tell.
        next_look: the step at which `judge` must be asked in any case.
    """

    def __init__(self, experiment: Experiment, stepper: Stepper) -> None:
        self.problem = experiment.problem
        self.stop = experiment.stop
        self.stepper = stepper
        self.uses_gradient = experiment.optimizer.uses_gradient
        self._batched = isinstance(stepper, BatchStepper)  # then a run is judged where it is logged
        self.every_step = not self._batched and (
            self.stop.grad_tol is not None or (self.stop.target_loss is not None and not stepper.exact)
        )
        self._high = math.inf
        self._floor = -math.inf
        self._start = math.inf
        self._last_finite: tuple[int, float] | None = None
        # A random search waits for success as long as it takes.
        patience = experiment.optimizer.patience
        if isinstance(stepper, BatchStepper):  # each row has had a chance to move w
            self._stillness = Stillness(max(patience, stepper.batches.per_epoch), alike=False)
        else:
            self._stillness = Stillness(patience)

    @property
    def next_look(self) -> int:
        """When to judge next in any case: at once while w rests, else some steps later."""
        return self._stillness.next_look

    def begin(self, loss: float) -> tuple[float, float]:
        """The limits, by the loss at the start, between which a loss needs no attention."""
        self._start = loss
        self._high = RUNAWAY * (1 + abs(loss)) if math.isfinite(loss) else math.inf
        known = self.problem.infimum
        self._floor = -self._high if known is None or known == -math.inf else -math.inf
        if self._batched or self.stop.target_loss is None:
            return self._floor, self._high
        return max(self._floor, self.stop.target_loss), self._high

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

    def judge_rest(self, step: int) -> Outcome | None:
        """How the run ends if w has come to rest: all that can be told without the loss over all rows."""
        if self._stillness.look(step, self.stepper.w, self.stepper.state):
            return self._at_rest(step, self.stepper.loss())
        return None

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on."""
        limits = [self._high, self._floor, self._start]
        return {"limits": limits, "finite": self._last_finite, "stillness": self._stillness.snapshot()}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on from a snapshot."""
        self._high, self._floor, self._start = kept["limits"]
        self._last_finite = None if kept["finite"] is None else (int(kept["finite"][0]), kept["finite"][1])
        self._stillness.restore(kept["stillness"])

    def _out_of_bounds(self, step: int, loss: float) -> Outcome | None:
        if not loss > self._floor:
            return Outcome(Status.UNBOUNDED, step, self._fell(step, loss))
        if not loss < self._high:
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
        """Whether w has stopped moving for good, or moves only within rounding of a stationary point."""
        if self._stillness.look(step, self.stepper.w, self.stepper.state):
            return self._at_rest(step, loss)
        if not (self.uses_gradient and self.stepper.exact):
            return None
        norm = norm_of(self.stepper.gradient())
        if norm <= NOISE * float(np.finfo(self.stepper.w.dtype).eps) * (1 + abs(loss)):
            return self._stationary(step, loss, f"the gradient norm is {norm:.2g} at step {step:,}, zero to rounding")
        return None

    def _at_rest(self, step: int, loss: float) -> Outcome:
        """Why w no longer moves."""
        since = self._stillness.since
        if self._is_known_minimum(loss):
            reason = f"the loss is at its known minimum {self.problem.infimum:.6g} since step {since:,}"
            return Outcome(Status.CONVERGED, step, reason)
        if not self.uses_gradient:
            return Outcome(
                Status.STALLED, step, f"w has not moved since step {since:,}: no step of the search improves it"
            )
        norm = norm_of(self.stepper.gradient())
        if norm <= SMALL_GRADIENT * math.sqrt(np.finfo(self.stepper.w.dtype).eps):
            return self._stationary(step, loss, f"w rests since step {since:,}, where the gradient norm is {norm:.2g}")
        reason = f"w has not moved since step {since:,}, though the gradient norm is {norm:.3g}"
        return Outcome(Status.STALLED, step, reason)

    def _stationary(self, step: int, loss: float, reason: str) -> Outcome:
        """Where the gradient vanishes a run has converged, unless there is a better explanation."""
        if self.problem.infimum == -math.inf:
            reason += ": a stationary point, but no minimum, since the loss has no lower bound; start elsewhere"
        elif loss > self._start:
            reason += ", but the loss is above that of the start; try a smaller lr"
        elif step == 0 and not self._is_known_minimum(loss) and self.problem.infimum is not None:
            reason += f", but the loss is known to go down to {self.problem.infimum:.6g}; start elsewhere"
        else:
            return Outcome(Status.CONVERGED, step, reason)
        return Outcome(Status.STALLED, step, reason)

    def _is_known_minimum(self, loss: float) -> bool:
        known = self.problem.infimum
        return known is not None and math.isfinite(known) and abs(loss - known) <= ROUNDING * (1 + abs(known))

    def _fell(self, step: int, loss: float) -> str:
        known = " (it has no lower bound)" if self.problem.infimum == -math.inf else ""
        return f"the loss fell to {_word(loss)} by step {step:,} and keeps falling{known}"

    def _not_finite(self, what: str, step: int) -> str:
        if self._last_finite is None:
            return f"{what} at step {step:,}, before any finite value; start elsewhere"
        before, loss = self._last_finite
        return f"{what} at step {step:,}; the last finite loss was {loss:.6g} at step {before:,}"


def norm_of(g: Any) -> float:
    """The Euclidean norm, without overflow on the way; NaN stays NaN."""
    plain = math.sqrt(float(np.dot(g, g)))
    if 1e-150 < plain < math.inf:
        return plain
    largest = float(np.max(np.abs(g), initial=0.0))
    return largest * math.sqrt(float(np.sum((g / largest) ** 2))) if 0 < largest < math.inf else largest


def _word(value: float) -> str:
    return {math.inf: "inf", -math.inf: "-inf"}.get(value, "NaN") if not math.isfinite(value) else f"{value:.4g}"
