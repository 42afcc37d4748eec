"""Performance profiles, and the fraction of targets reached over cost."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats
from gdlab.report.statistics.steps import StepFunction, fraction_within


def performance_ratios(costs: ArrayLike) -> Floats:
    """By how much each solver is dearer than the cheapest on each problem: r_ps = t_ps / min_s t_ps.

    Args:
        costs: t_ps, one row for each problem (or problem and seed), one column for each solver, shape (problems,
            solvers). What is negative or not finite is a failure. Only costs have ratios: of losses take
            the cost to a target.

    Returns:
        Shape (problems, solvers): ≥ 1, +∞ for a failure. Beside a best cost of 0 it is 1 for 0 and +∞ for all else.

    Source: Dolan & Moré 2002 (Mathematical Programming 91:201), equation (2.1), with r_M = ∞.
    """
    t = np.asarray(costs, dtype=np.float64)
    t = np.where(np.isfinite(t) & (t >= 0), t, math.inf)
    best = t.min(axis=-1, keepdims=True, initial=math.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = np.where(t == best, 1.0, t / best)
    return np.where(np.isinf(t), math.inf, ratios)


def performance_profiles(costs: ArrayLike, end: float | None = None) -> list[StepFunction]:
    """For each solver the fraction of problems that it solves within τ times the cost of the cheapest.

    ρ_s(τ) = #{p : r_ps ≤ τ} / #problems

    ρ_s(1) is the fraction of problems on which s is the cheapest, ties included; the right end is the fraction it
    solves at all. A problem that no solver solves is counted. With more than two solvers only the best is told by
    ρ(1): the profile of a solver depends on who else is in the picture.

    Args:
        costs: as in `performance_ratios`.
        end: the last τ, for all solvers; unset: the largest finite ratio of any.

    Returns:
        One step function for each solver, from τ = 1 on.

    Source: Dolan & Moré 2002, section 2; the warning is that of Gould & Scott 2016 (ACM TOMS 43:15).
    """
    ratios = performance_ratios(costs)
    if end is None:
        end = float(ratios[np.isfinite(ratios)].max(initial=1.0))
    return [fraction_within(column, start=1.0, end=end) for column in ratios.T]


def target_profiles(costs: Sequence[ArrayLike], end: float | None = None) -> list[StepFunction]:
    """For each group of runs the fraction of pairs of run and target that were reached within a cost.

    Args:
        costs: for each group the cost to each target, as from `cost_to_target`, of any shape, such as (runs,
            targets); +∞ where a target was not reached.
        end: the budget; unset: the largest finite cost of any group.

    Returns:
        One step function for each group, from cost 0 on, all with the same end.

    Source: Hansen et al. 2021, section 5, without simulated restarts.
    """
    every = [np.asarray(group, dtype=np.float64) for group in costs]
    if end is None:
        end = max((float(group[np.isfinite(group)].max(initial=0.0)) for group in every), default=0.0)
    return [fraction_within(group, end=end) for group in every]
