import numpy as np
import pytest

from gdlab.errors import ParameterError, UsageError
from gdlab.optimizers import GaussNewton, LevenbergMarquardt, Newton

RULES = [
    GaussNewton(),
    GaussNewton(search="armijo"),
    LevenbergMarquardt(),
    LevenbergMarquardt(scaling="diagonal"),
]


class Squares:
    """An objective with residuals r and their Jacobian J."""

    def __init__(self, r, jacobian):
        self.r, self.jacobian, self.calls = r, jacobian, 0

    def residuals(self, w):
        self.calls += 1
        return self.r(w)

    def residuals_and_jacobian(self, w):
        return self.r(w), self.jacobian(w)

    def value(self, w):
        return float(np.sum(self.r(w) ** 2))


def linear(rows, columns, rank=None):
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((rows, columns))
    if rank:
        left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
        sizes[rank:] = 0
        matrix = left * sizes @ right
    target = rng.standard_normal(rows)
    return Squares(lambda w: matrix @ w - target, lambda w: matrix), np.linalg.lstsq(matrix, target, rcond=None)[0]


def exponential_fit():
    """a·exp(b·t) to data made with a = 2 and b = −1."""
    t = np.linspace(0, 2, 9)
    data = 2 * np.exp(-t)
    return Squares(
        lambda w: w[0] * np.exp(w[1] * t) - data,
        lambda w: np.stack([np.exp(w[1] * t), w[0] * t * np.exp(w[1] * t)], axis=1),
    )


@pytest.mark.parametrize(("rows", "columns", "rank"), [(8, 3, None), (3, 3, None), (3, 8, None), (8, 5, 3)])
def test_gauss_newton_solves_linear_least_squares_in_one_step(rows, columns, rank, walk):
    """Of several solutions it goes to the nearest; from 0 that is the one of least norm."""
    objective, solution = linear(rows, columns, rank)
    (_, w), _ = walk(GaussNewton(), objective, np.zeros(columns), 1)
    np.testing.assert_allclose(w, solution, atol=1e-12)


def test_gauss_newton_on_rosenbrock_takes_two_steps(rosenbrock, path):
    """The first makes 1 − x zero, the second y − x², both of which are then linear in what is left."""
    walked = path(GaussNewton(), rosenbrock, [-1.2, 1.0], 2)
    np.testing.assert_allclose(walked[1], [1, 1.44 - 2.4 * 2.2], rtol=1e-13)
    np.testing.assert_allclose(walked[2], [1, 1], rtol=1e-13)


def test_gauss_newton_ignores_what_bends_the_residuals(walk):
    """For r = w² − c: d = −(w² − c)/2w, Heron's rule for the root."""
    heron = Squares(lambda w: w**2 - 2, lambda w: 2 * w[:, None])
    points, _ = walk(GaussNewton(), heron, np.array([1.0]), 4)
    np.testing.assert_allclose(np.ravel(points), [1, 3 / 2, 17 / 12, 577 / 408, 665857 / 470832], rtol=1e-14)


@pytest.mark.parametrize("rule", RULES[1:], ids=repr)
@pytest.mark.parametrize("start", [[1.0, 0.0], [10.0, 1.0], [0.1, -5.0]], ids=str)
def test_damped_rules_fit_an_exponential_from_far_away(rule, start, path):
    objective = exponential_fit()
    with np.errstate(over="ignore"):  # at trials that are far too long
        walked = path(rule, objective, start, 100)
    values = [objective.value(w) for w in walked]
    assert (np.diff(values) <= 0).all()
    np.testing.assert_allclose(walked[-1], [2, -1], rtol=1e-6)


def test_the_step_of_levenberg_marquardt_solves_its_normal_equations(walk):
    objective, w = exponential_fit(), np.array([1.0, 0.0])
    r, J = objective.residuals_and_jacobian(w)  # noqa: N806
    for scaling, D2 in (("none", np.eye(2)), ("diagonal", np.diag(np.diag(J.T @ J)))):  # noqa: N806
        rule = LevenbergMarquardt(scaling=scaling, tau=1e-3)
        mu = 1e-3 * (np.max(np.diag(J.T @ J)) if scaling == "none" else 1)
        (_, after), _ = walk(rule, objective, w, 1)
        np.testing.assert_allclose((J.T @ J + mu * D2) @ (after - w), -J.T @ r, rtol=1e-10)


