import math

import pytest

from gdlab.report.statistics.suboptimality import suboptimality

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("loss", "infimum", "expected"),
    [
        (5.0, 4.0, 1.0),
        (4.0, 4.0, 0.0),
        (4.0 - 4e-15, 4.0, 0.0),  # rounding
        (-1e-17, 0.0, 0.0),
        (4.0 + 2**-48, 4.0, 2**-48),  # not rounded away: it may be true
        (3.5, 4.0, -0.5),  # the infimum is wrong, and stays seen to be
        (-1e-9, 0.0, -1e-9),
        (5.0, None, NAN),
        (5.0, NAN, NAN),
        (5.0, -INF, INF),
        (-INF, -INF, NAN),
        (-INF, 0.0, NAN),
        (INF, 0.0, INF),
        (NAN, 0.0, NAN),
        (1e308, -1e308, INF),
    ],
)
def test_by_hand(loss, infimum, expected):
    assert suboptimality(loss, infimum) == pytest.approx(expected, nan_ok=True, abs=1e-18)


def test_it_keeps_the_shape():
    assert suboptimality([[1, 2], [3, 4]], 1).tolist() == [[0, 1], [2, 3]]
    assert suboptimality([], 1).size == 0
