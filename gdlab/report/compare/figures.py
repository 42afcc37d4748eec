"""One number for several runs, and how sure it is."""

import math
from dataclasses import dataclass

import numpy as np

from gdlab.report.statistics.failures import Bools, Floats, charge
from gdlab.report.statistics.quantiles import quantile
from gdlab.report.statistics.running_time import dispersion, expected_running_time


@dataclass(frozen=True)
class Figure:
    """What is shown of a metric.

    Args:
        value: of a single run its own, of several the median, the expected running time or the mean rank; NaN if there
            is none.
        lower, upper: the quartiles, or of an expected running time the 10 % and 90 % quantiles of simulated restarts;
            NaN if there are none.
    """

    value: float
    lower: float = math.nan
    upper: float = math.nan


def single(value: float) -> Figure:
    """The value of one run, as it is: how it ended says the rest."""
    return Figure(value)


def figure(values: Floats, failed: Bools, *, lowest: bool = True) -> Figure:
    """Median and quartiles, failed runs counted as the worst; none if no run has a value."""
    if np.isnan(values).all():
        return Figure(math.nan)
    lower, median, upper = quantile(charge(values, failed, lowest=lowest), (0.25, 0.5, 0.75)).tolist()
    return Figure(median, lower, upper)


def running_time(costs: Floats, spent: Floats, failed: Bools) -> Figure:
    """The expected running time, runs that did not reach the target charged with all they spent."""
    reached = np.isfinite(costs) & ~failed
    paid = np.where(reached, costs, spent)
    low, high = dispersion(paid, reached) if len(paid) > 1 else (math.nan, math.nan)
    return Figure(expected_running_time(paid, reached), low, high)


def rank_figure(rank: float) -> Figure:
    """A mean rank."""
    return Figure(rank)
