import itertools

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import CG

BETAS = ["polak_ribiere", "fletcher_reeves", "hestenes_stiefel", "dai_yuan"]


class Quadratic:
    """½ w·Aw − b·w with a random positive definite A."""

    def __init__(self, n, condition=100.0):
        rng = np.random.default_rng(0)
        vectors = np.linalg.qr(rng.standard_normal((n, n)))[0]
        self.A = vectors @ np.diag(np.geomspace(1, condition, n)) @ vectors.T
        self.b = rng.standard_normal(n)
        self.directions = []

    def value_and_gradient(self, w):
        return 0.5 * w @ self.A @ w - self.b @ w, self.A @ w - self.b


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_ends_after_n_steps_on_a_quadratic_with_searches_that_are_nearly_exact(beta, n, walk):
    quadratic = Quadratic(n)
    points, _ = walk(CG(beta=beta, c1=1e-10, c2=1e-9), quadratic, np.zeros(n), n)
    solution = np.linalg.solve(quadratic.A, quadratic.b)
    np.testing.assert_allclose(points[-1], solution, rtol=0, atol=1e-5 * np.linalg.norm(solution))
    if n > 1:  # and not before
        assert np.linalg.norm(points[-2] - solution) > 1e-4 * np.linalg.norm(solution)


@pytest.mark.parametrize("beta", BETAS)
def test_directions_are_conjugate(beta, walk):
    quadratic = Quadratic(6)
    points, _ = walk(CG(beta=beta, c1=1e-10, c2=1e-9), quadratic, np.zeros(6), 5)
    steps = np.diff(points, axis=0)
    steps /= np.sqrt(np.einsum("ij,jk,ik->i", steps, quadratic.A, steps))[:, None]
    np.testing.assert_allclose(steps @ quadratic.A @ steps.T, np.eye(5), atol=1e-3)


@pytest.mark.parametrize("beta", BETAS)
def test_second_direction_is_that_of_the_formula(beta, rosenbrock, walk):
    start = np.array([-1.2, 1.0])
    (_, w1, w2), _ = walk(CG(beta=beta, restart=10), rosenbrock, start, 2)
    g0, g1 = rosenbrock.grad(start), rosenbrock.grad(w1)
    y, d0 = g1 - g0, -g0
    expected = {
        "polak_ribiere": max(0, g1 @ y / (g0 @ g0)),
        "fletcher_reeves": g1 @ g1 / (g0 @ g0),
        "hestenes_stiefel": g1 @ y / (d0 @ y),
        "dai_yuan": g1 @ g1 / (d0 @ y),
    }[beta]
    d1 = -g1 + expected * d0
    step = w2 - w1
    assert d1 @ g1 < 0
    np.testing.assert_allclose(step / np.linalg.norm(step), d1 / np.linalg.norm(d1), atol=1e-9)


def test_every_so_many_steps_the_direction_is_that_of_the_gradient(rosenbrock, walk):
    points, _ = walk(CG(restart=3), rosenbrock, np.array([-1.2, 1.0]), 7)
    for k, (w, after) in enumerate(itertools.pairwise(points)):
        g, step = rosenbrock.grad(w), after - w
        cosine = -g @ step / np.linalg.norm(g) / np.linalg.norm(step)
        assert (cosine > 1 - 1e-12) == (k % 3 == 0)


def test_restarts_where_f_does_not_fall_along_d(rosenbrock, walk):
    """A state that leads uphill, as one from another minibatch may."""
    w = np.array([-1.2, 1.0])
    rule = CG(beta="fletcher_reeves")
    g = rosenbrock.grad(w)
    uphill = rule.init(w)._replace(k=np.array(1.0), g=g, d=100 * g)
    (_, after), state = walk(rule, rosenbrock, w, 1, uphill)
    assert rosenbrock.f(after) < rosenbrock.f(w)
    np.testing.assert_array_equal(state.d, -g)


def test_constants_that_contradict_each_other_are_refused():
    with pytest.raises(ParameterError, match=r"cg: c1 = 0.3 is not allowed, it must be < c2 = 0.1"):
        CG(c1=0.3)
