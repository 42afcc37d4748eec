"""What the eigenvalues of a Hessian say."""

import numpy as np
import pytest

from gdlab.autodiff.curvature import curvature


@pytest.mark.parametrize(
    ("gradient", "hessian", "eigenvalues", "words"),
    [
        ([0, 0], [[2, 0], [0, 2]], [2, 2], "strict local minimum"),
        ([0, 0], [[-2, 0], [0, -1]], [-2, -1], "strict local maximum"),
        ([0, 0], [[2, 0], [0, -2]], [-2, 2], "a saddle"),
        ([0, 0], [[2, 0], [0, 0]], [0, 2], "does not tell"),
        ([0, 0], [[0, 0], [0, 0]], [0, 0], "does not tell"),
        ([24, 10], [[8, 6], [6, 0]], [4 - np.sqrt(52), 4 + np.sqrt(52)], "as around a saddle"),
        ([1, 0], [[4, 0], [0, 2]], [2, 4], "positive in every direction: gradient descent can keep steps below 0.5"),
        ([1, 0], [[4, 0], [0, 0]], [0, 4], "never negative"),
        ([1, 0], [[-4, 0], [0, -1]], [-4, -1], "nowhere positive"),
        ([1, 0], [[0, 0], [0, 0]], [0, 0], "a plane"),
    ],
)
def test_it_says_what_the_point_is(gradient, hessian, eigenvalues, words):
    found = curvature(np.array(gradient, float), np.array(hessian, float))
    np.testing.assert_allclose(found.eigenvalues, eigenvalues, atol=1e-12)
    assert words in found.verdict


def test_rounding_around_zero_counts_as_zero():
    found = curvature(np.array([1e-12]), np.array([[3.0]]))
    assert "minimum" in found.verdict


def test_derivatives_that_are_not_finite_say_nothing():
    found = curvature(np.array([np.nan]), np.array([[np.inf]]))
    assert found.verdict == "the derivatives are not finite here"
    assert np.isnan(found.eigenvalues).all()


@pytest.mark.parametrize("gradient", [0.0, 1.0])
def test_a_kink_has_no_verdict(gradient):
    found = curvature(np.array([gradient]), np.array([[2.0]]), smooth=False)
    assert found.verdict == "a kink here: the Hessian says nothing of it"
