"""The training loop."""

import math
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.autodiff.shapes import float_dtype
from gdlab.errors import CheckpointError, UsageError
from gdlab.experiment.advice import advice
from gdlab.experiment.batch_stepper import BatchStepper
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.remarks import below_infimum, without_effect
from gdlab.experiment.result import Callbacks, Result
from gdlab.experiment.rows import AVERAGE_LOSS, OF_BATCHES, Rows
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import make_stepper
from gdlab.experiment.watch import Watch
from gdlab.own_code import shown_at_its_line
from gdlab.store.metrics import COLUMNS
from gdlab.store.status import Status

Array = np.ndarray[Any, np.dtype[Any]]
PULSE = 0.05  # seconds between two looks at the clock, about


def columns(experiment: Experiment) -> tuple[str, ...]:
    """The columns of a logged row."""
    of_batches = OF_BATCHES if experiment.batch.size is not None else ()
    average = (AVERAGE_LOSS,) if experiment.optimizer.averages else ()
    return (*COLUMNS, *of_batches, *average, *experiment.problem.measures())


def train(
    experiment: Experiment,
    callbacks: Callbacks | None = None,
    *,
    start: Any = None,
    resumed: Mapping[str, Any] | None = None,
    record_losses: bool = False,
    record_points: bool = False,
) -> Result:
    """Run an experiment to its end.

    Args:
        experiment: what to run.
        callbacks: whom to tell.
        start: w₀, shape (n,), instead of the problem's own.
        resumed: what `Callbacks.checkpoint` was given: the run goes on from there, to the same bits as if it had never
            stopped.
        record_losses: keep the loss of every step.
        record_points: keep the parameters of every step.

    Raises:
        UsageError: if the start is not a vector of finite numbers.
        CheckpointError: if it cannot go on from what was kept.
        DifferentiationError: if the loss cannot be differentiated by the method.
        OwnCodeError: if an optimizer from the user's own file raises an error; shows its line.
    """
    with np.errstate(all="ignore"), shown_at_its_line():
        training = _Training(experiment, callbacks or Callbacks(), start)
        training.resumed = resumed
        training.losses = [] if record_losses else None
        training.points = [] if record_points else None
        return training.run()


