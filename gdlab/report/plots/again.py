"""Runs trained again, for what is not stored of them: where they went, and where they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gdlab.errors import UsageError
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import Result, train
from gdlab.problems.base import Problem
from gdlab.report.plots.looks import Look, looks
from gdlab.report.plots.series import labels
from gdlab.report.settings import settings
from gdlab.report.view import Array
from gdlab.store.run import Run


@dataclass(frozen=True)
class Again:
    """A stored run, and its experiment.

    Args:
        run: as it is stored.
        experiment: what its config says; training it repeats the run to the same bits.
        label: what tells it from the others.
        look: how it is drawn.
    """

    run: Run
    experiment: Experiment
    label: str
    look: Look

    @cached_property
    def problem(self) -> Problem:
        """With the data of its seed."""
        return self.experiment.drawn().problem

    @cached_property
    def result(self) -> Result:
        """Of training it, without its way."""
        return train(self.experiment)

    @cached_property
    def points(self) -> Array:
        """The parameters of every step, shape (steps + 1, n)."""
        points = train(self.experiment, record_points=True).points
        assert points is not None  # noqa: S101 - they were asked for
        return points


def trained_again(runs: Sequence[tuple[Run, Experiment]]) -> list[Again]:
    """The runs with a label and a look each; nothing is trained before it is asked for."""
    every = [settings(run.config) for run, _ in runs]
    chosen = looks([one.get("optimizer", "") for one in every])
    names = labels([run for run, _ in runs], every)
    return [
        Again(run, experiment, name, chosen[one.get("optimizer", "")])
        for (run, experiment), name, one in zip(runs, names, every, strict=True)
    ]


def first_of(kept: Sequence[Again], refused: Sequence[str], most: int) -> tuple[list[Again], list[str]]:
    """As many runs as a picture has room for, and notes on the others.

    Args:
        kept: those that can be drawn.
        refused: a sentence for each that cannot.
        most: how many there is room for.

    Raises:
        UsageError: if there are none.
    """
    reasons = [*dict.fromkeys(refused)]
    if not kept:
        raise UsageError(f"there is nothing to draw: {'; '.join(reasons[:3]) or 'there are no runs'}")
    notes = [f"not drawn: {reason}" for reason in reasons[:3]]
    if len(kept) > most:
        notes.append(f"only {most} of {len(kept)} runs are drawn: name fewer runs to see the others")
    return [*kept[:most]], notes
