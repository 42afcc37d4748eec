"""Performance profiles, and the fraction of targets reached over cost."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from gdlab.errors import UsageError
from gdlab.report.numbers import number
from gdlab.report.plots.columns import X_AXES, ProblemOf
from gdlab.report.plots.legend import LONGEST, draw_legend
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.solvers import Solvers, solvers
from gdlab.report.plots.style import inked, scale
from gdlab.report.statistics.profiles import performance_profiles, performance_ratios, target_profiles
from gdlab.report.statistics.steps import StepFunction
from gdlab.report.statistics.targets import log_targets
from gdlab.report.text import elide, plural
from gdlab.store.run import Curve, Run

TARGET = 1e-3

_HARDEST = 1e-8  # of the way from start to minimum that is left, at the last target
_ENTRIES = 20


def draw_profile(
    runs: Sequence[tuple[Run, Curve]],
    x: str = "passes",
    *,
    target: float = TARGET,
    problem_of: ProblemOf = lambda run: None,
    sheet: Sheet = PAPER,
) -> Picture:
    """Draw for each optimizer the fraction of problems that it solves within a multiple of what the cheapest spends.

    A problem with a seed is solved once all but a `target` of the way from its start to its minimum is done.

    Args:
        runs: the runs and their curves.
        x: what is spent.
        target: the part of the way that may be left, between 0 and 1.
        problem_of: makes the problem of a run, whose infimum is asked for.
        sheet: what it is drawn on.

    Raises:
        UsageError: if fewer than two optimizers have run, or none solves anything.

    Source: Dolan & Moré 2002 (Mathematical Programming 91:201).
    """
    found = solvers(runs, x, np.array([target]), problem_of)
    if len(found.labels) < 2:
        raise UsageError(f"a performance profile compares optimizers, and all runs are of one: {found.labels[0]}")
    costs = found.costs[:, :, 0]
    if not np.isfinite(costs).any():
        raise UsageError(
            f"there is nothing to draw: no run does all but {number(target)} of the way to its minimum; try a larger "
            "--target"
        )
    ratios = performance_ratios(costs)
    last = float(ratios[np.isfinite(ratios)].max())
    right = max(2.0, last * 1.1)  # a little further, so that the last jump is seen
    with sheet.styled():
        figure, (axes,) = sheet.panels(1, 7.0, 3.8)
        _draw(axes, found, performance_profiles(costs, end=right), left=1.0)
        axes.set_xlim(1, right)
        if last > 10:
            axes.set_xscale("log")
        axes.set_xlabel(f"{X_AXES[x]}, as a multiple of what the cheapest spends")
        axes.set_ylabel(f"fraction of {_counted(found)} solved")
        done = f"solved within {number(target)} of the way from start to minimum"
        _head(axes, found, f"Performance profile · {_amount(found)}, {done}")
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, found.notes)


def draw_ecdf(
    runs: Sequence[tuple[Run, Curve]],
    x: str = "passes",
    *,
    problem_of: ProblemOf = lambda run: None,
    sheet: Sheet = PAPER,
) -> Picture:
    """Draw for each optimizer the fraction of pairs of problem and target that it has reached within a cost.

    The 50 targets of a problem with a seed are spaced evenly on a logarithmic axis, from just below its start down to
    1e-8 of the way to its minimum.

    Args:
        runs: the runs and their curves.
        x: what is spent.
        problem_of: makes the problem of a run, whose infimum is asked for.
        sheet: what it is drawn on.

    Raises:
        UsageError: if nothing can be compared.

    Source: Hansen et al. 2021 (Optimization Methods and Software 36:114), section 5, without simulated restarts.
    """
    found = solvers(runs, x, log_targets(1.0, _HARDEST)[1:], problem_of)
    groups = [found.costs[:, k, :] for k in range(len(found.labels))]
    finite = found.costs[np.isfinite(found.costs)]
    if not finite.size:
        raise UsageError("there is nothing to draw: no run reaches any target")
    positive = finite[finite > 0]
    first = float(positive.min()) if positive.size else 1.0
    log = max(float(finite.max()), 2 * first) > 10 * first
    left, right = first / 1.2 if log else 0.0, max(float(finite.max()), 2 * first) * 1.05
    with sheet.styled():
        figure, (axes,) = sheet.panels(1, 7.0, 3.8)
        _draw(axes, found, target_profiles(groups, end=right), left=left)
        if log:
            axes.set_xscale("log")
        axes.set_xlim(left, right)
        axes.set_xlabel(X_AXES[x])
        axes.set_ylabel("fraction of targets reached")
        _head(axes, found, f"Targets reached · {_amount(found)}, {found.costs.shape[2]} targets each")
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, found.notes)


def _counted(found: Solvers) -> str:
    return "problems" if len(found.costs) == found.problems else "problems with a seed"


def _amount(found: Solvers) -> str:
    """`3 problems`, or `1 problem with 6 seeds`: seeds of one problem are not many problems."""
    seeds = "" if len(found.costs) == found.problems else f" with {len(found.costs)} seeds"
    return plural(found.problems, "problem") + seeds + (" in all" if seeds and found.problems > 1 else "")


def _head(axes: Axes, found: Solvers, title: str) -> None:
    """The title, and below it what makes the fractions lower than optimizers deserve."""
    pairs = len(found.labels) * len(found.costs)
    rest = f"{found.absent} of {pairs} pairs of a problem and an optimizer were not run, and count as not solved"
    axes.set_title(title + f"\n{rest}" * (found.absent > 0))


def _draw(axes: Axes, found: Solvers, curves: Sequence[StepFunction], left: float) -> None:
    """The step functions, those that reach most above the others and first in the legend."""
    order = sorted(range(len(curves)), key=lambda i: (-_area(curves[i], left), found.labels[i]))
    told = []
    for place, i in enumerate(order):
        look = found.looks[i]
        (line,) = axes.plot(
            np.maximum(curves[i].x, left), curves[i].y, color=inked(look.color), linestyle=look.dashes,
            drawstyle="steps-post", linewidth=1.6 * scale(), zorder=2 + (len(order) - place) / 1000,
            marker=look.marker, markersize=5, markevery=(0.004 * (place % 20), 0.12),
        )  # fmt: skip
        told.append((elide(found.labels[i], LONGEST), line))
    axes.set_ylim(-0.01, 1.02)
    rest = len(told) - _ENTRIES
    draw_legend(axes, told if rest <= 0 else [*told[:_ENTRIES], (f"… and {rest} more", axes.plot([], [])[0])])


def _area(curve: StepFunction, left: float) -> float:
    """The area under a step function over x, or over its logarithm if it begins above 0: high early is good."""
    x = np.log(np.maximum(curve.x, left) / left) if left > 0 else curve.x
    return float(np.sum(np.diff(x) * curve.y[:-1]))