class _Training:
    """One run under way."""

    def __init__(self, experiment: Experiment, callbacks: Callbacks, start: Any) -> None:
        self.experiment = experiment = experiment.drawn()
        problem, seed = experiment.problem, experiment.seed
        self.callbacks = callbacks
        self.start = checked_start(problem.initial(Streams.of(seed).start) if start is None else start)
        self.stepper = make_stepper(
            problem, experiment.gradient, experiment.optimizer, self.start.copy(), experiment.batch, seed
        )
        self.watch = Watch(experiment, self.stepper)
        self.rows = Rows(self.stepper, experiment, callbacks.rows)
        self.losses: list[float] | None = None
        self.points: list[Array] | None = None
        self.resumed: Mapping[str, Any] | None = None
        self.remarks: list[tuple[int, str]] = []
        self.seconds = 0.0
        self.stopped = False

    def run(self) -> Result:
        """The loop: a few comparisons at most steps, and a closer look where one is due."""
        experiment, stepper, watch, rows = self.experiment, self.stepper, self.watch, self.rows
        advance, exact, steps = stepper.next, stepper.exact, experiment.steps
        batched, every = isinstance(stepper, BatchStepper), experiment.every
        save = experiment.checkpoint.every or steps + 1
        at_every_step = watch.every_step or self.losses is not None or self.points is not None
        k = attention = due = pulse = look = 0
        block, low, high, last = 1, -math.inf, math.inf, math.nan
        best, best_step = math.inf, 0
        least = math.inf if exact else -math.inf  # what is told between two looks is a loss of its own only if exact
        keep = save
        if self.resumed is not None:
            (k, due, look, keep, best_step), (low, high, last, best, least) = self._resume(self.resumed)
            attention = pulse = k
        else:
            self._say((0, text) for text in without_effect(experiment.optimizer, steps))
        clock = told = perf_counter()
        while True:
            seen = advance()
            if k != attention and low < seen < high and seen != last:
                if seen < least:
                    least, best_step = seen, k
                last = seen
                k += 1
                continue
            now = perf_counter()
            self.seconds += now - clock
            logged = k == due or k >= steps or at_every_step
            inside = low < seen < high
            whole = exact or logged or not inside or (not batched and (k >= look or seen == last))
            loss = stepper.loss() if whole and not exact and k else float(seen)
            if k == 0:
                low, high = watch.begin(loss)
            outcome = None
            if k >= look or (whole and (watch.every_step or batched or seen == last or not low < loss < high)):
                outcome = watch.judge(k, loss, last) if whole else watch.judge_rest(k)
                look = watch.next_look
            if k >= pulse and outcome is None:
                outcome = self._pulse(k, loss)
                block = adapted(block, now - told)
                pulse, told = k + block, now
            if k >= steps and outcome is None:
                outcome = Outcome(Status.MAX_STEPS, k, f"all {k:,} steps are done")
            if outcome is not None and not whole:  # so far only the loss of a batch, or nearby, is known
                loss, whole = stepper.loss(), True
            logged = logged or outcome is not None
            best = min(best, least) if exact else best
            if loss < best and whole and (exact or logged):
                best, best_step = loss, k
                least = loss if exact else least
            if k == due or outcome is not None:
                rows.note(k, loss, self.seconds, now)
                due = k + every
            self._record(loss)
            if outcome is not None:
                return self._finish(outcome, loss, best, best_step)
            if k == keep or self.stopped:
                keep = k + save if k == keep else keep
                self._keep((k, due, look, keep, best_step), (low, high, seen, best, least))
            if self.stopped:
                return self._stop(k, loss if whole else stepper.loss(), best, best_step, noted=due == k + every)
            attention = k + 1 if at_every_step else min(due, look, pulse, steps, keep)
            last = seen
            k += 1
            clock = perf_counter()

    def _keep(self, counts: tuple[int, ...], numbers: tuple[float, ...]) -> None:
        """Tell everything that it takes to go on from here, if anybody is going to."""
        if self.experiment.checkpoint.every is None or not counts[0]:
            return
        self.rows.flush()
        parts = {"stepper": self.stepper.snapshot(), "watch": self.watch.snapshot(), "rows": self.rows.snapshot()}
        loop = {"counts": list(counts), "numbers": [float(x) for x in numbers], "seconds": self.seconds}
        self.callbacks.checkpoint(counts[0], {**parts, "loop": loop})

    def _resume(self, kept: Mapping[str, Any]) -> tuple[list[int], list[float]]:
        """Go back to where `_keep` was called, and one step on.

        Raises:
            CheckpointError: if it is not what this run keeps.
        """
        try:
            loop = kept["loop"]
            (k, *counts), numbers = loop["counts"], loop["numbers"]
            self.stepper.restore(kept["stepper"], k)
            self.watch.restore(kept["watch"])
            self.rows.restore(kept["rows"])
            self.seconds = float(loop["seconds"])
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the checkpoint is not of this run: {type(error).__name__}: {error}") from error
        return [k + 1, *counts], numbers

    def _pulse(self, k: int, loss: float) -> Outcome | None:
        """What is done a few times a second: tell how far it is, and see whether to go on."""
        self.rows.flush()
        self._remark()
        self.callbacks.progress(k, loss)
        limit = self.experiment.stop.max_seconds
        if limit is not None and self.seconds >= limit:
            return Outcome(Status.TIMEOUT, k, f"{limit:g} s of training are over at step {k:,}")
        self.stopped = self.callbacks.stopped()
        return None

    def _stop(self, k: int, loss: float, best: float, best_step: int, noted: bool) -> Result:
        """End where the run was told to stop, with a row of that step that it would not have if it had gone on."""
        if not noted:
            self.rows.note(k, loss, self.seconds, perf_counter())
        if loss < best:
            best, best_step = loss, k
        return self._finish(Outcome(Status.INTERRUPTED, k, f"interrupted at step {k:,}"), loss, best, best_step)

    def _remark(self, end: bool = False) -> None:
        self._say(self.stepper.remarks(end))

    def _say(self, remarks: Iterable[tuple[int, str]]) -> None:
        for step, text in remarks:
            self.remarks.append((step, text))
            self.callbacks.remark(step, text)

    def _record(self, loss: float) -> None:
        if self.losses is not None:
            self.losses.append(loss)
        if self.points is not None:
            self.points.append(self.stepper.w.copy())

    def _finish(self, outcome: Outcome, loss: float, best: float, best_step: int) -> Result:
        self._remark(end=True)
        self._say(below_infimum(self.experiment.problem.infimum, best, best_step))
        self.rows.flush()
        cost = self.stepper.cost(outcome.step)
        summary: dict[str, float] = {"final_loss": loss}
        if math.isfinite(best) or best == -math.inf:
            summary |= {"best_loss": float(best), "best_step": best_step}
        if self.rows.grad_norm is not None:
            summary["grad_norm"] = self.rows.grad_norm
        summary |= {
            "evaluations": cost.evaluations,
            "dual_passes": cost.dual_passes,
            "reverse_passes": cost.reverse_passes,
            "seconds": self.seconds,
            **self.rows.last_measures,
        }
        outcome = advice(outcome, self.experiment, self.start, self.rows.slope)
        losses = np.array(self.losses if self.losses is not None else [])
        points = None if self.points is None else np.stack(self.points)
        w = self.stepper.w.copy()
        solution = np.array(self.experiment.optimizer.solution(w, self.stepper.state))
        logging = self.stepper.logging() + self.rows.cost
        return Result(w, outcome, cost, logging, self.seconds, summary, solution, losses, points, tuple(self.remarks))


def checked_start(start: Any) -> Array:
    """The start as a new vector of floats.

    Raises:
        UsageError: if it is not a vector of finite numbers.
    """
    try:
        point = np.array(start, float_dtype(np.asarray(start)))
    except (TypeError, ValueError):
        raise UsageError(f"the start {start!r} is not a vector of numbers") from None
    if point.ndim != 1 or point.size == 0:
        raise UsageError(f"the start has shape {point.shape}; it must be a vector of shape (n,)")
    if not np.isfinite(point).all():
        raise UsageError(f"the start {point.tolist()} is not finite")
    return point


def adapted(block: int, seconds: float) -> int:
    """Steps until the next look at the clock, so that one comes about every PULSE seconds."""
    if seconds < PULSE / 2:
        return min(2 * block, 1 << 20)
    return max(1, block // 2) if seconds > 2 * PULSE else block
