"""What tuning found: the best setting of each optimizer, and how they stand to each other on other seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.experiment.tuning.budget import Budget, passes
from gdlab.experiment.tuning.draw import Setting
from gdlab.experiment.tuning.edges import Edge
from gdlab.experiment.tuning.spent import Spent
from gdlab.report.outcomes import SOUND
from gdlab.report.statistics.folding import Fold, fold
from gdlab.report.statistics.quantiles import median
from gdlab.report.statistics.running_time import expected_running_time
from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.standing import Standing, standing
from gdlab.report.statistics.targets import cost_to_target
from gdlab.report.statistics.verdicts import Verdict, verdicts
from gdlab.store.run import Run

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Goal:
    """What settings are judged by; low is good.

    Args:
        target: a loss; then it is the cost of reaching it, in passes over the function. None: the final loss.
        budget: what runs may use; what comes behind it does not count.
    """

    target: float | None = None
    budget: Budget | None = None

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return "final loss" if self.target is None else f"cost to a loss of {self.target:g}"

    def loss(self, run: Run) -> float:
        """The loss that a run ends at, within the budget; +∞ if it went wrong until then."""
        if self._limit is not None and passes(_charged(run)) > self._limit:
            losses, _ = self._curve(run)
            return float(losses[-1]) if losses.size and np.isfinite(losses[-1]) else np.inf
        final = run.summary.get("final_loss", np.nan)
        return final if run.status in SOUND and np.isfinite(final) else np.inf

    def cost(self, run: Run) -> tuple[float, bool]:
        """What a run spends until it reaches the target, or in all, and whether it does."""
        losses, spent = self._curve(run)
        at = float(cost_to_target(losses, spent, self.target or 0.0))
        if np.isfinite(at):
            return at, True
        total = float(passes(_charged(run)))
        return (total if self._limit is None else min(total, self._limit)), False

    def values(self, runs: Sequence[Run]) -> list[float]:
        """One number for each run, +∞ for what went wrong or did not arrive."""
        if self.target is None:
            return [self.loss(run) for run in runs]
        costs = (self.cost(run) for run in runs)
        return [cost if reached else np.inf for cost, reached in costs]

    def score(self, runs: Sequence[Run]) -> float:
        """One number for all seeds of a setting: the median of the final losses, or the expected running time."""
        if self.target is None:
            return float(median(np.array(self.values(runs))))
        costs, reached = zip(*map(self.cost, runs), strict=True)
        return expected_running_time(costs, reached)

    @property
    def _limit(self) -> float | None:
        return self.budget.amount if self.budget is not None and self.budget.unit == "evaluations" else None

    def _curve(self, run: Run) -> tuple[Floats, Floats]:
        """The losses of the logged rows within the budget, and what was spent at each."""
        curve = run.curve()
        if not curve["loss"].size:  # it failed before it began
            return np.empty(0), np.empty(0)
        spent = np.asarray(passes(curve), dtype=float)
        within = spent <= (np.inf if self._limit is None else self._limit)
        return curve["loss"][within], spent[within]


def _charged(run: Run) -> Mapping[str, float]:
    names = ("evaluations", "dual_passes", "reverse_passes")
    return {name: run.summary.get(name, 0.0) for name in names}


@dataclass(frozen=True)
class Choice:
    """The trials of an optimizer, and the best of them.

    Args:
        scores: of each trial; +∞ if none of its runs, or too few, ended well or arrived.
        losses: the median final loss of each, which decides where scores are equal.
        failed: how many runs went wrong, or did not reach the target.
        spent: what they cost.
    """

    scores: Sequence[float]
    losses: Sequence[float]
    failed: int
    spent: Spent

    @cached_property
    def order(self) -> list[int]:
        """The numbers of the trials, the best first; of equals the earlier, so that defaults need not be beaten."""
        return sorted(range(len(self.scores)), key=lambda i: (self.scores[i], self.losses[i], i))

    @property
    def best(self) -> int:
        """The number of the best trial."""
        return self.order[0]

    @property
    def sound(self) -> list[int]:
        """The numbers of the trials with a finite score, the best first."""
        return [i for i in self.order if np.isfinite(self.scores[i])]


def choose(goal: Goal, trials: Sequence[Sequence[Run]], spent: Spent) -> Choice:
    """Judge the trials of an optimizer, each given by its runs."""
    scores = [goal.score(runs) for runs in trials]
    losses = [float(median(np.array([goal.loss(run) for run in runs]))) for runs in trials]
    failed = sum(not np.isfinite(value) for runs in trials for value in goal.values(runs))
    return Choice(scores, losses, failed, spent)


@dataclass(frozen=True)
class Line:
    """What is known of one optimizer in the end.

    Args:
        name: of the optimizer.
        setting: the best that was found; empty if that is the default.
        choice: its trials.
        tuned, default: what this and the default come to on the seeds that report.
        score, default_score: the same in one number, as the trials were judged.
        against: how the tuned setting stands to the default.
        edges: where it lies at the edge of what was searched.
        final: what the runs that report cost, of both.
    """

    name: str
    setting: Setting
    choice: Choice
    tuned: Fold
    default: Fold
    score: float
    default_score: float
    against: Verdict
    edges: Sequence[Edge]
    final: Spent


@dataclass(frozen=True)
class Found:
    """What a study found.

    Args:
        goal: what was judged.
        lines: the optimizers, in the order in which they were asked for.
        standing: how the tuned optimizers stand to each other.
        independent: whether the seed makes a difference; if not, all runs of a setting are one and prove nothing.
    """

    goal: Goal
    lines: Sequence[Line]
    standing: Standing
    independent: bool

    @property
    def lowest(self) -> Line:
        """The optimizer with the lowest score, proven or not."""
        return min(self.lines, key=lambda line: (line.score, line.tuned.median))

    @property
    def winner(self) -> str | None:
        """The optimizer that is proven better than every other, seed by seed, and has the lowest score too.

        The two may differ: one that is faster on nearly all seeds may in expectation be slower, as it fails on some.
        """
        proven = self.standing.winner
        return proven if proven == self.lowest.name else None

    @property
    def best(self) -> frozenset[str]:
        """The optimizers that are not proven worse than any other, and that with the lowest score."""
        lowest = {self.lowest.name} if np.isfinite(self.lowest.score) else set()
        return self.standing.best | lowest


@dataclass(frozen=True)
class Tried:
    """An optimizer after all its runs.

    Args:
        setting: the best that was found.
        choice: its trials.
        tuned, default: the runs that report.
        edges: where it lies at the edge of what was searched.
        final: what they cost.
    """

    setting: Setting
    choice: Choice
    tuned: Sequence[Run]
    default: Sequence[Run]
    edges: Sequence[Edge]
    final: Spent


def conclude(goal: Goal, tried: Mapping[str, Tried]) -> Found:
    """Compare the tuned optimizers with each other and each with its default.

    Runs of the same seed are paired. Those of all optimizers are one family of comparisons, those against the defaults
    another. Where the seed makes no difference nothing is proven: there is one run of each, the one it was tuned on.
    """
    every = [runs for one in tried.values() for runs in (one.tuned, one.default)]
    independent = len(every[0]) < 2 or any(map(_differ, every))
    tuned = {name: _sample(goal, one.tuned, independent) for name, one in tried.items()}
    pairs = [(tuned[name], _sample(goal, one.default, independent)) for name, one in tried.items()]
    lines = [
        Line(
            name=name,
            setting=one.setting,
            choice=one.choice,
            tuned=fold(goal.values(one.tuned)),
            default=fold(goal.values(one.default)),
            score=goal.score(one.tuned),
            default_score=goal.score(one.default),
            against=against,
            edges=one.edges,
            final=one.final,
        )
        for (name, one), against in zip(tried.items(), verdicts(pairs), strict=True)
    ]
    return Found(goal, lines, standing(tuned), independent)


def _sample(goal: Goal, runs: Sequence[Run], independent: bool) -> Sample:
    return Sample(goal.values(runs), [run.seed if independent else 0 for run in runs])


def _differ(runs: Sequence[Run]) -> bool:
    """Whether runs of different seeds are different runs."""
    first, *rest = (run.curve()["loss"].tobytes() for run in runs)
    return any(one != first for one in rest)
