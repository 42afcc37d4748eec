"""Clipping of gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.optimizers.around.gradient import clipped_by_norm, clipped_by_value

coordinates = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=6).map(np.array)


@given(g=coordinates, most=st.floats(1e-3, 1e3))
def test_norm_is_cut_and_direction_kept(g, most):
    clipped = clipped_by_norm(g, most, 0.0)
    norm = np.linalg.norm(g)
    assert np.linalg.norm(clipped) == pytest.approx(min(norm, most), rel=1e-9)
    np.testing.assert_allclose(clipped * norm, g * min(norm, most), rtol=1e-9, atol=1e-300)


@given(g=coordinates)
def test_short_gradients_are_left_as_they_are(g):
    np.testing.assert_array_equal(clipped_by_norm(g, 1e8, 0.0), g)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_exploding_gradients_are_cut_and_not_lost(dtype):
    huge = np.array([3, -4], dtype) * np.array(np.finfo(dtype).max / 8, dtype)
    clipped = clipped_by_norm(huge, 5.0, 0.0)
    assert clipped.dtype == dtype
    np.testing.assert_allclose(clipped, [3, -4], rtol=1e-6)


def test_what_is_zero_stays_so_and_what_is_not_finite_becomes_nan():
    np.testing.assert_array_equal(clipped_by_norm(np.zeros(2), 1.0, 0.0), [0, 0])
    with np.errstate(invalid="ignore"):
        assert np.isnan(clipped_by_norm(np.array([np.nan, 1]), 1.0, 0.0)).all()
        assert np.isnan(clipped_by_norm(np.array([np.inf, 1]), 1.0, 0.0)).any()


def test_eps_is_added_to_the_norm_as_in_torch():
    np.testing.assert_allclose(clipped_by_norm(np.array([3.0, 4.0]), 1.0, 0.5), np.array([3, 4]) / 5.5)


def test_values_are_cut_coordinate_by_coordinate():
    np.testing.assert_array_equal(clipped_by_value(np.array([-3.0, -0.2, 0.0, 7.0]), 0.5), [-0.5, -0.2, 0, 0.5])
    assert np.isnan(clipped_by_value(np.array([np.nan]), 0.5)).all()


def test_each_lane_is_clipped_by_itself():
    g = np.array([[3.0, 0.3], [4.0, 0.4]])
    np.testing.assert_allclose(clipped_by_norm(g, np.array([1.0, 1.0]), 0.0), [[0.6, 0.3], [0.8, 0.4]])
