"""Values and gradients side by side against those of one point."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.autodiff.lane_derivatives import DerivativesInLanes, why_not_in_lanes
from gdlab.autodiff.methods import DualNumbers, Method, Numeric, Reverse, Symbolic
from gdlab.errors import DifferentiationError

METHODS = [
    (Reverse(), 1e-12),
    (Symbolic(), 1e-12),
    (DualNumbers(), 1e-12),
    (Numeric(), 1e-8),
    (Numeric(scheme="forward"), 1e-6),
    (Numeric(scheme="forward", eps=1e-3), 1e-9),
]


METHODS_EXACT: list[Method] = [Reverse(), DualNumbers(), Symbolic()]


def wavy(w: Any) -> Any:
    return np.sum(np.sin(w) * w) + np.exp(-w[0] * w[1]) / (1 + w[-1] ** 2)


def layered(w: Any) -> Any:
    h = np.tanh(np.array([[0.0, 1.0], [1.0, 0.5], [1.0, 1.0]]) @ w[:4].reshape(2, 2))
    return np.mean((h @ w[4:6].reshape(2, 1)) ** 2) + np.max(np.abs(w))


def linear(w: Any) -> Any:
    return np.sum(np.arange(6.0) * w)


@pytest.mark.parametrize("f", [wavy, layered, linear])
@pytest.mark.parametrize(("method", "rtol"), METHODS, ids=str)
@pytest.mark.parametrize("lanes", [1, 2, 7])
def test_each_column_is_as_one_point(f: Any, method: Method, rtol: float, lanes: int) -> None:
    points = np.random.default_rng(3).normal(size=(6, lanes))
    value, gradient = DerivativesInLanes(f, points[:, 0], method).value_and_gradient(points)
    alone = method.bind(f, points[:, 0])
    for i in range(lanes):
        one, slope = alone.value_and_gradient(points[:, i].copy())
        np.testing.assert_allclose(value[i], one, rtol=1e-13)
        np.testing.assert_allclose(gradient[:, i], slope, rtol, atol=rtol)


@given(arrays(float, (3, 4), elements=st.floats(-3, 3)))
@settings(deadline=None, max_examples=25)
def test_reverse_and_dual_agree_anywhere(points: Any) -> None:
    found = [DerivativesInLanes(wavy, points[:, 0], method).value_and_gradient(points) for method in METHODS_EXACT]
    for value, gradient in found[1:]:
        np.testing.assert_allclose(value, found[0][0], rtol=1e-12)
        np.testing.assert_allclose(gradient, found[0][1], rtol=1e-9, atol=1e-11)


def test_arrays_are_new_and_arguments_stay() -> None:
    derivatives = DerivativesInLanes(wavy, np.ones(3), Reverse())
    points = np.ones((3, 2))
    value, gradient = derivatives.value_and_gradient(points)
    again, other = derivatives.value_and_gradient(2 * points)
    assert (points == 1).all()
    assert not np.shares_memory(gradient, other)
    assert (value != again).all()


def test_a_lane_that_is_nan_leaves_the_others_alone() -> None:
    points = np.array([[np.nan, 1.0], [1.0, 2.0]])
    for method, _ in METHODS:
        value, gradient = DerivativesInLanes(wavy, points[:, 1], method).value_and_gradient(points)
        assert np.isnan(value[0])
        assert np.isfinite(value[1])
        assert np.isfinite(gradient[:, 1]).all()


@pytest.mark.parametrize(
    "method", [Reverse(retrace=True), Numeric(scheme="complex"), Numeric(scheme="richardson")], ids=str
)
def test_methods_that_do_not_run_in_lanes_say_why(method: Method) -> None:
    assert why_not_in_lanes(method)
    with pytest.raises(DifferentiationError, match=str(why_not_in_lanes(method))):
        DerivativesInLanes(wavy, np.ones(3), method)


def test_a_constant_loss_is_refused() -> None:
    with pytest.raises(DifferentiationError, match="the same for all w"):
        DerivativesInLanes(lambda w: 1.0, np.ones(2), Reverse())


def test_products_counts_those_of_two_laned_matrices() -> None:
    derivatives = DerivativesInLanes(layered, np.ones(6), Reverse())
    assert derivatives.products == 3 * 2  # the first product has a matrix that is common
    assert derivatives.longest == 6
