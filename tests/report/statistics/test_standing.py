import math

import numpy as np
import pytest

from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.standing import standing


def best(groups):
    return standing(groups).best


def groups(rows, keys=True):
    return {name: Sample(row, range(len(row)) if keys else None) for name, row in zip("abcdefghij", rows, strict=False)}


def noise(k, n, seed=0):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(0, 2, n) + rng.normal(0, 0.3, (k, n)))


@pytest.mark.parametrize(("k", "n"), [(3, 20), (6, 20), (10, 20), (5, 60)])
@pytest.mark.parametrize("keys", [True, False])
def test_among_many_that_are_the_same_rule_none_is_best(k, n, keys):
    told = [len(best(groups(noise(k, n, seed), keys))) < k for seed in range(100)]
    assert np.mean(told) <= 0.05 + 2 * 0.022


def test_a_planted_order_is_found():
    factors = np.array([[4.0], [1.0], [2.0], [8.0]])
    one = standing(groups(noise(4, 30) * factors))
    assert one.best == {"b"}
    assert one.winner == "b"
    assert [one.of("b", other) for other in "abcd"] == ["better", "~", "better", "better"]
    assert [one.of(other, "b") for other in "abcd"] == ["worse", "~", "worse", "worse"]


def test_two_that_are_the_same_share_the_first_place_and_nobody_wins():
    factors = np.array([[1.0], [1.0], [9.0]])
    one = standing(groups(noise(3, 30) * factors))
    assert one.best == {"a", "b"}
    assert one.winner is None


def test_where_nothing_is_told_apart_all_are_best():
    assert best(groups([[1.0, 2, 3], [9, 9, 9]])) == {"a", "b"}


def test_who_mostly_fails_is_never_best():
    nan = math.nan
    assert best(groups([[nan, nan, 1e-9], [9, 9, 9]])) == {"b"}
    assert standing(groups([[nan, nan, 1e-9], [9, 9, 9]])).winner is None
    assert best(groups([[nan, nan], [math.inf, -math.inf]])) == frozenset()


def test_in_a_circle_nobody_wins():
    # In each two rows the first is lower in two of three columns, but by less than it is higher in the third.
    one = standing(groups(np.tile([[1.0, 2, 3], [2, 3, 1], [3, 1, 2]], 60)))
    assert one.winner is None
    assert one.best == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("rows", "expected"), [([], set()), ([[3.0]], {"a"}), ([[]], set()), ([[1e308], [-1e308]], {"a", "b"})]
)
def test_extremes(rows, expected):
    one = standing(groups(rows))
    assert one.best == expected
    assert one.winner is None


def test_an_unknown_group_is_an_error():
    with pytest.raises(KeyError):
        standing(groups([[1.0], [2.0]])).of("a", "z")
