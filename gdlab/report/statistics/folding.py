"""Runs that differ in nothing but the seed, folded into one line."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import charge
from gdlab.report.statistics.quantiles import quantile
from gdlab.report.statistics.rates import wilson


@dataclass(frozen=True)
class Fold:
    """What several seeds say together.

    Args:
        n: how many runs.
        failures: how many of them failed; none of them is left out of the quartiles.
        median, lower, upper: the quartiles, those of definition 7 of Hyndman & Fan; infinite where failed runs reach
            into them, NaN without runs.
        successes: how many succeeded.
        rate: successes/n, NaN without runs.
        rate_low, rate_high: Wilson's interval of the rate.
    """

    n: int
    failures: int
    median: float
    lower: float
    upper: float
    successes: int
    rate: float
    rate_low: float
    rate_high: float


def fold(
    values: ArrayLike,
    failed: ArrayLike | None = None,
    succeeded: ArrayLike | None = None,
    *,
    lowest: bool = True,
    confidence: float = 0.95,
) -> Fold:
    """Fold the values of several seeds.

    Args:
        values: one number for each run, shape (n,).
        failed: which runs failed, shape (n,); those without a finite value are failed in any case.
        succeeded: which runs did what was asked, shape (n,), such as reach a target; unset: those that did not fail.
            A failed run never succeeded.
        lowest: whether the lowest value is the best; decides which end failed runs stand at.
        confidence: of the interval of the success rate.
    """
    charged = charge(values, failed, lowest=lowest).ravel()
    sound = np.isfinite(charged)
    good = sound if succeeded is None else sound & np.asarray(succeeded, dtype=bool).ravel()
    n, successes = charged.size, int(good.sum())
    lower, median, upper = quantile(charged, (0.25, 0.5, 0.75)).tolist()
    return Fold(
        n=n,
        failures=n - int(sound.sum()),
        median=median,
        lower=lower,
        upper=upper,
        successes=successes,
        rate=successes / n if n else float("nan"),
        **dict(zip(("rate_low", "rate_high"), wilson(successes, n, confidence), strict=True)),
    )