def test_damping_follows_nielsen(walk):
    """r = w has a linear model that is exact: ρ = 1 and μ falls to a third. One that overshoots raises it by ν = 2."""
    line = Squares(lambda w: w, lambda w: np.eye(1))
    _, state = walk(LevenbergMarquardt(tau=0.3), line, np.array([1.0]), 3)
    assert state.mu == pytest.approx(0.3 / 27)
    # r = |w|^¼ is so steep at 1e-4 that a full step goes to −3e-4, where r is larger.
    root = Squares(lambda w: np.abs(w) ** 0.25, lambda w: np.diag(0.25 * np.abs(w) ** 0.25 / w))
    (_, w), state = walk(LevenbergMarquardt(tau=1e-3), root, np.array([1e-4]), 1)
    tries = root.calls
    assert tries > 1
    mu = 1e-3 * (0.25 * 1e-4**-0.75) ** 2 * 2 ** (tries * (tries - 1) / 2)
    assert mu / 3 <= state.mu <= 2 * mu
    assert abs(w[0]) < 1e-4


def test_scaling_by_the_diagonal_does_not_depend_on_the_units_of_the_parameters(path):
    units = np.array([1.0, 1e4])
    plain = exponential_fit()
    scaled = Squares(lambda w: plain.r(w / units), lambda w: plain.jacobian(w / units) / units)
    rule = LevenbergMarquardt(scaling="diagonal")
    walked = path(rule, plain, [1.0, 0.0], 10)
    np.testing.assert_allclose(path(rule, scaled, np.array([1.0, 0.0]) * units, 10) / units, walked, rtol=1e-7)


def test_rosenbrock_takes_about_as_many_evaluations_as_minpack(rosenbrock, walk):
    """LMDER takes 21 and 16 Jacobians: Moré, Garbow & Hillstrom 1980, MINPACK-1, problem 4 from (−1.2, 1)."""
    points, _ = walk(LevenbergMarquardt(), rosenbrock, np.array([-1.2, 1.0]), 30)
    steps = int(np.argmax([rosenbrock.f(w) < 1e-14 for w in points]))
    assert 8 <= steps <= 32


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_at_a_minimum_nothing_moves(rule, path):
    objective = exponential_fit()
    np.testing.assert_array_equal(path(rule, objective, [2.0, -1.0], 3), np.full((4, 2), [2.0, -1.0]))


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("broken", ["residuals", "jacobian", "infinite jacobian"])
def test_what_is_not_finite_ends_in_nan_and_in_no_error(rule, broken, walk):
    objective, _ = linear(4, 2)
    if broken == "residuals":
        objective.r = lambda w: np.array([np.nan, 1, 1, 1])
    else:
        objective.jacobian = lambda w: np.full((4, 2), np.nan if broken == "jacobian" else np.inf)
    (_, w), _ = walk(rule, objective, np.ones(2), 1)
    assert np.isnan(w).all()


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_without_residuals_it_says_what_it_needs(rule):
    plain = type("Plain", (), {"value": staticmethod(np.sum)})()
    with pytest.raises(UsageError, match=f"{rule.name} needs a loss that is a sum of squares"):
        rule.step(plain, np.zeros(2), rule.init(np.zeros(2)))


def test_what_a_search_does_not_use_is_refused():
    with pytest.raises(ParameterError, match=r"gauss_newton: c1 = 0.5 is not allowed without a search"):
        GaussNewton(c1=0.5)


@pytest.mark.parametrize("scaling", ["none", "diagonal"])
def test_damping_that_overflows_ends_in_no_step_and_in_no_error(scaling, walk):
    """|w| is least at a kink, where every step raises it, however large μ; in float32 μ soon is too large."""
    kink = Squares(lambda w: 1e3 + 1e3 * abs(w), lambda w: np.array([[1e3]], w.dtype))
    with np.errstate(over="ignore"):  # as a run has it
        (start, after), _ = walk(LevenbergMarquardt(scaling=scaling), kink, np.zeros(1, np.float32), 1)
    np.testing.assert_array_equal(after, start)
    assert after.dtype == np.float32


@pytest.mark.parametrize("kind", [GaussNewton, Newton])
def test_with_a_search_there_is_no_step_size_to_tell(kind):
    assert kind(lr=0.5).lr_at(3) == 0.5
    assert kind(search="armijo").lr_at(3) is None
