"""The training loop of many lanes."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.experiment.advice import Curvature, advice
from gdlab.experiment.lanes.best import BestOfLanes
from gdlab.experiment.lanes.kit import Kit
from gdlab.experiment.lanes.result import LaneResults
from gdlab.experiment.lanes.rows import Measured, RowsOfLanes
from gdlab.experiment.lanes.watch import WatchOfLanes
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import adapted
from gdlab.optimizers.base import Optimizer
from gdlab.store.status import Status

if TYPE_CHECKING:
    from gdlab.experiment.lanes.stepper import LaneStepper

Array = np.ndarray[Any, np.dtype[Any]]

NEVER = np.iinfo(int).max
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


@dataclass
class Cells:
    """Experiments of one kind, and what they have in common.

    Args:
        experiment: one of them, drawn.
        optimizers: the fitted optimizer of each.
        starts: w₀ of each as a column, shape (n, experiments).
        kit, measured, curvature: what is compiled once for all.
        callbacks: whom to tell.
    """

    experiment: Experiment
    optimizers: list[Optimizer]
    starts: Array
    kit: Kit
    measured: Measured
    curvature: Curvature
    callbacks: LaneCallbacks


class LaneLoop:
    """Lanes under way.

    A lane has its number; where it is found in the stepper is its place, which changes when others are taken out. In
    the places where none runs is what has just ended, or a copy of a lane that runs.
    """

    def __init__(self, cells: Cells, begin: int, end: int) -> None:
        count, kit = end - begin, cells.kit
        self.cells = cells
        self.begin = begin
        self.experiment = cells.experiment
        optimizers = cells.optimizers[begin:end]
        self.stepper: LaneStepper = kit.stepper(optimizers, cells.starts[:, begin:end].copy())
        self.watch = WatchOfLanes(self.experiment, self.stepper)
        self.rows = RowsOfLanes(kit, cells.measured, kit.given(optimizers), count)
        self.outcomes: dict[int, Outcome] = {}
        self.number = np.arange(count)  # of the lane in each place
        self.places = np.arange(count)  # where lanes run
        self.best = BestOfLanes(count, self.stepper.value.dtype)
        self.final, self.spent = np.zeros(count), np.zeros(count)
        self.least, self.least_step = np.full(count, math.nan), np.full(count, math.nan)
        self.w, self.solution = np.zeros_like(cells.starts[:, begin:end]), np.zeros_like(cells.starts[:, begin:end])
        self.seconds = 0.0
        self._bounded = count  # lanes that ran when the limits were last brought together

    def run(self) -> LaneResults:
        """The loop: a few comparisons of all lanes at most steps, and a closer look at some where one is due."""
        steps, every, stepper, watch = self.experiment.steps, self.experiment.every, self.stepper, self.watch
        put = self.best.put if stepper.exact else self.best.pass_by
        k = attention = due = pulse = looks = 0
        block, tidy = 1, math.inf
        low, high, same = -math.inf, math.inf, np.zeros(stepper.lanes, bool)
        clock = told = perf_counter()
        while True:
            stepper.advance()
            seen = stepper.value
            np.equal(seen, self.best.last, same)
            inside = bool(low < seen.min() and seen.max() < high)
            if inside and k != attention and not same.any():
                put(k, seen)
                k += 1
                continue
            now = perf_counter()
            self.seconds += (now - clock) / len(self.places)
            self._look(k, same, inside=inside, looking=k >= looks, due=k == due, pulse=k >= pulse)
            running = len(self.places)
            if not running:
                return self._results()
            if k >= pulse:
                block = adapted(block, now - told)
                pulse, told = k + block, now
            due = k + every if k == due else due
            tidy = min(tidy, k + TIDY) if running < stepper.lanes else math.inf
            if running < stepper.lanes and (k >= tidy or self._pays(running)):
                self._tidy(running)
                same = np.zeros(stepper.lanes, bool)
            if k == 0 or running < self._bounded:
                low, high, self._bounded = watch.low.max(), watch.high.min(), running
            looks = int(watch.next_look.min())
            attention = k + 1 if watch.every_step else min(due, looks, pulse, steps)
            k += 1
            clock = perf_counter()

    def _look(self, k: int, same: Array, *, inside: bool, looking: bool, due: bool, pulse: bool) -> None:
        """Judge the lanes that need it, log what is due, and take down what has ended.

        Args:
            k: steps done.
            same: where the stepper told the same as at the step before.
            inside: whether it told of all lanes what needs no attention.
            looking: whether some lane is to be looked at in any case.
            due: whether a row is due.
            pulse: whether it is time to look at the clock.
        """
        stepper, watch, places = self.stepper, self.watch, self.places
        seen, end = stepper.value, k >= self.experiment.steps
        logged = due or end or watch.every_step
        if k == 0:
            watch.begin(seen)
        judged = same | (watch.next_look <= k) if looking else same
        judged = judged if inside else judged | ~((watch.low < seen) & (seen < watch.high))
        at = places if watch.every_step else places[judged[places]]
        loss = seen
        if not stepper.exact and k and (logged or at.size):
            loss = stepper.loss()
            if logged and not watch.every_step:
                at = places[(judged | ~((watch.low < loss) & (loss < watch.high)))[places]]
        ends = watch.judge(k, at, loss, self.best.last) if at.size else {}
        if (outcome := self._outside(k) if pulse else None) or end:
            outcome = outcome or Outcome(Status.MAX_STEPS, k, f"all {k:,} steps are done")
            ends = dict.fromkeys(places.tolist(), outcome) | ends
        ended = np.array(list(ends), int)
        self.best.settle()
        self.best.improve(k, places if logged or stepper.exact else ended, loss)
        if due or ends:
            noted = places if due else ended
            self.rows.note(k, stepper, noted, self.number[noted], loss, self.seconds)
        if ends:
            self._take_down(ended, list(ends.values()), loss)
        self.best.pass_by(k, seen)

    def _outside(self, k: int) -> Outcome | None:
        """What is done a few times a second: tell how far it is, and see whether to go on."""
        self.cells.callbacks.progress(self.begin + len(self.outcomes), k)
        limit = self.experiment.stop.max_seconds
        if limit is not None and self.seconds >= limit:
            return Outcome(Status.TIMEOUT, k, f"{limit:g} s of training are over at step {k:,}")
        if self.cells.callbacks.stopped():
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
        self.watch.next_look[ended] = NEVER
        self.places = np.setdiff1d(self.places, ended)

    def _pays(self, running: int) -> bool:
        """Whether a narrower program would be much faster."""
        return 4 * _width(running) <= 3 * self.stepper.lanes

    def _tidy(self, running: int) -> None:
        """Take out the lanes that have ended; copies of one that runs fill the places that are left."""
        width = _width(running) if self._pays(running) else self.stepper.lanes
        index = np.concatenate([self.places, np.full(width - running, self.places[0])])
        self.stepper.rearrange(index)
        self.watch.rearrange(index)
        self.best.rearrange(index)
        self.number, self.places = self.number[index], np.arange(running)
        self.watch.next_look[running:] = NEVER

    def _results(self) -> LaneResults:
        rows, costs = self.rows, self.cells.kit.costs
        outcomes = [self._advised(lane) for lane in range(len(self.outcomes))]
        steps = np.array([outcome.step for outcome in outcomes])
        curves = rows.curves
        summary = {"final_loss": self.final, "best_loss": self.least, "best_step": self.least_step}
        summary |= {"grad_norm": rows.last("grad_norm")}
        summary |= {name: np.asarray(values, float) for name, values in costs(steps).items()}
        summary |= {"seconds": self.spent, **{name: rows.last(name) for name in self.cells.measured.names}}
        statuses = tuple(outcome.status for outcome in outcomes)
        reasons = tuple(outcome.reason for outcome in outcomes)
        ends = self.w, self.solution, summary
        return LaneResults(statuses, steps, reasons, *ends, rows.count, curves, rows.lr(), costs)

    def _advised(self, lane: int) -> Outcome:
        outcome = self.outcomes[lane]
        if outcome.status not in (Status.DIVERGED, Status.NON_FINITE):
            return outcome
        cells, i = self.cells, self.begin + lane
        experiment = dataclasses.replace(self.experiment, optimizer=cells.optimizers[i])
        return advice(outcome, experiment, cells.starts[:, i], float(self.rows.slope[lane]), cells.curvature)


def _width(running: int) -> int:
    """Lanes of the program for so many that run."""
    return max(NARROWEST, 1 << (running - 1).bit_length())
