"""Extrapolated differences: far more digits than plain ones, and an honest estimate of the error."""

import numpy as np
import pytest

from gdlab.autodiff import Cost, bind, gradient, hessian, hvp


def richardson(f, w, **options):
    return bind(f, w, "numeric", scheme="richardson", **options).gradient_and_error(np.asarray(w, float))


def test_a_polynomial_is_exact_to_rounding():
    found, error = richardson(lambda w: w[0] ** 5 + w[1] ** 2, [2.0, 3.0])
    np.testing.assert_allclose(found, [80, 6], rtol=1e-12)
    assert np.all(error < 1e-9)


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (np.exp, 1.0, np.e),
        (np.sin, 100.0, np.cos(100)),
        (lambda x: np.exp(-(x**2)), 2.0, -4 * np.exp(-4)),
        (lambda x: 1 / x, 0.3, -1 / 0.09),
        (np.log, 0.05, 20.0),  # the longest steps leave the domain
        (np.sqrt, 0.02, 0.5 / np.sqrt(0.02)),
        (np.abs, 0.0, 0.0),
    ],
)
def test_smooth_functions(f, at, expected):
    found, error = richardson(f, at)
    assert found.shape == error.shape == ()
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    assert abs(found - expected) <= 2 * error + 1e-11 * (1 + abs(expected))
    assert abs(gradient(f, at, "numeric") - expected) >= abs(found - expected)


def test_the_estimate_grows_where_extrapolation_does_not_hold():
    def kinked(w):
        return np.where(w < 1, 0.5 * w**2, w - 0.5)

    found, error = richardson(kinked, 1.0)
    assert 1e-6 < abs(found - 1) < error < 1e-3


def test_it_may_branch_and_needs_no_rules():
    def f(w):
        return float(w[0]) ** 3 if w[0] > 0 else 0.0

    np.testing.assert_allclose(gradient(f, [2.0], "numeric", scheme="richardson"), [12], rtol=1e-10)


def test_a_given_step_is_the_longest():
    seen = []

    def f(w):
        seen.append(float(w[0]))
        return float(w[0])

    derivatives = bind(f, [1.0], "numeric", scheme="richardson", eps=0.5)
    derivatives.value(np.array([1.0]))
    seen.clear()
    derivatives.gradient(np.array([1.0]))
    assert max(seen) == 1.5
    assert derivatives.cost_of_gradient == Cost(evaluations=len(seen)) == Cost(evaluations=16)


def test_second_order_shapes_and_single_precision():
    w = np.array([[0.5, -1.0], [2.0, 0.3]])

    def f(w):
        return np.sum(w**3) + np.sum(w) ** 2

    expected = np.diag(6 * w.ravel()) + 2
    np.testing.assert_allclose(hessian(f, w, "numeric", scheme="richardson"), expected, atol=1e-5)
    np.testing.assert_allclose(hvp(f, w, w, "numeric", scheme="richardson").ravel(), expected @ w.ravel(), atol=1e-5)
    single = gradient(f, w.astype(np.float32), "numeric", scheme="richardson")
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, 3 * w**2 + 2 * np.sum(w), rtol=1e-3)
