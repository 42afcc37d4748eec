import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.errors import ParameterError
from gdlab.optimizers import BFGS, LBFGS

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "optimizer_vectors.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"lbfgs_endpoints": [], "problems": {}}
ENDS = REFERENCE["lbfgs_endpoints"]


class Problem:
    """A problem of the vectors."""

    def __init__(self, f, gradient):
        self.f, self.gradient = f, gradient
        self.evaluations = 0

    def value_and_gradient(self, x):
        self.evaluations += 1
        return self.f(x), self.gradient(x)


def quadratic():
    c, t = np.array([1, 2, 5, 10, 50]), np.array([1, -1, 0.5, 2, 0.25])
    return Problem(lambda x: 0.5 * np.sum(c * (x - t) ** 2), lambda x: c * (x - t))


def logistic():
    data = REFERENCE["problems"]["logreg"]["data"]
    inputs, y = np.array(data["A"]), np.array(data["y"])

    def f(x):
        z = inputs @ x
        return np.mean(np.logaddexp(z, 0) - y * z) + 0.005 * np.sum(x * x)

    return Problem(f, lambda x: inputs.T @ (1 / (1 + np.exp(-inputs @ x)) - y) / len(y) + 0.01 * x)


@pytest.fixture
def problems(rosenbrock):
    return {"quad": quadratic, "logreg": logistic, "rosen2": lambda: Problem(rosenbrock.f, rosenbrock.grad)}


@pytest.mark.skipif(not ENDS, reason="the reference vectors are not beside the repository")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: f"{end['problem']}-{end.get('source', end.get('line_search'))}")
def test_end_point_is_that_of_the_source(end, problems, walk):
    """torch with and without a search, and scipy: the minimum to their tolerance, or 200 steps of lr towards it."""
    problem = problems[end["problem"]]()
    searches = end.get("line_search") == "strong_wolfe" or "source" in end
    rule = LBFGS() if searches else LBFGS(search="none", lr=end["lr"])
    steps = 60 if searches else end["n_iter"]
    (*_, w), _ = walk(rule, problem, np.array(REFERENCE["problems"][end["problem"]]["x0"]), steps)
    tolerance = 1e-8 if searches else 1e-11
    np.testing.assert_allclose(w, end["x_final"], rtol=tolerance, atol=tolerance)
    assert problem.f(w) == pytest.approx(end["f_final"], rel=1e-11, abs=1e-15)


def two_loops(pairs, g):
    """Nocedal & Wright, Algorithm 7.4; the newest pair is the last."""
    q, alphas = g, []
    for s, y in reversed(pairs):
        alphas.append(s @ q / (s @ y))
        q = q - alphas[-1] * y
    s, y = pairs[-1]
    r = s @ y / (y @ y) * q
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        r = r + s * (alpha - y @ r / (s @ y))
    return r


def curved_pairs(rng, n, count):
    matrix = rng.standard_normal((n, n))
    matrix = matrix @ matrix.T + 0.1 * np.eye(n)
    steps = rng.standard_normal((count, n))
    return [(s, matrix @ s + 0.01 * np.sin(s)) for s in steps]


