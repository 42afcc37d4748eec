"""The training loop."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.autodiff import Cost
from gdlab.autodiff.derivatives import Derivatives
from gdlab.autodiff.shapes import float_dtype
from gdlab.experiment.advice import advice
from gdlab.experiment.outcome import Outcome, Status
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import make_stepper
from gdlab.experiment.watch import Watch, norm_of
from gdlab.store.metrics import COLUMNS

Array = np.ndarray[Any, np.dtype[Any]]
Row = tuple[float | None, ...]
PULSE = 0.05  # seconds between two looks at the clock, about


@dataclass
class Result:
    """What a run came to.

    Args:
        w: the last parameters with a finite loss that were looked at; the final ones unless the run went wrong.
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
        row: takes each logged row, in the order of `columns(problem)`.
        progress: takes step and loss, a few times a second.
        stopped: asked a few times a second whether to stop; true ends the run as interrupted.
    """

    row: Callable[[Row], None] = lambda row: None
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
        self.measures = {n: Derivatives(_measure(m), self.start) for n, m in experiment.problem.measures().items()}
        self.measured: dict[str, float] = {}
        self.every = experiment.log.interval(experiment.steps)
        self.lr = getattr(experiment.optimizer, "lr", None)
        self.losses: list[float] | None = [] if "losses" in record else None
        self.points: list[Array] | None = [] if "points" in record else None
        self.good: tuple[int, float, Array] = (0, math.nan, self.start)
        self.best: tuple[float, int] = (math.inf, 0)
        self.grad_norm = math.nan
        self.seconds = 0.0
        self.at_every_step = self.losses is not None or self.points is not None

    def run(self) -> Result:
        """The loop: cheap comparisons at most steps, and a closer look where one is due."""
        steps, advance, watch = self.experiment.steps, self.stepper.next, self.watch
        block, attention, due, k = 1, 0, 0, 0
        last = math.nan
        began = clock = perf_counter()
        while True:
            seen = advance()
            if k != attention and watch.low < seen < watch.high and seen != last:
                last = seen
                k += 1
                continue
            self.seconds += perf_counter() - clock
            loss = float(seen) if self.stepper.exact else self.stepper.loss()
            if k == 0:
                watch.begin(loss)
            outcome = watch.judge(k, loss) or self._done(k) or self._cut_short(k)
            if k == due or outcome is not None:
                self._log(k, loss)
                due = k + self.every
            self._record(k, loss)
            if outcome is not None:
                return self._finish(outcome, loss)
            now = perf_counter()
            if now - began > PULSE:
                self.callbacks.progress(k, loss)
                began = now
            elif k > 0 and block < 1 << 20 and now - began < PULSE / 4:
                block *= 2
            attention = k + 1 if watch.every_step or self.at_every_step else min(due, k + block, steps)
            last = seen
            k += 1
            clock = perf_counter()

    def _cut_short(self, k: int) -> Outcome | None:
        """Out of time, or told to stop."""
        limit = self.experiment.stop.max_seconds
        if limit is not None and self.seconds >= limit:
            return Outcome(Status.TIMEOUT, k, f"{limit:g} s of training are over at step {k:,}")
        if self.callbacks.stopped():
            return Outcome(Status.INTERRUPTED, k, f"interrupted at step {k:,}")
        return None

    def _done(self, k: int) -> Outcome | None:
        return Outcome(Status.MAX_STEPS, k, f"all {k:,} steps are done") if k >= self.experiment.steps else None

    def _log(self, k: int, loss: float) -> None:
        """Measure and hand out a row."""
        self.grad_norm = norm_of(self.stepper.gradient())
        w = self.stepper.w
        for name, measure in self.measures.items():
            self.measured[name] = float(measure.value(w))
        if math.isfinite(loss):
            self.good = (k, loss, w.copy())
            self.watch.note(k, loss)
            if loss < self.best[0]:
                self.best = (loss, k)
        cost = self.stepper.cost(k)
        spent = (cost.evaluations, cost.dual_passes, cost.reverse_passes, self.seconds)
        self.callbacks.row((k, loss, self.grad_norm, self.lr, *spent, *self.measured.values()))

    def _record(self, k: int, loss: float) -> None:
        if self.losses is not None:
            self.losses.append(loss)
        if self.points is not None:
            self.points.append(self.stepper.w.copy())

    def _finish(self, outcome: Outcome, loss: float) -> Result:
        cost = self.stepper.cost(outcome.step)
        summary = {
            "final_loss": loss,
            "best_loss": self.best[0],
            "best_step": float(self.best[1]),
            "grad_norm": self.grad_norm,
            "evaluations": cost.evaluations,
            "dual_passes": cost.dual_passes,
            "reverse_passes": cost.reverse_passes,
            "seconds": self.seconds,
            **self.measured,
        }
        outcome = advice(outcome, self.experiment, self.start)
        w = self.stepper.w.copy() if math.isfinite(loss) else self.good[2]
        losses = np.array(self.losses if self.losses is not None else [])
        points = None if self.points is None else np.stack(self.points)
        return Result(w, outcome, cost, self.stepper.logging(), self.seconds, summary, losses, points)


def _measure(measure: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda w: measure(w, None)
