"""Residuals: what the squares of a loss are squares of."""

import numpy as np
import pytest

from gdlab.autodiff.jacobian import bind_vector
from gdlab.autodiff.methods import Reverse
from gdlab.problems import PROBLEMS
from gdlab.problems.xor import XOR

SQUARED = [name for name, kind in PROBLEMS.items() if kind().residuals is not None]


def points(problem, count=5):
    rng = np.random.default_rng(0)
    if problem.domain is None:
        return rng.normal(size=(count, problem.dim))
    return rng.uniform(*problem.domain, (count, problem.dim))


def test_sums_of_squares_are_known_as_such():
    assert {"least_squares", "xor", "rosenbrock", "powell_singular", "wood", "helical_valley"} <= set(SQUARED)
    assert not {"polynomial", "ackley", "separable_logistic", "saddle"} & set(SQUARED)
    assert XOR(criterion="binary_cross_entropy").residuals is None


@pytest.mark.parametrize("name", SQUARED)
@pytest.mark.parametrize("rows", [None, np.array([2, 0])], ids=["all rows", "two rows"])
def test_the_loss_is_a_constant_times_the_sum_of_their_squares(name, rows):
    problem = PROBLEMS[name]()
    if rows is not None and problem.rows == 0:
        rows = None
    ratios = []
    for w in points(problem):
        r = problem.residuals(w, rows)
        assert r.ndim == 1
        ratios.append(problem.loss(w, rows) / np.sum(r**2))
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-12)


@pytest.mark.parametrize("name", SQUARED)
def test_the_gradient_follows_from_them(name):
    """∇f = 2c·Jᵀr with the constant c of f = c·Σr²."""
    problem = PROBLEMS[name]()
    for w in points(problem):
        r, jacobian = bind_vector(Reverse(), lambda w: problem.residuals(w, None), w).value_and_jacobian(w)
        gradient = Reverse().bind(problem.loss, w).gradient(w)
        expected = 2 * problem.loss(w) / np.sum(r**2) * jacobian.T @ r
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-12 * (1 + np.max(np.abs(gradient))))
