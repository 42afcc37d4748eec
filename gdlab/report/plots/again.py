"""Runs trained again, for what is not stored of them: where they went, and where they ended."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gdlab.errors import UsageError
from gdlab.experiment.result import Result
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import train
from gdlab.problems.base import Problem
from gdlab.report.plots.looks import Look, looks, shades
from gdlab.report.plots.points import few
from gdlab.report.plots.series import grouped, labels, without_seed
from gdlab.report.settings import Settings, settings
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
        mates: how many stored runs differ from it in their seed alone, itself included, all of which it stands for.
    """

    run: Run
    experiment: Experiment
    label: str
    look: Look
    mates: int = 1

    @property
    def told(self) -> str:
        """The label, and which seed it is where it stands for several."""
        return self.label if self.mates == 1 else f"{self.label} · seed {self.run.seed}, one of {self.mates}"

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
    names = labels([run for run, _ in runs], every)
    chosen = _looks([run for run, _ in runs], every)
    return [
        Again(run, experiment, name, look) for (run, experiment), name, look in zip(runs, names, chosen, strict=True)
    ]


def first_seeds(every: Sequence[Again]) -> list[Again]:
    """Of runs that differ in their seed alone the first: the others would fill the picture with its like."""
    mates = grouped(every, lambda one: without_seed(one.run, settings(one.run.config)))
    firsts = [min(members, key=lambda one: one.run.seed) for members in mates.values()]
    names = labels([one.run for one in firsts], [settings(one.run.config) for one in firsts])
    amounts = map(len, mates.values())
    return [replace(one, label=name, mates=amount) for one, name, amount in zip(firsts, names, amounts, strict=True)]


def _looks(runs: Sequence[Run], every: Sequence[Settings]) -> list[Look]:
    """Runs of one optimizer share a colour, and have a shade for each of its settings."""
    chosen = looks([one.get("optimizer", "") for one in every])
    of: dict[Hashable, Look] = {}
    kinds = [without_seed(run, one) for run, one in zip(runs, every, strict=True)]
    for name, members in grouped(range(len(runs)), lambda i: every[i].get("optimizer", "")).items():
        mine = [*dict.fromkeys(kinds[i] for i in members)]
        of.update(zip(mine, shades(chosen[name], len(mine), marked=False), strict=True))
    return [of[kind] for kind in kinds]


def first_of(kept: Sequence[Again], refused: Sequence[str], most: int) -> tuple[list[Again], list[str]]:
    """As many runs as a picture has room for, and notes on the others.

    Args:
        kept: those that can be drawn.
        refused: a sentence for each that cannot.
        most: how many there is room for.

    Raises:
        UsageError: if there are none.
    """
    reasons = few([*dict.fromkeys(refused)], most=3, what=" runs that cannot be drawn")
    if not kept:
        raise UsageError(f"there is nothing to draw: {'; '.join(reasons) or 'there are no runs'}")
    notes = [f"not drawn: {'; '.join(reasons)}"] if reasons else []
    if len(kept) > most:
        notes.append(f"only {most} of {len(kept)} runs are drawn: name fewer runs to see the others")
    return [*kept[:most]], notes
