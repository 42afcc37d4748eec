import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.errors import ParameterError
from gdlab.optimizers import Newton, NewtonCG
from gdlab.optimizers.newton import descent, is_positive_definite

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "optimizer_vectors.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"vectors": [], "problems": {}}
VECTORS = [vector for vector in REFERENCE["vectors"] if vector["optimizer"] == "Newton"]


class Quadratic:
    """½ w·Hw + b·w."""

    def __init__(self, hessian, b):
        self.matrix, self.b = np.array(hessian, float), np.array(b, float)

    def value(self, w):
        return 0.5 * w @ self.matrix @ w + self.b @ w

    def gradient(self, w):
        return self.matrix @ w + self.b

    def value_and_gradient(self, w):
        return self.value(w), self.gradient(w)

    def hessian(self, w):
        return self.matrix

    def hvp(self, w, v):
        return self.matrix @ v


class Logistic:
    """The logistic regression of the vectors."""

    def __init__(self):
        data = REFERENCE["problems"]["logreg"]["data"]
        self.inputs, self.y = np.array(data["A"]), np.array(data["y"])

    def gradient(self, x):
        return self.inputs.T @ (1 / (1 + np.exp(-self.inputs @ x)) - self.y) / len(self.y) + 0.01 * x

    def hessian(self, x):
        p = 1 / (1 + np.exp(-self.inputs @ x))
        return self.inputs.T @ (self.inputs * (p * (1 - p))[:, None]) / len(self.y) + 0.01 * np.eye(len(x))


C, T = np.array([1, 2, 5, 10, 50.0]), np.array([1, -1, 0.5, 2, 0.25])


@pytest.mark.skipif(not VECTORS, reason="the reference vectors are not beside the repository")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["problem"])
def test_path_is_that_of_the_source(vector, rosenbrock, path):
    objective = {"rosen2": rosenbrock, "quad": Quadratic(np.diag(C), -C * T)}.get(vector["problem"]) or Logistic()
    walked = path(Newton(lr=vector["hyper"]["lr"]), objective, vector["x0"], vector["compare_steps"])
    expected = np.array(vector["x"])[: vector["compare_steps"] + 1]
    assert len(walked) == len(expected) > 1
    assert np.max(np.abs(walked - expected) / (1 + np.abs(expected))) <= vector["tol"]


def test_losses_on_rosenbrock_are_the_published_ones(rosenbrock, walk):
    points, state = walk(Newton(), rosenbrock, np.array([-1.2, 1.0]), 5)
    expected = [24.2, 4.7319, 1411.845, 0.0560, 0.3132, 1.9e-11]
    np.testing.assert_allclose([rosenbrock.f(w) for w in points[:-1]], expected[:-1], rtol=1e-3)
    assert rosenbrock.f(points[-1]) == pytest.approx(1.9e-11, rel=0.03)
    assert state.damping == 0


def test_takes_one_step_on_a_quadratic(walk):
    quadratic = Quadratic([[4, 1], [1, 3]], [1, 2])
    (_, w), _ = walk(Newton(), quadratic, np.array([5.0, -7.0]), 1)
    np.testing.assert_allclose(w, [-1 / 11, -7 / 11], rtol=1e-13)
    (_, half), _ = walk(Newton(lr=0.5), quadratic, np.array([5.0, -7.0]), 1)
    np.testing.assert_allclose(half, (w + np.array([5, -7])) / 2, rtol=1e-13)


def test_converges_at_the_rate_two_thirds_where_the_hessian_becomes_singular(walk):
    """For w⁴ Newton's step is −w/3."""

    class Quartic:
        def gradient(self, w):
            return 4 * w**3

        def hessian(self, w):
            return np.diag(12 * w**2)

    points, _ = walk(Newton(), Quartic(), np.array([1.0]), 20)
    np.testing.assert_allclose(np.ravel(points), (2 / 3) ** np.arange(21), rtol=1e-12)


HESSIANS = {
    "indefinite": [[2, 0], [0, -2]],
    "negative definite": [[-3, 1], [1, -1]],
    "singular": [[1, 1], [1, 1]],
    "singular to rounding": [[1, 1], [1, 1 + 1e-16]],
    "zero": [[0, 0], [0, 0]],
    "one eigenvalue of zero": [[5, 0], [0, 0]],
    "huge and indefinite": [[1e300, 0], [0, -1e300]],
    "tiny and indefinite": [[1e-300, 0], [0, -1e-300]],
}


@pytest.mark.parametrize("name", HESSIANS)
@pytest.mark.parametrize("gradient", [[1, 1], [1, -3], [1e-3, 0]], ids=str)
def test_a_damped_step_leads_downhill_and_tells_by_how_much_it_was_damped(name, gradient):
    hessian, g = np.array(HESSIANS[name], float), np.array(gradient, float)
    d, damping = descent(hessian, g, 1e-3)
    assert np.isfinite(d).all()
    assert d @ g < 0
    assert damping > 0


def test_damping_turns_negative_curvature_around_and_leaves_the_rest():
    """At the saddle of x² − y² the step is that of x² + y²."""
    d, damping = descent(np.diag([2.0, -2.0]), np.array([4.0, -2.0]), 1e-3)
    np.testing.assert_allclose(d, [-2, 1])
    assert damping == 4
    d, damping = descent(np.diag([2.0, 0.0]), np.array([4.0, -2.0]), 1e-3)
    np.testing.assert_allclose(d, [-2, 1000])
    assert damping == pytest.approx(0.002)
    d, damping = descent(np.zeros((2, 2)), np.array([4.0, -2.0]), 1e-3)
    np.testing.assert_allclose(d, [-4, 2])
    assert damping == 1


