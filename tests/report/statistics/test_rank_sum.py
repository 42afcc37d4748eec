import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.statistics.rank_sum import rank_sum
from gdlab.report.statistics.ranks import average_ranks

# Hollander & Wolfe 1973, p. 69: permeability of the chorioamnion at term and at 12 to 26 weeks; one-sided 0.1272.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]


def by_all_sets(a, b):
    """The p-value by writing out every set of runs that might be the first group."""
    ranks = average_ranks([*a, *b])
    observed = ranks[: len(a)].sum()
    sums = np.array([sum(one) for one in itertools.combinations(ranks, len(a))])
    return min(1.0, 2 * min(np.mean(sums <= observed), np.mean(sums >= observed)))


def test_as_published():
    assert rank_sum(TERM, EARLIER) == pytest.approx(2 * 0.1272, abs=1e-4)


def test_complete_separation():
    assert rank_sum([1, 2, 3], [4, 5, 6]) == pytest.approx(2 / 20)
    assert rank_sum([math.inf] * 3, [4, 5, 6]) == pytest.approx(2 / 20)


values = st.lists(st.sampled_from([0.0, 1.0, 1.5, 7.0, math.inf]), min_size=1, max_size=5)


@given(values, values)
def test_with_ties_as_by_writing_out_all_sets(a, b):
    p = rank_sum(a, b)
    assert p == pytest.approx(by_all_sets(a, b), abs=1e-12)
    assert rank_sum(b, a) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize(("n", "m"), [(8, 8), (20, 20), (35, 5)])
def test_without_ties_as_in_scipy(n, m):
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(n)
    a, b = rng.normal(0, 1, n), rng.normal(0.5, 1, m)
    assert rank_sum(a, b) == pytest.approx(stats.mannwhitneyu(a, b, method="exact").pvalue, rel=1e-10)


@pytest.mark.parametrize("grid", [1e-9, 0.5])
def test_many_runs_as_in_scipy(grid):
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    a, b = (np.round(rng.normal(mean, 1, 100) / grid) * grid for mean in (0, 0.3))
    assert rank_sum(a, b) == pytest.approx(stats.mannwhitneyu(a, b, method="asymptotic").pvalue, rel=1e-10)


@pytest.mark.parametrize(("a", "b"), [([], [1, 2]), ([1], []), ([3] * 9, [3] * 9), ([3] * 60, [3] * 60)])
def test_nothing_to_find(a, b):
    assert rank_sum(a, b) == 1
