"""What `gdlab plot` draws, kind by kind: which options each takes, and who draws it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdlab.cli.console import tell
from gdlab.errors import GdlabError, StoreError, UsageError

if TYPE_CHECKING:
    from gdlab.experiment.spec import Experiment
    from gdlab.problems.base import Problem
    from gdlab.report.plots.sheet import Film, Picture, Sheet
    from gdlab.store.run import Curve, Run


@dataclass(frozen=True)
class Wanted:
    """What is to be drawn.

    Args:
        runs: the stored runs.
        sheet: what it is drawn on.
        x, y, facet, target, problem: options that some kinds take; None where they are not given.
    """

    runs: "tuple[Run, ...]"
    sheet: "Sheet"
    x: str | None = None
    y: str | None = None
    facet: str | None = None
    target: float | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of picture.

    Args:
        shows: in a few words.
        takes: the options that it takes beside those of every picture.
        draw: makes the picture.
        animate: makes the film, if there is one.
        of_runs: whether it is one of stored runs.
    """

    shows: str
    takes: frozenset[str]
    draw: "Callable[[Wanted], Picture]"
    animate: "Callable[[Wanted], Film] | None" = None
    of_runs: bool = True


def with_curves(runs: "tuple[Run, ...]") -> "list[tuple[Run, Curve]]":
    """The runs and their curves; those whose rows cannot be read are named and left out."""
    lost: dict[str, int] = {}

    def readable() -> "Iterator[tuple[Run, Curve]]":
        for run in runs:
            try:
                yield run, run.curve()
            except StoreError as error:
                lost[str(error)] = lost.get(str(error), 0) + 1

    found = list(readable())
    for reason, many in lost.items():
        tell(f"left out{f' {many:,} cells' if many > 1 else ''}: {reason}")
    return found


def experiments(runs: "tuple[Run, ...]") -> "list[tuple[Run, Experiment]]":
    """The runs and what their configs say, to be trained again; those that no longer can be are named and left out.

    Raises:
        UsageError: if none can be.
    """
    from gdlab.config.resolve import resolve_data

    found = []
    for run in runs:
        try:
            found.append((run, resolve_data(run.config, source=f"{run.id}/config.yaml").experiment))
        except GdlabError as error:
            tell(f"left out, its config cannot be run any more: {error}")
    if not found:
        raise UsageError("there is nothing to draw: no run can be trained again")
    return found


def problems() -> "Callable[[Run], Problem | None]":
    """Makes the problem of a run, with the data of its seed, each once; None if that cannot be done any more."""
    made: dict[str, Problem | None] = {}

    def problem_of(run: "Run") -> "Problem | None":
        from gdlab.config.resolve import resolve_data

        key = repr((run.config.get("problem"), run.config.get("batch"), run.seed))
        if key not in made:
            try:
                made[key] = resolve_data(run.config).experiment.drawn().problem
            except GdlabError:
                made[key] = None
        return made[key]

    return problem_of


def _curves(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.curves import draw_curves

    return draw_curves(
        with_curves(wanted.runs),
        wanted.x or "step",
        wanted.y or "loss",
        facet=wanted.facet,
        problem_of=problems(),
        sheet=wanted.sheet,
    )


def _schedule(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.curves import draw_curves

    return draw_curves(with_curves(wanted.runs), wanted.x or "step", "lr", facet=wanted.facet, sheet=wanted.sheet)


def _lr(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.lr import draw_lr

    return draw_lr(wanted.runs, sheet=wanted.sheet)


def _path(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.path import draw_path

    return draw_path(experiments(wanted.runs), sheet=wanted.sheet)


def _moving_path(wanted: Wanted) -> "Film":
    from gdlab.report.plots.path import animate_path

    return animate_path(experiments(wanted.runs), sheet=wanted.sheet)


def _boundary(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.boundary import draw_boundary

    return draw_boundary(experiments(wanted.runs), sheet=wanted.sheet)


def _moving_boundary(wanted: Wanted) -> "Film":
    from gdlab.report.plots.boundary import animate_boundary

    return animate_boundary(experiments(wanted.runs), sheet=wanted.sheet)


def _profile(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.profiles import TARGET, draw_profile

    target = TARGET if wanted.target is None else wanted.target
    if not 0 < target < 1:
        raise UsageError(f"--target {target:g} is not allowed: it is a part of the way, between 0 and 1")
    return draw_profile(
        with_curves(wanted.runs), wanted.x or "passes", target=target, problem_of=problems(), sheet=wanted.sheet
    )


def _ecdf(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.profiles import draw_ecdf

    return draw_ecdf(with_curves(wanted.runs), wanted.x or "passes", problem_of=problems(), sheet=wanted.sheet)


def _cost(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.cost import draw_cost

    return draw_cost(wanted.problem or "rosenbrock", sheet=wanted.sheet)


def _gradients(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.gradients import draw_gradients

    return draw_gradients(experiments(wanted.runs), sheet=wanted.sheet)


def _confusion(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.confusion import draw_confusion

    return draw_confusion(experiments(wanted.runs), sheet=wanted.sheet)


def _activations(wanted: Wanted) -> "Picture":
    from gdlab.report.plots.activations import draw_activations

    return draw_activations(sheet=wanted.sheet)


_NONE: frozenset[str] = frozenset()

KINDS: Mapping[str, Kind] = {
    "curves": Kind("loss, or any column, over step or cost", frozenset({"x", "y", "facet", "term"}), _curves),
    "lr": Kind("final loss over learning rate", _NONE, _lr),
    "path": Kind("ways over the level lines of a 2-D problem", _NONE, _path, _moving_path),
    "boundary": Kind("decision boundary of a classifier of two inputs", _NONE, _boundary, _moving_boundary),
    "profile": Kind("performance profile", frozenset({"x", "target"}), _profile),
    "ecdf": Kind("fraction of targets reached over cost", frozenset({"x"}), _ecdf),
    "schedule": Kind("learning rate over steps", frozenset({"x", "facet", "term"}), _schedule),
    "gradients": Kind("gradient norm of each layer over steps", _NONE, _gradients),
    "confusion": Kind("classes taken for others, on test rows", _NONE, _confusion),
    "cost": Kind("seconds and passes of each gradient method over n", frozenset({"problem"}), _cost, of_runs=False),
    "activations": Kind("activations and their derivatives", _NONE, _activations, of_runs=False),
}


def default_name(kind: str, animated: bool) -> Path:
    """The file that a picture goes to if none is named."""
    return Path(f"{kind}.{'gif' if animated else 'png'}")