@given(n=st.integers(1, 8), count=st.integers(1, 12), memory=st.integers(1, 5), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_product_is_that_of_the_two_loops(n, count, memory, seed):
    rng = np.random.default_rng(seed)
    pairs = [(s, y) for s, y in curved_pairs(rng, n, count) if s @ y > 0]
    rule, g = LBFGS(memory=memory), rng.standard_normal(n)
    state = rule.init(g)
    np.testing.assert_array_equal(rule.product(state, g), g)
    for k, (s, y) in enumerate(pairs):
        state = rule.learned(state, s, y, s @ y)
        expected = two_loops(pairs[max(0, k + 1 - memory) : k + 1], g)
        np.testing.assert_allclose(rule.product(state, g), expected, atol=1e-8 * np.linalg.norm(expected))


@given(n=st.integers(1, 6), count=st.integers(1, 6), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_matrix_of_bfgs_is_that_of_the_formula(n, count, seed):
    rng = np.random.default_rng(seed)
    rule, eye = BFGS(), np.eye(n)
    state, H = rule.init(np.zeros(n)), eye  # noqa: N806
    for k, (s, y) in enumerate(curved_pairs(rng, n, count)):
        rho = 1 / (s @ y)
        if rho <= 0:
            continue
        H = H * (s @ y) / (y @ y) if k == 0 else H  # noqa: N806
        left = eye - rho * np.outer(s, y)
        H = left @ H @ left.T + rho * np.outer(s, s)  # noqa: N806
        state = rule.learned(state, s, y, s @ y)
        scale = np.linalg.norm(H)
        np.testing.assert_allclose(state.H, H, atol=1e-8 * scale)
        np.testing.assert_allclose(state.H @ y, s, atol=1e-8 * scale * np.linalg.norm(y))
        np.testing.assert_array_equal(state.H, state.H.T)


@pytest.mark.parametrize("n", [2, 5])
def test_with_enough_memory_it_is_bfgs_from_the_scaled_identity(n):
    """The dense update of the same pairs, begun at the H₀ that the newest pair gives."""
    rng = np.random.default_rng(0)
    pairs, g = [p for p in curved_pairs(rng, n, 4) if p[0] @ p[1] > 0], rng.standard_normal(n)
    rule = LBFGS(memory=10)
    state = rule.init(g)
    for s, y in pairs:
        state = rule.learned(state, s, y, s @ y)
    s, y = pairs[-1]
    H = s @ y / (y @ y) * np.eye(n)  # noqa: N806
    for s, y in pairs:
        left = np.eye(n) - np.outer(s, y) / (s @ y)
        H = left @ H @ left.T + np.outer(s, s) / (s @ y)  # noqa: N806
    np.testing.assert_allclose(rule.product(state, g), H @ g, rtol=1e-9)


def test_takes_the_iterations_of_nocedal_and_wright(rosenbrock, path):
    """Section 6.1: BFGS takes 34 from (−1.2, 1) until the gradient norm is 10⁻⁵."""
    walked = path(BFGS(), rosenbrock, [-1.2, 1.0], 60)
    norms = np.linalg.norm([rosenbrock.grad(w) for w in walked], axis=1)
    assert abs(int(np.argmax(norms <= 1e-5)) - 34) <= 5


@pytest.mark.skipif(not ENDS, reason="the reference vectors are not beside the repository")
@pytest.mark.parametrize("end", [e for e in ENDS if e.get("source")], ids=lambda end: end["problem"])
def test_needs_no_more_evaluations_than_scipy(end, problems, walk):
    problem = problems[end["problem"]]()
    rule, w = LBFGS(), np.array(REFERENCE["problems"][end["problem"]]["x0"])
    state, steps = rule.init(w), 0
    while problem.f(w) > end["f_final"] * (1 + 1e-12) + 1e-13:
        w, state = rule.step(problem, w, state)
        steps += 1
    # Each step asks anew for what a run remembers of the one before.
    assert problem.evaluations - steps <= 1.2 * end["func_evals"]


@pytest.mark.parametrize("rule", [BFGS(), LBFGS()], ids=lambda rule: rule.name)
def test_what_was_learned_is_forgotten_where_it_leads_nowhere(rule, rosenbrock, walk):
    w = np.array([-1.2, 1.0])
    _, state = walk(rule, rosenbrock, w, 3)
    uphill = {"bfgs": lambda: state._replace(H=-state.H), "lbfgs": lambda: state._replace(gamma=-1e6 * state.gamma)}
    (_, after), _ = walk(rule, rosenbrock, w, 1, uphill[rule.name]())
    assert rosenbrock.f(after) < rosenbrock.f(w)


@pytest.mark.parametrize("rule", [BFGS(), LBFGS()], ids=lambda rule: rule.name)
def test_a_pair_that_does_not_curve_upwards_is_not_learned_from(rule, walk):
    ramp = Problem(lambda x: -np.sum(x), lambda x: -np.ones_like(x))
    (*_, w), state = walk(rule, ramp, np.zeros(2), 3)
    assert (w > 0).all()
    assert not rule.knows(state)


@pytest.mark.parametrize("cls", [BFGS, LBFGS], ids=lambda cls: cls.name)
def test_what_a_setting_leaves_without_effect_is_refused(cls):
    for settings_, message in (
        ({"search": "none", "c1": 0.1}, "c1 = 0.1 is not allowed without a search"),
        ({"search": "none", "c2": 0.5}, "c2 = 0.5 is not allowed without a search"),
        ({"lr": 0.5}, "lr = 0.5 is not allowed with a search"),
        ({"c1": 0.95}, "c1 = 0.95 is not allowed, it must be < c2 = 0.9"),
    ):
        with pytest.raises(ParameterError, match=f"{cls.name}: {message}"):
            cls(**settings_)
