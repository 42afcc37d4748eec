import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.statistics.area import area

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("loss", "x", "options", "expected"),
    [
        ([4, 2], [0, 10], {}, 3),
        ([4, 2, 2], [0, 1, 4], {}, (3 * 1 + 2 * 3) / 4),
        ([4, 2], [0, 1], {"end": 4}, (3 * 1 + 2 * 3) / 4),  # continued at 2
        ([4, 2], [0, 10], {"end": 5}, 3.5),  # cut where it is 3
        ([4, 2, INF], [0, 5, 10], {"end": 5}, 3),
        ([100, 1], [0, 1], {"log": True}, 1),
        ([1, 0], [0, 1], {"log": True, "floor": 1e-16}, -8),
        ([3], [0], {}, 3),
        ([3], [2], {"end": 5}, 3),
        ([], [], {}, NAN),
        ([1, NAN], [0, 1], {}, INF),
        ([1, -INF], [0, 1], {}, INF),
        ([1e308, 1e308], [0, 1e308], {}, 1e308),
        ([-1e308, 1e308], [-1e308, 1e308], {}, 0),
        ([-2, -4], [0, 1], {}, -3),
    ],
)
def test_by_hand(loss, x, options, expected):
    assert area(loss, x, **options) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=9), st.floats(0.1, 1e3))
def test_it_lies_between_the_extremes_and_does_not_depend_on_the_unit_of_x(loss, unit):
    x = range(len(loss))
    mean = area(loss, x)
    assert min(loss) - 1e-9 <= mean <= max(loss) + 1e-9
    assert area(loss, [unit * at for at in x]) == pytest.approx(mean, abs=1e-9)
