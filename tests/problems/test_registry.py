"""What must hold for every problem of the registry."""

import math

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Flag

SIDES_OF_A_POINT = 1e-3


@pytest.mark.parametrize(("key", "kind"), PROBLEMS.items(), ids=list(PROBLEMS))
def test_the_registry_says_what_each_problem_is(key, kind):
    assert kind.name == key
    assert kind.summary()
    assert kind.formula
    assert kind.source
    assert all(parameter.doc for parameter in kind.parameters())


def test_starts_belong_to_the_problem(problem):
    w = problem.initial(np.random.default_rng(0))
    assert w.shape == (problem.dim,)
    assert w.dtype == np.float64
    assert np.all(np.isfinite(w))
    assert np.isfinite(problem.loss(w))
    assert np.ndim(problem.loss(w)) == 0


def test_a_start_can_be_changed_in_place_without_harm(problem):
    first = problem.initial(np.random.default_rng(0))
    first += 1
    assert not np.array_equal(first, problem.initial(np.random.default_rng(0)))


def test_the_loss_leaves_its_argument_alone(problem):
    w = problem.initial(np.random.default_rng(0))
    before = w.copy()
    problem.loss(w)
    np.testing.assert_array_equal(w, before)


def test_known_minima(problem, slope):
    for w in problem.minimizers:
        assert w.shape == (problem.dim,)
        assert problem.loss(w) == pytest.approx(problem.infimum, rel=1e-14, abs=1e-12)
        scale = 1 + np.max(np.abs(slope(problem.loss, w + SIDES_OF_A_POINT)))
        if Flag.KINK not in problem.flags:
            np.testing.assert_allclose(slope(problem.loss, w), 0, atol=1e-6 * scale)


def test_no_point_lies_below_the_infimum(problem):
    if problem.infimum is None or problem.domain is None:
        return
    low, high = problem.domain
    rng = np.random.default_rng(0)
    points = [*rng.uniform(low, high, (300, problem.dim)), low, high, problem.initial(rng)]
    points += [w + size * rng.normal(size=problem.dim) for w in problem.minimizers for size in (1e-3, 1e-1) * 20]
    assert min(problem.loss(w) for w in points) >= problem.infimum - 1e-12


def test_flags_agree_with_what_is_known_of_the_minimum(problem):
    unbounded = problem.infimum == -math.inf
    assert (Flag.UNBOUNDED in problem.flags) == unbounded
    if Flag.NOT_ATTAINED in problem.flags or unbounded:
        assert problem.minimizers == ()
    else:
        assert bool(problem.minimizers) == (problem.infimum is not None)


def test_the_domain_holds_the_minimizers_and_the_start(problem):
    if problem.domain is None:
        return
    low, high = problem.domain
    assert low.shape == high.shape == (problem.dim,)
    for w in (*problem.minimizers, problem.initial(np.random.default_rng(0))):
        assert np.all(low <= w)
        assert np.all(w <= high)


def test_a_kink_at_the_minimum_is_one(slope):
    """Both one-sided slopes of Ackley at the origin are steep, and they differ in sign."""
    f = PROBLEMS["ackley"]().loss
    for side in (-1e-6, 1e-6):
        assert np.sign(slope(f, np.array([side, 0.0]), eps=1e-9)[0]) == np.sign(side)
        assert abs(slope(f, np.array([side, 0.0]), eps=1e-9)[0]) > 1


def test_the_loss_of_all_rows_is_the_mean_over_the_rows(problem):
    if problem.rows == 0:
        return
    w = problem.initial(np.random.default_rng(0)) + 0.1
    each = [problem.loss(w, rows=np.array([row])) for row in range(problem.rows)]
    assert problem.loss(w) == pytest.approx(np.mean(each), rel=1e-12)
    half = np.arange(problem.rows // 2)
    assert problem.loss(w, rows=half) == pytest.approx(np.mean([each[row] for row in half]), rel=1e-12)


def test_measures_are_numbers_for_all_rows_and_for_some(problem):
    w = problem.initial(np.random.default_rng(0))
    for measure in problem.measures().values():
        assert np.isfinite(measure(w, None))
        assert np.isfinite(measure(w, np.array([0])))


@pytest.mark.parametrize("name", ["rosenbrock", "levy", "beale", "separable_logistic", "polynomial"])
def test_a_start_of_the_wrong_length_is_refused(name):
    with pytest.raises(ParameterError, match=rf"{name}: start = \[1.0, 2.0, 3.0\] .* a list of 2 finite numbers"):
        PROBLEMS[name](start=(1.0, 2.0, 3.0))


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("rosenbrock", {"dim": 1}, "rosenbrock: dim = 1 is not allowed, it must be a whole number ≥ 2"),
        ("levy", {"dim": 0}, "levy: dim = 0 is not allowed, it must be a whole number ≥ 1"),
        ("ellipsoid", {"condition": 0.5}, "ellipsoid: condition = 0.5 is not allowed, it must be a number ≥ 1"),
        ("least_squares", {"rows": 0}, "least_squares: rows = 0 is not allowed, it must be a whole number ≥ 1"),
        ("least_squares", {"noise": -1.0}, "least_squares: noise = -1.0 is not allowed, it must be a number ≥ 0"),
    ],
)
def test_what_is_out_of_range_is_refused(name, fields, message):
    with pytest.raises(ParameterError) as caught:
        PROBLEMS[name](**fields)
    assert str(caught.value) == message