@given(
    st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=5),
    st.integers(0, 1000),
)
@settings(max_examples=50, deadline=None)
def test_a_positive_definite_hessian_is_never_damped(eigenvalues, seed):
    rng = np.random.default_rng(seed)
    vectors = np.linalg.qr(rng.standard_normal((len(eigenvalues), len(eigenvalues))))[0]
    hessian = vectors @ np.diag(eigenvalues) @ vectors.T
    g = rng.standard_normal(len(eigenvalues))
    d, damping = descent(hessian, g, 0.5)
    assert is_positive_definite((hessian + hessian.T) / 2)
    assert damping == 0
    np.testing.assert_allclose(hessian @ d, -g, atol=1e-9 * np.linalg.norm(g) * (1 + max(eigenvalues)))


def test_leaves_a_saddle_that_undamped_it_would_be_drawn_to(path):
    saddle = Quadratic(np.diag([2.0, -2.0]), [0, 0])
    walked = path(Newton(), saddle, [1.0, 0.01], 5)
    assert abs(walked[-1, 0]) < 1e-12
    np.testing.assert_allclose(walked[:, 1], 0.01 * 2.0 ** np.arange(6))


def test_state_tells_of_the_last_step_alone(rosenbrock, walk):
    """At (0, 1) the curvature along x is 2 − 400."""
    rule = Newton(search="armijo")
    _, state = walk(rule, rosenbrock, np.array([0.0, 1.0]), 1)
    assert state.damping > 0
    _, state = walk(rule, rosenbrock, np.array([1.1, 1.2]), 1, state)
    assert state.damping == 0


@pytest.mark.parametrize("broken", ["gradient", "hessian", "infinite hessian"])
def test_what_is_not_finite_ends_in_nan_and_in_no_error(broken, walk):
    quadratic = Quadratic(np.eye(2), [1, 1])
    if broken == "gradient":
        quadratic.b = np.array([np.nan, 1])
    else:
        quadratic.matrix = np.array([[np.nan if broken == "hessian" else np.inf, 0], [0, 1.0]])
    with np.errstate(invalid="ignore"):
        (_, w), _ = walk(Newton(), quadratic, np.zeros(2), 1)
    assert np.isnan(w).any()


def test_search_keeps_f_from_rising(rosenbrock, path):
    walked = path(Newton(search="armijo"), rosenbrock, [-1.2, 1.0], 25)
    values = [rosenbrock.f(w) for w in walked]
    assert (np.diff(values) <= 0).all()
    assert values[-1] < 1e-25
    with pytest.raises(ParameterError, match=r"newton: shrink = 0.3 is not allowed without a search"):
        Newton(shrink=0.3)


def test_with_a_search_it_takes_the_iterations_of_nocedal_and_wright(rosenbrock, path):
    """Section 6.1: Newton's method takes 21 from (−1.2, 1) until the gradient norm is 10⁻⁵."""
    walked = path(Newton(search="armijo"), rosenbrock, [-1.2, 1.0], 40)
    norms = np.linalg.norm([rosenbrock.grad(w) for w in walked], axis=1)
    assert abs(int(np.argmax(norms <= 1e-5)) - 21) <= 2


# -- Newton-CG ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 20])
def test_conjugate_gradients_solve_the_newton_equation(n, walk):
    rng = np.random.default_rng(n)
    matrix = rng.standard_normal((n, n))
    quadratic = Quadratic(matrix @ matrix.T + np.eye(n), rng.standard_normal(n))
    points, _ = walk(NewtonCG(), quadratic, rng.standard_normal(n), 20)
    np.testing.assert_allclose(points[-1], np.linalg.solve(quadratic.matrix, -quadratic.b), atol=1e-9)


def test_inner_iterations_end_where_the_source_says(walk):
    """‖Hd + g‖ < min(½, √‖g‖)·‖g‖: steps cost less far away, and convergence is faster than linear."""
    quadratic = Quadratic(np.diag(np.geomspace(1, 100, 10)), np.zeros(10))
    for size in (1e3, 1e-4):
        w = size * np.ones(10) / np.linalg.norm(quadratic.matrix @ np.ones(10))
        g = quadratic.gradient(w)
        (_, after), _ = walk(NewtonCG(), quadratic, w, 1)
        norm = np.linalg.norm(g)
        left = np.linalg.norm(quadratic.gradient(after)) / norm
        assert 1e-3 * min(0.5, norm**0.5) < left < min(0.5, norm**0.5)


def test_negative_curvature_at_once_leads_along_the_gradient(walk):
    hill = Quadratic([[-1, 0], [0, -2]], [1, 1])
    (_, w), _ = walk(NewtonCG(), hill, np.zeros(2), 1)
    np.testing.assert_allclose(w, [-1, -1])


def test_negative_curvature_later_ends_with_what_there_is(walk):
    """One step of conjugate gradients goes −g·(g·g)/(g·Hg); the next direction curves downwards."""
    saddle = Quadratic([[4, 0], [0, -1]], [2, 1])
    g = np.array([2.0, 1.0])
    (_, w), _ = walk(NewtonCG(), saddle, np.zeros(2), 1)
    np.testing.assert_allclose(w, -g * (g @ g) / (g @ saddle.matrix @ g))


def test_inner_iterations_can_be_limited(walk):
    quadratic = Quadratic(np.diag([1.0, 10.0]), [1, 1])
    (_, w), _ = walk(NewtonCG(inner=1), quadratic, np.zeros(2), 1)
    np.testing.assert_allclose(w, -np.ones(2) * 2 / 11)
