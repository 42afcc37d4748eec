"""What pictures are drawn of: curves that can be read, and runs that can be trained again in little time."""

from collections.abc import Callable
from functools import cached_property

from gdlab.errors import GdlabError, StoreError
from gdlab.experiment.spec import Experiment
from gdlab.problems.base import Problem
from gdlab.problems.networks.base import NetworkProblem
from gdlab.report.compare.line import Line
from gdlab.report.outcomes import BROKEN
from gdlab.report.page.subject import Subject, in_turn
from gdlab.report.text import plural
from gdlab.store.run import Curve, Run
from gdlab.store.status import Status

LINES = 120  # whose curves are drawn
TRAINED = 6  # lines of a kind whose first run is trained again

_RUNS = 2000  # whose curves are drawn
_PATIENCE = 3.0  # seconds that training again may take for one picture
_STEP = 1e-3  # seconds that a step of a cell may take alone; in its sweep it shared them with others

_REPEATABLE = (Status.CONVERGED, Status.MAX_STEPS, Status.STALLED, *BROKEN)


class Gathered:
    """The runs of a subject for its pictures; what is left out of them is noted.

    Args:
        subject: whose runs.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.notes: list[str] = []

    @cached_property
    def lines(self) -> list[Line]:
        """Those whose curves are drawn, of each problem the best."""
        every = self.subject.comparison.lines
        found = self.subject.few(LINES)
        if len(found) < len(every):
            self.notes.append(
                f"curves are drawn of {len(found)} of {plural(len(every), 'line')}, the best of each problem"
            )
        return found

    @property
    def is_part(self) -> bool:
        """Whether some lines are left out, so that no share of all problems can be drawn."""
        return len(self.lines) < len(self.subject.comparison.lines)

    @cached_property
    def curves(self) -> list[tuple[Run, Curve]]:
        """Their runs; of very many the first seeds of each line."""
        each = max(1, _RUNS // len(self.lines))
        chosen = [run for line in self.lines for run in sorted(line.runs, key=lambda run: run.seed)[:each]]
        hidden = sum(line.n for line in self.lines) - len(chosen)
        if hidden:
            self.notes.append(f"of each line the curves of {plural(each, 'seed')} at most are drawn")
        found = []
        for run in chosen:
            try:
                found.append((run, run.curve()))
            except StoreError as error:
                self.notes.append(f"left out of the curves: {error}")
        return found

    def again(self, fits: Callable[[Problem], bool]) -> list[tuple[Run, Experiment]]:
        """The first run of each of the best lines whose problem fits, and what it was, as many as can soon be trained.

        Training repeats a run to the same bits. One that failed or was stopped is left out.
        """
        found: list[tuple[Run, Experiment]] = []
        left = _PATIENCE
        for line in in_turn([block for block in self.subject.blocks if self._fits(block[0], fits)]):
            repeatable = [run for run in line.runs if run.status in _REPEATABLE]
            if not repeatable:
                continue
            run = min(repeatable, key=lambda run: run.seed)
            if len(found) == TRAINED or _takes(run) > left:
                self.notes.append(
                    f"at most {TRAINED} runs of a kind are trained again, and only where that takes few seconds"
                )
                break
            try:
                found.append((run, self.subject.experiment_of(run)))
                left -= _takes(run)
            except GdlabError as error:
                self.notes.append(f"{run.id} cannot be trained again: {error}")
        return found

    def _fits(self, line: Line, fits: Callable[[Problem], bool]) -> bool:
        problem = self.subject.problem_of(line.runs[0])
        return problem is not None and fits(problem)


def _takes(run: Run) -> float:
    """Seconds that it may take to train it again."""
    is_cell = run.id != run.folder.name
    return max(run.summary.get("seconds", 0.0), _STEP * run.step if is_cell else 0.0)


def is_flat(problem: Problem) -> bool:
    """Whether a way on it can be drawn."""
    return problem.dim == 2


def is_flat_classifier(problem: Problem) -> bool:
    """Whether what it makes of every point can be drawn."""
    return is_classifier(problem) and isinstance(problem, NetworkProblem) and problem.split.train.inputs.shape[1] == 2


def is_classifier(problem: Problem) -> bool:
    """Whether there are classes."""
    return isinstance(problem, NetworkProblem) and bool(problem.head.classes)


def is_tested(problem: Problem) -> bool:
    """Whether there are classes, and rows to test on."""
    return is_classifier(problem) and isinstance(problem, NetworkProblem) and problem.split.test is not None
