import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.report.statistics.profiles import performance_profiles, performance_ratios, target_profiles
from gdlab.report.statistics.steps import fraction_within

INF, NAN = math.inf, math.nan

# By hand, after the definitions (2.1) and (2.2) of Dolan & Moré 2002. Problem 4 is solved by nobody.
COSTS = [[1, 2], [4, 2], [10, 10], [INF, NAN], [3, INF]]
RATIOS = [[1, 2], [2, 1], [1, 1], [INF, INF], [1, INF]]


def test_ratios_by_hand():
    assert performance_ratios(COSTS).tolist() == RATIOS


@pytest.mark.parametrize(
    ("solver", "tau", "fraction"),
    [(0, 1, 0.6), (0, 1.9, 0.6), (0, 2, 0.8), (0, 99, 0.8), (1, 1, 0.4), (1, 2, 0.6), (1, 99, 0.6), (0, 0.9, 0)],
)
def test_profiles_by_hand(solver, tau, fraction):
    assert performance_profiles(COSTS)[solver](tau) == pytest.approx(fraction)


def test_profiles_begin_at_1_and_end_together():
    first, second = performance_profiles([[1, 2], [1, 8]])
    assert (first.x.tolist(), first.y.tolist()) == ([1, 8], [1, 1])
    assert (second.x.tolist(), second.y.tolist()) == ([1, 2, 8], [0, 0.5, 1])


@pytest.mark.parametrize(
    ("costs", "ratios"),
    [
        ([[0, 0, 5]], [[1, 1, INF]]),
        ([[-1, 2]], [[INF, 1]]),
        ([[1e308, 1e-308]], [[INF, 1]]),
        ([[INF, INF]], [[INF, INF]]),
        ([[7]], [[1]]),
    ],
)
def test_extremes(costs, ratios):
    assert performance_ratios(costs).tolist() == ratios
    assert len(performance_profiles(costs)) == len(ratios[0])


def test_there_may_be_no_problem():
    (one,) = performance_profiles(np.empty((0, 1)))
    assert one(1e9) == 0


@given(arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.integers(1, 9).map(float)))
def test_a_profile_grows_knows_no_unit_and_no_order_of_problems(costs):
    before, after = performance_profiles(costs), performance_profiles(4 * costs[::-1])
    for one, other in zip(before, after, strict=True):
        assert (np.diff(one.y) >= 0).all()
        assert (np.diff(one.x) > 0).all()
        assert one.y[-1] == pytest.approx(1)
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.y, other.y)
    assert sum(one(1) for one in before) >= 1 - 1e-12  # somebody is the cheapest


def test_the_fraction_of_targets_by_hand():
    # Two runs, two targets each: reached after 5, never; after 5 and 20.
    first, second = target_profiles([[[5, INF], [5, 20]], [[40, NAN]]])
    assert (first.x.tolist(), first.y.tolist()) == ([0, 5, 20, 40], [0, 0.5, 0.75, 0.75])
    assert (second.x.tolist(), second.y.tolist()) == ([0, 40], [0, 0.5])
    assert first([4.9, 5, 1e9]).tolist() == [0, 0.5, 0.75]


def test_a_budget_cuts_and_stretches():
    assert fraction_within([5, 20], end=10).x.tolist() == [0, 5, 10]
    assert fraction_within([5, 20], end=10).y.tolist() == [0, 0.5, 0.5]
    assert fraction_within([], end=10).y.tolist() == [0, 0]
    assert fraction_within([0, 3]).y.tolist() == [0.5, 1]
    assert target_profiles([]) == []
