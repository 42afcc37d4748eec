import dataclasses

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import BB, Polyak


def test_sizes_are_those_of_the_formulas(polynomial, walk):
    """s = Δw and y = Δg of the first step give the size of the second."""
    start = np.array([3.0, 4.0])
    (_, first), _ = walk(BB(lr=0.01, search="none"), polynomial, start, 1)
    s, y = first - start, polynomial.grad(first) - polynomial.grad(start)
    for size, expected in (("long", s @ s / (s @ y)), ("short", s @ y / (y @ y))):
        _, state = walk(BB(lr=0.01, size=size, search="none"), polynomial, start, 2)
        assert state.alpha == pytest.approx(expected, rel=1e-14)


def test_in_one_dimension_it_is_the_secant_method(path):
    """Both sizes are Δw/Δg: x ← x − f'(x)·(x − x')/(f'(x) − f'(x')), here for f' = x³ − 2."""
    cubic = type("Cubic", (), {"gradient": staticmethod(lambda w: w**3 - 2)})
    for size in ("long", "short"):
        walked = path(BB(lr=0.1, size=size, search="none"), cubic, [1.0], 8)[:, 0]
        before, now, expected = 1.0, 1.1, [1.0, 1.1]
        for _ in range(7):
            slope = (now**3 - before**3) / (now - before)
            before, now = now, now - (now**3 - 2) / slope
            expected.append(now)
        np.testing.assert_allclose(walked, expected, rtol=1e-12)
    assert walked[-1] == pytest.approx(2 ** (1 / 3), rel=1e-12)


@pytest.mark.parametrize("size", ["long", "short"])
@pytest.mark.parametrize("search", ["none", "nonmonotone"])
def test_solves_a_quadratic_of_condition_1000_though_f_rises_on_the_way(size, search, path):
    curvature = np.geomspace(1, 1000, 10)

    class Quadratic:
        def value(self, w):
            return 0.5 * np.sum(curvature * w * w)

        def gradient(self, w):
            return curvature * w

        def value_and_gradient(self, w):
            return self.value(w), self.gradient(w)

    walked = path(BB(size=size, search=search), Quadratic(), np.ones(10), 400)
    values = np.array([Quadratic().value(w) for w in walked])
    assert values[-1] < 1e-12 * values[0]
    assert (np.diff(values) > 0).any() or size == "short"


def test_where_f_curves_downwards_the_size_is_positive(walk):
    ridge = type("Ridge", (), {"gradient": staticmethod(lambda w: -w)})
    (*_, w), state = walk(BB(lr=0.1, search="none"), ridge, np.array([1.0, 2.0]), 3)
    assert state.alpha == pytest.approx(1)  # ‖s‖/‖y‖ with y = −s
    np.testing.assert_allclose(w, 1.1 * 4 * np.array([1, 2]))


def test_where_the_gradient_does_not_change_the_size_stays(walk):
    slope = type("Slope", (), {"gradient": staticmethod(np.ones_like)})
    (*_, w), state = walk(BB(lr=0.1, search="none"), slope, np.zeros(2), 5)
    assert state.alpha == pytest.approx(0.1)
    np.testing.assert_allclose(w, [-0.5, -0.5])


def test_sizes_stay_between_their_bounds(bowl, walk):
    for bounds, expected in (({"alpha_max": 1e-3}, 1e-3), ({"alpha_min": 2.5}, 2.5)):
        _, state = walk(BB(search="none", **bounds), bowl, np.array([0.3, -0.7, 2.0]), 2)
        assert state.alpha == expected
    with pytest.raises(ParameterError, match=r"bb: alpha_min = 2.0 is not allowed, it must be ≤ alpha_max = 1.0"):
        BB(alpha_min=2.0, alpha_max=1.0)


def test_with_a_search_f_stays_below_the_greatest_of_the_last_values(rosenbrock, path):
    walked = path(BB(memory=5), rosenbrock, [-1.2, 1.0], 70)
    values = np.array([rosenbrock.f(w) for w in walked])
    for k in range(1, len(values)):
        assert values[k] <= values[max(0, k - 5) : k].max()
    assert (np.diff(values) > 0).any()
    assert values[-1] < 1e-20


def test_without_a_search_it_asks_for_gradients_alone_and_can_be_traced(bowl, path):
    rule = BB(search="none")
    path(rule, bowl, [0.3, -0.7, 2.0], 5)
    assert (rule.traceable, rule.uses_more) == (True, False)
    assert (BB().traceable, BB().uses_more) == (False, True)
    with pytest.raises(ParameterError, match="bb: memory = 5 is not allowed without a search"):
        BB(search="none", memory=5)


def test_polyak_halves_the_distance_on_a_ball(path):
    """With f = ½‖w‖² the step (f − f*)/‖g‖² is ½ everywhere."""
    ball = type("Ball", (), {"value_and_gradient": staticmethod(lambda w: (0.5 * np.sum(w * w, axis=0), w))})
    walked = path(Polyak(f_star=0.0), ball, [3.0, 4.0], 10)
    np.testing.assert_allclose(walked, 0.5 ** np.arange(11)[:, None] * np.array([3.0, 4.0]), rtol=1e-14)


def test_polyak_comes_nearer_to_the_minimizer_of_a_kinked_function_at_every_step(path):
    class Kinked:
        def value_and_gradient(self, w):
            return np.abs(w[0]) + 3 * np.abs(w[1]), np.sign(w) * np.array([1, 3])

    walked = path(Polyak(f_star=0.0), Kinked(), [2.0, 1.5], 200)
    distances = np.linalg.norm(walked, axis=1)
    assert (np.diff(distances)[distances[:-1] > 1e-9] < 0).all()
    assert distances[-1] < 1e-3


def test_polyak_stops_at_an_f_star_that_lies_above_the_minimum(parabola, path):
    walked = path(Polyak(f_star=4.25), parabola, [0.0], 60)[:, 0]
    assert parabola.f(walked[-1:]) == pytest.approx(4.25, rel=1e-6)
    assert walked[-1] == pytest.approx(walked[-2], rel=1e-6)


def test_polyak_without_f_star_says_what_is_missing(parabola):
    with pytest.raises(ParameterError, match="polyak: f_star is not set; a run takes that of its problem"):
        Polyak().step(parabola, np.zeros(1), ())
    assert dataclasses.replace(Polyak(), f_star=-3).f_star == -3
