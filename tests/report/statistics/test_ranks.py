import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.report.statistics.ranks import average_ranks, mean_ranks

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([0, 2, 3, 2], [1, 2.5, 4, 2.5]),
        ([7, 7, 7], [2, 2, 2]),
        ([INF, -INF, INF], [2.5, 1, 2.5]),
        ([-1e308, 1e308], [1, 2]),
        ([3], [1]),
        ([], []),
    ],
)
def test_by_hand(values, ranks):
    assert average_ranks(values).tolist() == ranks


@settings(deadline=None)  # the first case imports scipy
@given(arrays(float, st.tuples(st.integers(1, 3), st.integers(1, 8)), elements=st.integers(-3, 3).map(float)))
def test_as_in_scipy(values):
    stats = pytest.importorskip("scipy.stats")
    np.testing.assert_array_equal(average_ranks(values), stats.rankdata(values, axis=-1))


def test_failed_runs_share_the_last_ranks():
    values = [[1, 2, 3], [0, NAN, -INF], [5, 4, 6]]
    failed = [[False, False, False], [False, True, True], [False, True, False]]
    assert mean_ranks(values, failed).tolist() == [1, (2 + 2.5 + 3) / 3, (3 + 2.5 + 2) / 3]


def test_where_high_is_good_the_highest_is_first():
    assert mean_ranks([[0.9, 0.5, NAN]], lowest=False).tolist() == [1, 2, 3]


def test_there_may_be_no_rows():
    assert np.isnan(mean_ranks(np.empty((0, 2)))).all()
