"""Expected running time: what a success costs if failed attempts are paid for too."""

import math

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Bools, Floats
from gdlab.report.statistics.quantiles import quantile

SAMPLES = 1000


def expected_running_time(costs: ArrayLike, reached: ArrayLike) -> float:
    """ERT: the cost of all runs, whether they reached the target or not, over the number of those that did.

    ERT = Σᵢ costᵢ / #{i : reachedᵢ}

    It is the mean cost of starting anew, from another seed, until a run reaches the target.

    Args:
        costs: shape (n,): of a run that reached the target what it had spent then, of any other all it spent.
        reached: which runs reached the target, shape (n,). A run whose cost is not a finite number did not.

    Returns:
        In the unit of `costs`; +∞ if no run reached the target, or one that did not has an unknown cost; NaN without
        runs.

    Source: Hansen et al. 2021 (Optimization Methods and Software 36:114), where it is called aRT; SP in its code.
    """
    spent, good = _charged(costs, reached)
    if spent.size == 0:
        return math.nan
    if not good.any():
        return math.inf
    with np.errstate(over="ignore"):
        return float(spent.sum() / good.sum())


def simulated_restarts(costs: ArrayLike, reached: ArrayLike, samples: int = SAMPLES, seed: int = 0) -> Floats:
    """Costs of simulated restarts: runs are drawn, with repetition, and paid for until one that reached the target.

    The number of failures before a success is geometric, K ~ Geom(p) − 1, p the success rate; the K failures and the
    success are drawn evenly from the runs that there are.

    Args:
        costs: as in `expected_running_time`, which is the expectation of the result.
        reached: as there.
        samples: how many costs.
        seed: of the draws; the same seed gives the same costs.

    Returns:
        Shape (samples,), ascending; all +∞ if no run reached the target; of length 0 without runs.

    Source: Hansen et al. 2016 (arXiv:1605.03560), section on simulated restarts.
    """
    spent, good = _charged(costs, reached)
    if spent.size == 0:
        return np.empty(0)
    if not good.any():
        return np.full(samples, math.inf)
    rng = np.random.default_rng(seed)
    # In order, so that the result does not depend on that of the runs.
    successes, failures = np.sort(spent[good]), np.sort(spent[~good])
    total = rng.choice(successes, samples)
    with np.errstate(over="ignore"):
        if failures.size:
            attempts = rng.geometric(successes.size / (successes.size + failures.size), samples) - 1
            drawn = rng.choice(failures, int(attempts.sum()))
            total += np.bincount(np.repeat(np.arange(samples), attempts), weights=drawn, minlength=samples)
    return np.sort(total)


def dispersion(costs: ArrayLike, reached: ArrayLike, samples: int = SAMPLES, seed: int = 0) -> tuple[float, float]:
    """The 10 % and the 90 % quantile of the simulated restarts; COCO prints half their difference beside the ERT.

    Returns:
        In the unit of `costs`; both +∞ if no run reached the target, NaN without runs.
    """
    low, high = quantile(simulated_restarts(costs, reached, samples, seed), (0.1, 0.9)).tolist()
    return low, high


def _charged(costs: ArrayLike, reached: ArrayLike) -> tuple[Floats, Bools]:
    spent = np.asarray(costs, dtype=np.float64).ravel()
    good = np.asarray(reached, dtype=bool).ravel() & np.isfinite(spent)
    return np.where(np.isfinite(spent), spent, math.inf), good
