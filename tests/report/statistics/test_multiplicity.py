import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.statistics.multiplicity import holm, pairs_needed, runs_needed


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        # By hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04 raised to what is before it.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.6], [1, 1]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_by_hand(p, adjusted):
    assert holm(p) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_it_only_raises_and_knows_no_order(p, random):
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p))).all()
    order = random.sample(range(len(p)), len(p))
    np.testing.assert_array_equal(holm(np.array(p)[order]), adjusted[order])


# 2 · 2⁻⁶ = 0.031 and 2 · 2⁻⁵ = 0.063; of 28 comparisons 28 · 2 · 2⁻¹¹ = 0.027 and twice that.
@pytest.mark.parametrize(("comparisons", "pairs"), [(1, 6), (28, 11)])
def test_so_many_pairs_are_needed(comparisons, pairs):
    assert pairs_needed(comparisons) == pairs


# C(8, 4) = 70 and C(6, 3) = 20 sets of ranks, two of which are extreme; C(16, 8) = 12870 and C(14, 7) = 3432.
@pytest.mark.parametrize(("comparisons", "runs"), [(1, 4), (100, 8)])
def test_so_many_runs_are_needed_without_pairs(comparisons, runs):
    assert runs_needed(comparisons) == runs
