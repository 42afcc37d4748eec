"""The V of differences: numbers to the digits in which they are published."""

import numpy as np
import pytest

from gdlab.autodiff.step_errors import step_errors


def polynomial(w):
    return w[0] ** 2 * w[1] + w[1] + 2


def test_errors_of_forward_differences_by_x():
    """Of ∂f/∂x at (3, 4), which is 24."""
    errors = step_errors(polynomial, [3.0, 4.0], np.array([24.0, 10.0]), [1e-4, 1e-7, 1e-8, 1e-12])
    np.testing.assert_allclose(errors.errors["forward"][:, 0], [4.0e-4, 3.5e-7, 1.46e-7, 2.1e-3], rtol=0.03)
    assert errors.errors["central"][0, 0] == 24.000000000050647 - 24


def test_the_curve_has_the_shape_of_a_v():
    errors = step_errors(lambda w: np.exp(w[0]), [1.0], np.array([np.e]))
    for scheme, least_at in [("forward", 1e-8), ("central", 6e-6)]:
        eps, least = errors.best(scheme)
        worst = errors.worst(scheme)
        assert least_at / 30 < eps < least_at * 30
        assert worst[0] > 1e3 * least
        assert worst[-1] > 1e3 * least


def test_where_nothing_is_finite_there_is_no_best_step():
    errors = step_errors(lambda w: np.log(w[0]), [-1.0], np.array([-1.0]), [1e-3])
    assert np.isnan(errors.best("forward")).all()


def test_a_kink_has_errors_that_no_step_removes():
    errors = step_errors(lambda w: np.abs(w[0]), [0.0], np.array([0.0]), [1e-2, 1e-8])
    assert errors.worst("forward") == pytest.approx([1.0, 1.0])
