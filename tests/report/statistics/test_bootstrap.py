import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.report.statistics.bootstrap import median_interval, resampled_medians, shift_interval

INF = math.inf


def test_medians_are_distributed_as_by_writing_out_all_resamples():
    # Of the 27 resamples of 1, 2, 3 the median is 1 in 7, 2 in 13 and 3 in 7.
    medians = resampled_medians([3, 1, 2])
    shares = [np.mean(medians == value) for value in (1, 2, 3)]
    assert shares == pytest.approx([7 / 27, 13 / 27, 7 / 27], abs=0.04)


@pytest.mark.parametrize("n", [15, 40])
def test_the_interval_is_that_of_scipy(n):
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(n).normal(size=n)
    theirs = stats.bootstrap(
        (values,), np.median, n_resamples=20_000, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    assert median_interval(values) == pytest.approx((theirs.low, theirs.high), abs=0.08)


def test_it_covers_the_median_about_as_often_as_it_says():
    draws = np.random.default_rng(0).exponential(size=(400, 25))
    covered = [low <= math.log(2) <= high for low, high in map(median_interval, draws)]
    # The ends are order statistics: from the 9th to the 17th of 25 covers 0.892, from the 8th to the 18th 0.957.
    assert 0.892 - 3 * 0.016 <= np.mean(covered) <= 0.957 + 3 * 0.010


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(3).normal(size=30)
    assert median_interval(values) == median_interval(values[::-1])
    assert not np.array_equal(resampled_medians(values, 0), resampled_medians(values, 1))


@pytest.mark.parametrize(
    ("values", "interval"),
    [
        ([4.0], (4, 4)),
        ([-2.0] * 9, (-2, -2)),
        ([1e308] * 4, (1e308, 1e308)),
        ([INF] * 5, (INF, INF)),
        ([], (math.nan, math.nan)),
    ],
)
def test_extremes(values, interval):
    assert median_interval(values) == pytest.approx(interval, nan_ok=True)


def test_independent_groups():
    low, high = shift_interval(np.arange(50.0), np.arange(50.0) + 100)
    assert low < -100 < high < -60
    assert shift_interval([INF] * 5, [INF] * 5) == (0, 0)
    assert shift_interval([1e308] * 5, [-1e308] * 5) == (INF, INF)


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=30))
def test_it_holds_no_more_than_the_values_and_scales_with_them(values):
    low, high = median_interval(values)
    assert min(values) <= low <= high <= max(values)
    assert median_interval([4 * value for value in values]) == (4 * low, 4 * high)
