import math

import pytest

from gdlab.report.statistics.folding import fold


def test_quartiles_are_those_of_all_runs_with_failures_at_the_worst_end():
    one = fold([1.0, 2.0, 3.0, 0.5, -1e308], failed=[False, False, False, False, True])
    assert (one.n, one.failures, one.successes, one.rate) == (5, 1, 4, 0.8)
    assert (one.lower, one.median, one.upper) == (1, 2, 3)  # of 0.5, 1, 2, 3, ∞


def test_where_high_is_good_failures_are_low():
    one = fold([0.5, 0.75, 1.0], failed=[False, False, True], lowest=False)
    assert (one.lower, one.median, one.upper) == (-math.inf, 0.5, 0.625)


def test_if_half_of_the_runs_failed_so_did_the_median():
    assert fold([1, 2, math.nan, math.inf]).median == math.inf


def test_a_failed_run_never_succeeded():
    one = fold([1, 2, -math.inf], succeeded=[True, False, True])
    assert (one.successes, one.failures) == (1, 1)
    assert one.rate == pytest.approx(1 / 3)
    assert one.rate_low < 1 / 3 < one.rate_high


@pytest.mark.parametrize(
    ("values", "median", "n"),
    [
        ([], math.nan, 0),
        ([-3.0], -3, 1),
        ([1e308, 1e308], 1e308, 2),
        ([-1e308, 1e308], 0, 2),
        ([math.nan], math.inf, 1),
    ],
)
def test_extremes(values, median, n):
    one = fold(values)
    assert one.n == n
    assert one.median == pytest.approx(median, nan_ok=True)
