"""Judging many lanes at once: which of them may have ended is found for all together, and `Watch` judges those."""

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from gdlab.experiment.fitting import innermost
from gdlab.experiment.lanes.stepper import LaneStepper
from gdlab.experiment.lanes.stillness import StillnessOfLanes
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stillness import LONG
from gdlab.experiment.watch import NOISE, Watch, norm_of

if TYPE_CHECKING:
    from gdlab.experiment.stepper import Stepper

Array = np.ndarray[Any, np.dtype[Any]]
_MARGIN = 1 + 1e-9  # by which a sum in another order may be off


class WatchOfLanes:
    """Says which lanes end at a step; the judgement on each is that of `Watch`.

    Args:
        experiment: what all lanes have in common.
        stepper: whose lanes they are.

    Attributes:
        every_step: `judge` must be asked of all lanes at every step.
        low, high: the limits between which the loss of a lane needs no attention; shape (lanes,).
    """

    def __init__(self, experiment: Experiment, stepper: LaneStepper) -> None:
        self._stepper = stepper
        self._lane = _Lane(stepper)
        self._watch = Watch(experiment, cast("Stepper", self._lane))
        self._grad_tol = experiment.stop.grad_tol
        self._uses_gradient = experiment.optimizer.uses_gradient
        self.every_step = self._watch.every_step
        patience = getattr(innermost(experiment.optimizer), "patience", LONG)
        self._stillness = StillnessOfLanes(patience, stepper.lanes, stepper.axes)
        self.low = np.full(stepper.lanes, -math.inf)
        self.high = np.full(stepper.lanes, math.inf)
        self._limits = np.zeros((3, stepper.lanes))
        self._finite_step = np.full(stepper.lanes, -1)
        self._finite_loss = np.zeros(stepper.lanes)

    @property
    def next_look(self) -> Array:
        """The step at which `judge` must be asked of each lane in any case; shape (lanes,)."""
        return self._stillness.next_look

    def begin(self, loss: Array) -> None:
        """Set the limits by the loss of each lane at the start."""
        for lane, value in enumerate(loss.tolist()):
            self.low[lane], self.high[lane] = self._watch.begin(value)
            self._limits[:, lane] = self._watch.snapshot()["limits"]

    def judge(self, step: int, at: Array, loss: Array, before: Array) -> dict[int, Outcome]:
        """How lanes end at this step; those that go on are left out.

        Args:
            step: steps done.
            at: the numbers of the lanes that are judged.
            loss: f(w) of all lanes, shape (lanes,).
            before: what the stepper told of all lanes at the step before.
        """
        stepper = self._stepper
        rests = self._stillness.look(step, at, stepper.w, stepper.leaves)
        f = loss[at]
        suspect = rests | ~((f > self.low[at]) & (f < self.high[at])) | self._is_flat(at, f)
        ends = {}
        for lane in at[suspect].tolist():
            if (outcome := self._judge(step, lane, float(loss[lane]), float(before[lane]))) is not None:
                ends[lane] = outcome
        self._stillness.take(step, at, stepper.w, stepper.leaves)
        finite = at[np.isfinite(f)]
        self._finite_step[finite], self._finite_loss[finite] = step, loss[finite]
        return ends

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes: each is what the lane with that number was."""
        self.low, self.high, self._limits = self.low[index], self.high[index], self._limits[:, index]
        self._finite_step, self._finite_loss = self._finite_step[index], self._finite_loss[index]
        self._stillness.rearrange(index)

    def _is_flat(self, at: Array, loss: Array) -> Any:
        """Whether the gradient of a lane may be within one of its tolerances, or is not finite."""
        near = self._uses_gradient and self._stepper.exact
        if self._grad_tol is None and not near:
            return False
        slopes = norms(self._stepper.gradient()[:, at])
        flat = ~np.isfinite(slopes)
        if self._grad_tol is not None:
            flat |= slopes <= self._grad_tol * _MARGIN
        if near:
            flat |= slopes <= NOISE * float(np.finfo(slopes.dtype).eps) * (1 + np.abs(loss)) * _MARGIN
        return flat

    def _judge(self, step: int, lane: int, loss: float, before: float) -> Outcome | None:
        self._lane.number = lane
        known = int(self._finite_step[lane]), float(self._finite_loss[lane])
        finite = known if known[0] >= 0 else None
        limits = self._limits[:, lane].tolist()
        self._watch.restore({"limits": limits, "finite": finite, "stillness": self._stillness.of(lane)})
        return self._watch.judge(step, loss, before)


class _Lane:
    """One lane of a stepper, as far as `Watch` asks about it."""

    def __init__(self, stepper: LaneStepper) -> None:
        self._stepper = stepper
        self.exact = stepper.exact
        self.number = 0

    @property
    def w(self) -> Array:
        return self._stepper.w[:, self.number]

    @property
    def state(self) -> Any:
        return self._stepper.state_of(self.number)

    def loss(self) -> float:
        return float(self._stepper.loss()[self.number])

    def gradient(self) -> Array:
        return self._stepper.gradient()[:, self.number]


def norms(slopes: Array) -> Array:
    """The Euclidean norm of each column, without overflow on the way."""
    found: Array = np.sqrt(np.einsum("nk,nk->k", slopes, slopes))
    if not (found.min(initial=1.0) > 1e-150 and found.max(initial=1.0) < math.inf):
        for i in np.flatnonzero(~((found > 1e-150) & (found < math.inf))):
            found[i] = norm_of(slopes[:, i])
    return found
