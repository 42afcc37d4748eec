"""The training loop."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.autodiff import Cost
from gdlab.autodiff.shapes import float_dtype
from gdlab.experiment.advice import advice
from gdlab.experiment.outcome import Outcome, Status
from gdlab.experiment.rows import Row, Rows
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import make_stepper
from gdlab.experiment.watch import Watch
from gdlab.store.metrics import COLUMNS

Array = np.ndarray[Any, np.dtype[Any]]
PULSE = 0.05  # seconds between two looks at the clock, about
CHECK = 100  # steps between two looks at whether w still moves


@dataclass
class Result:
    """What a run came to.

    Args:
        w: the final parameters, shape (n,); where a run went wrong they may be far off, or not finite.
        outcome: how it ended.
        cost: what the optimizer used; logging: what was evaluated only to be logged.
        seconds: of training, without what logging took.
        summary: final_loss, best_loss, best_step, grad_norm, the costs, seconds and the last value of each measure.
        losses, points: the loss and the parameters at every step, if recorded; shapes (steps + 1,), (steps + 1, n).
    """

    w: Array
    outcome: Outcome
    cost: Cost
    logging: Cost
    seconds: float
    summary: dict[str, float]
    losses: Array = field(default_factory=lambda: np.empty(0))
    points: Array | None = None


@dataclass
class Callbacks:
    """What the loop tells while it runs.

    Args:
        rows: takes logged rows, some at a time, in the order of `columns(experiment)`.
        progress: takes step and loss, a few times a second.
        stopped: asked a few times a second whether to stop; true ends the run as interrupted.
    """

    rows: Callable[[Sequence[Row]], None] = lambda rows: None
    progress: Callable[[int, float], None] = lambda step, loss: None
    stopped: Callable[[], bool] = lambda: False


def columns(experiment: Experiment) -> tuple[str, ...]:
    """The columns of a logged row."""
    return (*COLUMNS, *experiment.problem.measures())


def train(
    experiment: Experiment, callbacks: Callbacks | None = None, *, start: Any = None, record: Sequence[str] = ()
) -> Result:
    """Run an experiment to its end.

    Args:
        experiment: what to run.
        callbacks: whom to tell.
        start: w₀, shape (n,), instead of the problem's own.
        record: `losses` and `points` are kept for every step if they are named here.

    Raises:
        DifferentiationError: if the loss cannot be differentiated by the method.
    """
    with np.errstate(all="ignore"):
        return _Training(experiment, callbacks or Callbacks(), start, record).run()


class _Training:
    """One run under way."""

    def __init__(self, experiment: Experiment, callbacks: Callbacks, start: Any, record: Sequence[str]) -> None:
        self.experiment = experiment
        self.callbacks = callbacks
        drawn = experiment.problem.initial(Streams.of(experiment.seed).start) if start is None else np.asarray(start)
        self.start = np.array(drawn, float_dtype(drawn)).reshape(-1)
        self.stepper = make_stepper(experiment.problem, experiment.gradient, experiment.optimizer, self.start.copy())
        self.watch = Watch(experiment, self.stepper)
        measures = {name: _of_all_rows(measure) for name, measure in experiment.problem.measures().items()}
        self.rows = Rows(self.stepper, measures, getattr(experiment.optimizer, "lr", None), callbacks.rows)
        self.losses: list[float] | None = [] if "losses" in record else None
        self.points: list[Array] | None = [] if "points" in record else None
        self.seconds = 0.0

    def run(self) -> Result:
        """The loop: two comparisons at most steps, and a closer look where one is due."""
        advance, watch, every = self.stepper.next, self.watch, self.experiment.log.interval(self.experiment.steps)
        at_every_step = watch.every_step or self.losses is not None or self.points is not None
        k = attention = due = check = pulse = 0
        block, low, high, last = 1, -math.inf, math.inf, math.nan
        clock = told = perf_counter()
        while True:
            seen = advance()
            if k != attention and low < seen < high and seen != last:
                last = seen
                k += 1
                continue
            now = perf_counter()
            self.seconds += now - clock
            loss = float(seen) if self.stepper.exact else self.stepper.loss()
            if k == 0:
                low, high = watch.begin(loss)
            outcome = None
            if k >= check or watch.every_step or seen == last or not (low < seen < high and low < loss < high):
                outcome = watch.judge(k, loss, last)
                check = k + CHECK
            if k >= pulse and outcome is None:
                outcome = self._pulse(k, loss)
                block = _adapted(block, now - told)
                pulse, told = k + block, now
            outcome = self._done(k) if k >= self.experiment.steps and outcome is None else outcome
            if k == due or outcome is not None:
                self.rows.note(k, loss, self.seconds, now)
                due = k + every
            self._record(loss)
            if outcome is not None:
                return self._finish(outcome, loss)
            attention = k + 1 if at_every_step else min(due, check, pulse, self.experiment.steps)
            last = seen
            k += 1
            clock = perf_counter()

    def _pulse(self, k: int, loss: float) -> Outcome | None:
        """What is done a few times a second: tell how far it is, and see whether to go on."""
        self.rows.flush()
        self.callbacks.progress(k, loss)
        limit = self.experiment.stop.max_seconds
        if limit is not None and self.seconds >= limit:
            return Outcome(Status.TIMEOUT, k, f"{limit:g} s of training are over at step {k:,}")
        if self.callbacks.stopped():
            return Outcome(Status.INTERRUPTED, k, f"interrupted at step {k:,}")
        return None

    def _done(self, k: int) -> Outcome:
        return Outcome(Status.MAX_STEPS, k, f"all {k:,} steps are done")

    def _record(self, loss: float) -> None:
        if self.losses is not None:
            self.losses.append(loss)
        if self.points is not None:
            self.points.append(self.stepper.w.copy())

    def _finish(self, outcome: Outcome, loss: float) -> Result:
        self.rows.flush()
        cost = self.stepper.cost(outcome.step)
        summary = {
            "final_loss": loss,
            "best_loss": self.rows.best[0],
            "best_step": float(self.rows.best[1]),
            "grad_norm": self.rows.grad_norm,
            "evaluations": cost.evaluations,
            "dual_passes": cost.dual_passes,
            "reverse_passes": cost.reverse_passes,
            "seconds": self.seconds,
            **self.rows.last_measures,
        }
        outcome = advice(outcome, self.experiment, self.start)
        losses = np.array(self.losses if self.losses is not None else [])
        points = None if self.points is None else np.stack(self.points)
        w = self.stepper.w.copy()
        return Result(w, outcome, cost, self.stepper.logging(), self.seconds, summary, losses, points)


def _adapted(block: int, seconds: float) -> int:
    """Steps until the next look at the clock, so that one comes about every PULSE seconds."""
    if seconds < PULSE / 2:
        return min(2 * block, 1 << 20)
    return max(1, block // 2) if seconds > 2 * PULSE else block


def _of_all_rows(measure: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda w: measure(w, None)
