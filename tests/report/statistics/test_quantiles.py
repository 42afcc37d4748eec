import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.report.statistics.quantiles import median, quantile

INF = math.inf
BIG = 1.7e308


# By hand: h = (n − 1)q, linear between the neighbours.
@pytest.mark.parametrize(
    ("values", "q", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([4, 1, 2, 3], 0.5, 2.5),
        ([1, 2, 3, 4], 0.25, 1.75),
        ([1, 2, 3, 4, 10], 0.75, 4),
        ([7], 0.1, 7),
        ([1, 2, INF], 0.5, 2),
        ([1, 2, INF, INF], 0.5, INF),
        ([1, 2, INF, INF], 0.25, 1.75),
        ([INF, INF], 0.5, INF),
        ([-INF, 3], 0.5, -INF),
        ([BIG, BIG], 0.5, BIG),
        ([-BIG, BIG], 0.5, 0),
        ([5e-324, 5e-324], 0.5, 5e-324),
    ],
)
def test_by_hand(values, q, expected):
    assert quantile(values, q) == expected


@pytest.mark.parametrize("values", [[], [-INF, INF]])
def test_there_is_none_without_values_and_between_infinities(values):
    assert math.isnan(median(values))


@given(
    arrays(float, st.tuples(st.integers(1, 3), st.integers(1, 9)), elements=st.floats(-1e100, 1e100)),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_finite_numbers_are_as_in_numpy(values, q):
    expected = np.moveaxis(np.quantile(values, q, axis=-1), 0, -1)
    np.testing.assert_allclose(quantile(values, q), expected, rtol=1e-12, atol=1e-12 * np.abs(values).max())


@given(st.lists(st.floats(allow_nan=False), min_size=1), st.floats(0, 1), st.floats(0, 1), st.randoms())
def test_it_grows_with_q_and_does_not_depend_on_order(values, q, p, random):
    low, high = quantile(values, sorted((p, q)))
    assert low <= high or math.isnan(low) or math.isnan(high)
    shuffled = random.sample(values, len(values))
    np.testing.assert_array_equal(quantile(shuffled, sorted((p, q))), [low, high])
