import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.report.statistics.ranks import average_ranks
from gdlab.report.statistics.signed_rank import EXACT, signed_rank

# Hollander & Wolfe 1973, p. 29: depression scores of nine patients before and after a tranquilizer; one-sided 0.0195.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def by_all_signs(differences):
    """The p-value by writing out every assignment of signs."""
    d = np.array([one for one in differences if one != 0])
    ranks = average_ranks(np.abs(d))
    signs = np.array(list(itertools.product((0, 1), repeat=d.size)))
    sums, observed = signs @ ranks, ranks[d > 0].sum()
    return min(1.0, 2 * min(np.mean(sums <= observed), np.mean(sums >= observed)))


def test_as_published():
    assert signed_rank(BEFORE - AFTER) == pytest.approx(2 * 0.01953125)


# All of one sign: one of 2ⁿ assignments, on each side.
@pytest.mark.parametrize(("n", "p"), [(1, 1), (2, 0.5), (5, 0.0625), (6, 0.03125), (10, 2 / 1024)])
def test_all_of_one_sign(n, p):
    assert signed_rank(np.arange(1.0, n + 1)) == p
    assert signed_rank(np.full(n, -math.inf)) == p


@given(st.lists(st.sampled_from([-math.inf, -2.0, -1.0, 0.0, 1.0, 1.5, 3.0, math.inf]), min_size=1, max_size=8))
def test_with_ties_as_by_writing_out_all_signs(differences):
    expected = by_all_signs(differences) if any(differences) else 1
    assert signed_rank(differences) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [7, 20, EXACT])
def test_without_ties_as_in_scipy(n):
    stats = pytest.importorskip("scipy.stats")
    d = np.random.default_rng(n).normal(0.3, 1, (5, n))
    expected = stats.wilcoxon(d, axis=-1, method="exact").pvalue
    np.testing.assert_allclose(signed_rank(d), expected, rtol=1e-10)


@pytest.mark.parametrize("grid", [1e-9, 0.5])
def test_many_pairs_as_in_scipy(grid):
    stats = pytest.importorskip("scipy.stats")
    d = np.round(np.random.default_rng(1).normal(0.2, 1, 200) / grid) * grid
    expected = stats.wilcoxon(d, method="asymptotic", correction=True).pvalue
    assert signed_rank(d) == pytest.approx(expected, rel=1e-10)


@settings(deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=60), st.randoms())
def test_order_sign_and_unit_do_not_matter(differences, random):
    d = np.array(differences, float)
    p = signed_rank(d)
    assert 0 < p <= 1
    assert signed_rank(-d) == signed_rank(4 * d) == signed_rank(random.sample(differences, len(d))) == p


def test_nothing_differs():
    assert signed_rank(np.zeros(7)) == 1
    assert signed_rank([]) == 1
    assert signed_rank(np.zeros((3, 80))).tolist() == [1, 1, 1]
