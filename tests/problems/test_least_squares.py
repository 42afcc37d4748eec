import numpy as np
import pytest

from gdlab.problems.least_squares import LeastSquares


def test_the_minimum_satisfies_the_normal_equations():
    problem = LeastSquares()
    x, y = problem.data
    (w,) = problem.minimizers
    np.testing.assert_allclose(x.T @ (x @ w - y), 0, atol=1e-10)


def test_without_noise_the_model_fits_exactly():
    assert LeastSquares(noise=0.0).infimum == pytest.approx(0, abs=1e-25)


def test_with_noise_the_floor_is_its_variance_less_what_the_parameters_fit():
    """The expected floor is noise²·(rows − dim)/rows."""
    assert LeastSquares(rows=20_000, dim=3, noise=0.5).infimum == pytest.approx(0.25, rel=0.05)


def test_fewer_rows_than_parameters():
    problem = LeastSquares(rows=2, dim=4)
    assert problem.infimum == pytest.approx(0, abs=1e-25)


def test_the_gradient_of_a_row_is_the_published_one(slope):
    problem = LeastSquares(rows=4, dim=3)
    w = np.array([0.3, -0.2, 0.7])
    x, y = (part[2] for part in problem.data)
    expected = 2 * (w @ x - y) * x
    np.testing.assert_allclose(slope(lambda w: problem.loss(w, np.array([2])), w), expected, rtol=1e-6)


def test_data_depend_on_their_own_seed_alone():
    same, again, other = LeastSquares(), LeastSquares(), LeastSquares(data_seed=1)
    np.testing.assert_array_equal(same.data[0], again.data[0])
    assert not np.array_equal(same.data[0], other.data[0])
