"""The training loop of many experiments at once, each a lane of one program."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.errors import UsageError
from gdlab.experiment.advice import Curvature, advice
from gdlab.experiment.fitting import fitted
from gdlab.experiment.lanes.best import BestOfLanes
from gdlab.experiment.lanes.key import LaneKeys, Reason
from gdlab.experiment.lanes.result import LaneResults
from gdlab.experiment.lanes.rows import Measured, RowsOfLanes
from gdlab.experiment.lanes.stepper import Kit, LaneStepper
from gdlab.experiment.lanes.watch import WatchOfLanes
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import _adapted, _checked
from gdlab.optimizers.base import Optimizer
from gdlab.own_code import shown_at_its_line
from gdlab.store.status import Status

Array = np.ndarray[Any, np.dtype[Any]]

PULSE = 0.05  # seconds between two looks at the clock, about
TIDY = 64  # steps after which lanes that have ended are taken out, if not so many end that it pays at once
NARROWEST = 32  # lanes: a program of fewer is no faster


@dataclass
class LaneCallbacks:
    """What the loop tells while it runs.

    Args:
        progress: takes how many lanes are done and the step of those that run, a few times a second.
        stopped: asked a few times a second whether to stop; true ends all lanes as interrupted.
    """

    progress: Callable[[int, int], None] = lambda done, step: None
    stopped: Callable[[], bool] = lambda: False


def train_lanes(
    experiments: Sequence[Experiment], callbacks: LaneCallbacks | None = None, *, block: int | None = None
) -> LaneResults:
    """Run experiments that have the same `lane_key` side by side to their ends.

    Each lane does what `train` does with the same experiment: it starts at the same point, takes the same steps, is
    judged by the same rules at the same steps, and logs the same rows at the same costs. What may differ is rounding:
    sums over rows and parameters may be taken in another order, and functions such as tanh may round otherwise in
    longer arrays. So one step agrees to a few units in the last place (by differences of values, divided by their
    step), and so does a run as long as it does not amplify rounding; a chaotic one parts from its twin as it would on
    another machine. Where an end hangs on the last bit, such as a loss that no longer changes, its step may differ.

    A lane's seconds are its share of the time of its program: those of all lanes add up to what was spent. That is
    what `max_seconds` bounds.

    Args:
        experiments: at least one.
        callbacks: whom to tell.
        block: how many run at once; unset, as many as keep the arrays in the cache.

    Raises:
        UsageError: if the experiments cannot share a program; says why.
        OwnCodeError: if an optimizer or a loss from the user's own file raises an error; shows its line.
    """
    with np.errstate(all="ignore"), shown_at_its_line():
        lanes = _Lanes(experiments, callbacks or LaneCallbacks())
        size = block or lanes.block
        begins = range(0, len(experiments), size)
        return LaneResults.joined([lanes.run(begin, min(begin + size, len(experiments))) for begin in begins])


class _Lanes:
    """Experiments of one kind, and what they have in common."""

    def __init__(self, experiments: Sequence[Experiment], callbacks: LaneCallbacks) -> None:
        differing = _differing(experiments)
        self.experiments = experiments
        self.callbacks = callbacks
        self.experiment = experiments[0].drawn()
        self.optimizers = _fitted(experiments, self.experiment)
        self.starts = _starts(experiments, self.experiment)
        self.kit = Kit(self.experiment, self.optimizers, self.starts[:, 0], differing)
        self.measured = Measured(self.kit)
        self.curvature = Curvature(self.experiment)

    @property
    def block(self) -> int:
        """How many lanes run at once."""
        return self.kit.block

    def run(self, begin: int, end: int) -> LaneResults:
        """Run some of them."""
        return _Run(self, begin, end).run()


class _Run:
    """Lanes under way.

    A lane has its number; where it is found in the stepper is its place, which changes when others are taken out. What
    is in a place that is not `live` is a copy of a lane that runs, or has just ended.
    """

    def __init__(self, lanes: _Lanes, begin: int, end: int) -> None:
        count, kit = end - begin, lanes.kit
        self.all = lanes
        self.begin = begin
        self.experiment = lanes.experiment
        optimizers = lanes.optimizers[begin:end]
        self.stepper: LaneStepper = kit.stepper(optimizers, lanes.starts[:, begin:end].copy())
        self.watch = WatchOfLanes(self.experiment, self.stepper)
        self.rows = RowsOfLanes(kit, lanes.measured, kit.given(optimizers), count)
        self.outcomes: dict[int, Outcome] = {}
        self.number = np.arange(count)  # of the lane in each place
        self.live = np.ones(count, bool)
        self.best = BestOfLanes(count, self.stepper.value.dtype)
        self.final, self.spent = np.zeros(count), np.zeros(count)
        self.least, self.least_step = np.full(count, math.nan), np.full(count, math.nan)
        self.w, self.solution = np.zeros_like(lanes.starts[:, begin:end]), np.zeros_like(lanes.starts[:, begin:end])
        self.seconds = 0.0
        self._bounded = count  # lanes that ran when the limits were last brought together

    def run(self) -> LaneResults:
        """The loop: a few comparisons of all lanes at most steps, and a closer look at some where one is due."""
        steps, every, stepper, watch = self.experiment.steps, self.experiment.every, self.stepper, self.watch
        put = self.best.put if stepper.exact else self.best.pass_by
        k = attention = due = pulse = 0
        block, tidy = 1, math.inf
        low, high, same = -math.inf, math.inf, np.zeros(stepper.lanes, bool)
        clock = told = perf_counter()
        while True:
            stepper.advance()
            seen = stepper.value
            if k != attention and low < seen.min() and seen.max() < high:
                np.equal(seen, self.best.last, same)
                if not same.any():
                    put(k, seen)
                    k += 1
                    continue
            now = perf_counter()
            self.seconds += (now - clock) / np.count_nonzero(self.live)
            self._look(k, due=k == due, pulse=k >= pulse)
            running = int(np.count_nonzero(self.live))
            if not running:
                return self._results()
            if k >= pulse:
                block = _adapted(block, now - told)
                pulse, told = k + block, now
            due = k + every if k == due else due
            tidy = min(tidy, k + TIDY) if running < stepper.lanes else math.inf
            if running < stepper.lanes and (k >= tidy or self._pays(running)):
                self._tidy(running)
                same = np.zeros(stepper.lanes, bool)
            if k == 0 or running < self._bounded:
                low, high, self._bounded = watch.low.max(), watch.high.min(), running
            looks = int(watch.next_look[self.live].min())
            attention = k + 1 if watch.every_step else min(due, looks, pulse, steps)
            k += 1
            clock = perf_counter()

    def _look(self, k: int, *, due: bool, pulse: bool) -> None:
        """Judge the lanes that need it, log what is due, and take down what has ended."""
        stepper, watch, live = self.stepper, self.watch, self.live
        seen, last, end = stepper.value, self.best.last, k >= self.experiment.steps
        logged = due or end or watch.every_step
        if k == 0:
            watch.begin(seen)
        judged = live & ((k >= watch.next_look) | (seen == last) | ~((watch.low < seen) & (seen < watch.high)))
        judged = live if watch.every_step else judged
        loss = seen
        if not stepper.exact and k and (logged or judged.any()):
            loss = stepper.loss()
            outside = ~((watch.low < loss) & (loss < watch.high))
            judged = judged | (live & outside) if logged else judged
        ends = watch.judge(k, np.flatnonzero(judged), loss, last) if judged.any() else {}
        if (outcome := self._outside(k) if pulse else None) or end:
            outcome = outcome or Outcome(Status.MAX_STEPS, k, f"all {k:,} steps are done")
            ends = dict.fromkeys(np.flatnonzero(live).tolist(), outcome) | ends
        ended = np.array(list(ends), int)
        noted = np.flatnonzero(live) if due else ended
        self.best.settle()
        self.best.improve(k, np.flatnonzero(live) if logged or stepper.exact else ended, loss)
        if noted.size:
            self.rows.note(k, stepper, noted, self.number[noted], loss, self.seconds)
        if ended.size:
            self._take_down(ended, list(ends.values()), loss)
        self.best.pass_by(k, seen)

    def _outside(self, k: int) -> Outcome | None:
        """What is done a few times a second: tell how far it is, and see whether to go on."""
        self.all.callbacks.progress(self.begin + len(self.outcomes), k)
        limit = self.experiment.stop.max_seconds
        if limit is not None and self.seconds >= limit:
            return Outcome(Status.TIMEOUT, k, f"{limit:g} s of training are over at step {k:,}")
        if self.all.callbacks.stopped():
            return Outcome(Status.INTERRUPTED, k, f"interrupted at step {k:,}")
        return None

    def _take_down(self, ended: Array, outcomes: list[Outcome], loss: Array) -> None:
        """What is known of lanes that have ended."""
        numbers = self.number[ended]
        self.outcomes.update(zip(numbers.tolist(), outcomes, strict=True))
        self.final[numbers] = loss[ended]
        least, at = self.best.loss[ended], self.best.step[ended]
        known = least < math.inf
        self.least[numbers[known]], self.least_step[numbers[known]] = least[known], at[known]
        self.w[:, numbers] = self.stepper.w[:, ended]
        self.solution[:, numbers] = self.stepper.solution()[:, ended]
        self.spent[numbers] = self.seconds
        self.live[ended] = False

    def _pays(self, running: int) -> bool:
        """Whether a narrower program would be much faster."""
        return 4 * _width(running) <= 3 * self.stepper.lanes

    def _tidy(self, running: int) -> None:
        """Take out the lanes that have ended; copies of one that runs fill the places that are left."""
        places = np.flatnonzero(self.live)
        width = _width(running) if self._pays(running) else self.stepper.lanes
        index = np.concatenate([places, np.full(width - running, places[0])])
        self.stepper.rearrange(index)
        self.watch.rearrange(index)
        self.best.rearrange(index)
        self.number = self.number[index]
        self.live = np.arange(width) < running

    def _results(self) -> LaneResults:
        rows, costs = self.rows, self.all.kit.costs
        outcomes = [self._advised(lane) for lane in range(len(self.outcomes))]
        steps = np.array([outcome.step for outcome in outcomes])
        curves = rows.curves()
        summary = {"final_loss": self.final, "best_loss": self.least, "best_step": self.least_step}
        summary |= {"grad_norm": rows.last("grad_norm")} if "grad_norm" in curves else {}
        summary |= {name: np.asarray(values, float) for name, values in costs(steps).items()}
        summary |= {"seconds": self.spent, **{name: rows.last(name) for name in self.all.measured.names}}
        statuses = tuple(outcome.status for outcome in outcomes)
        reasons = tuple(outcome.reason for outcome in outcomes)
        ends = self.w, self.solution, summary
        return LaneResults(statuses, steps, reasons, *ends, rows.count, curves, rows.lr(), costs)

    def _advised(self, lane: int) -> Outcome:
        outcome = self.outcomes[lane]
        if outcome.status not in (Status.DIVERGED, Status.NON_FINITE):
            return outcome
        lanes, i = self.all, self.begin + lane
        experiment = dataclasses.replace(self.experiment, optimizer=lanes.optimizers[i])
        return advice(outcome, experiment, lanes.starts[:, i], float(self.rows.slope[lane]), lanes.curvature)


def _differing(experiments: Sequence[Experiment]) -> frozenset[str]:
    """The numbers in which experiments that can share a program may differ.

    Raises:
        UsageError: if they cannot share one.
    """
    if not experiments:
        raise UsageError("there are no experiments to run side by side")
    keys = LaneKeys()
    first = keys.of(experiments[0])
    if isinstance(first, Reason):
        raise UsageError(f"{experiments[0].name} cannot run side by side with others: {first}")
    for experiment in experiments[1:]:
        key = keys.of(experiment)
        if key != first:
            why = f": {key}" if isinstance(key, Reason) else ", they differ in more than seed, start and numbers"
            raise UsageError(f"{experiment.name} and {experiments[0].name} cannot share a program{why}")
    return keys.differing(experiments[0])


def _fitted(experiments: Sequence[Experiment], drawn: Experiment) -> list[Optimizer]:
    """The optimizer of each run, made once for those that are the same."""
    known: dict[Any, Optimizer] = {}
    found = []
    for experiment in experiments:
        key = id(experiment.optimizer), experiment.seed if _seeded(experiment.optimizer) else None
        if key not in known:
            known[key] = fitted(experiment.optimizer, drawn.problem, drawn.steps, experiment.seed)
        found.append(known[key])
    return found


def _seeded(optimizer: Optimizer) -> bool:
    return getattr(optimizer, "noise", None) is not None


def _starts(experiments: Sequence[Experiment], drawn: Experiment) -> Array:
    """w₀ of each experiment as a column."""
    known: dict[Any, Array] = {}
    columns = []
    for experiment in experiments:
        problem = experiment.problem if _problem_differs(experiment, experiments[0]) else drawn.problem
        key = experiment.seed, id(problem)
        if key not in known:
            known[key] = _checked(problem.initial(Streams.of(experiment.seed).start))
        columns.append(known[key])
    return np.stack(columns, axis=1)


def _problem_differs(experiment: Experiment, other: Experiment) -> bool:
    return experiment.problem is not other.problem and experiment.problem != other.problem


def _width(running: int) -> int:
    """Lanes of the program for so many that run."""
    return max(NARROWEST, 1 << (running - 1).bit_length())
