"""Values that the literature gives, or that follow from the formula by hand."""

import math

import numpy as np
import pytest

from gdlab.problems import PROBLEMS
from gdlab.problems.base import Flag

PI = math.pi

# Values at the starts of Moré, Garbow & Hillstrom 1981; each is a few lines of arithmetic by hand.
AT_THE_START = {
    "rosenbrock": 24.2,  # 100·0.44² + 2.2²
    "beale": 14.203125,  # 1.5² + 2.25² + 2.625²
    "powell_singular": 215,  # 7² + 5·1² + 1⁴ + 10·2⁴
    "wood": 19192,
    "helical_valley": 2500,  # θ = ½ and r = 1, so 100·5²
    "brown_badly_scaled": 999998000003 - 4e-6 + 4e-12,  # (1 − 10⁶)² + (1 − 2·10⁻⁶)² + 1
    "separable_logistic": math.log(2),
    "saddle": 1 - 1e-6,
}

# name, fields, point, value
ELSEWHERE = [
    ("rosenbrock", {}, [0, 0], 1),
    ("rosenbrock", {"dim": 3}, [-1, 1, 1], 4),
    ("rosenbrock", {"dim": 4}, [0, 0, 0, 0], 3),
    ("goldstein_price", {}, [-0.6, -0.4], 30),
    ("goldstein_price", {}, [1.8, 0.2], 84),
    ("goldstein_price", {}, [1.2, 0.8], 840),
    ("goldstein_price", {}, [0, 0], 600),  # (1 + 19)·30
    ("himmelblau", {}, [0, 0], 170),  # 11² + 7²
    ("branin", {}, [0, 0], 36 + 20 - 10 / (8 * PI)),
    ("booth", {}, [0, 0], 74),  # 7² + 5²
    ("three_hump_camel", {}, [1, 1], 2 - 1.05 + 1 / 6 + 2),
    ("rastrigin", {"dim": 3}, [1, 1, 1], 3),
    ("rastrigin", {"dim": 3}, [0.5, 0, 0], 20.25),
    ("ackley", {}, [1, 1], 20 - 20 * math.exp(-0.2)),
    ("griewank", {}, [0, math.sqrt(2) * PI], 2 * PI**2 / 4000 + 2),
    ("griewank", {"dim": 1}, [PI], PI**2 / 4000 + 2),
    ("styblinski_tang", {"dim": 3}, [1, 1, 1], -15),
    ("levy", {"dim": 3}, [1, 5, 1], 1 + 10 * math.sin(1) ** 2),  # v = (1, 2, 1)
    ("levy", {"dim": 3}, [1, 1, 5], 1),
    ("levy", {"dim": 1}, [3], 1 + 0.25),  # v = 3/2
    ("trigonometric", {"dim": 2}, [PI, PI], 100),  # (4 + 2)² + (4 + 4)²
    ("trigonometric", {"dim": 1}, [PI / 2], 1),  # (1 + 1 − 1)²
    ("helical_valley", {}, [0, 1, 0], 100 * 2.5**2),  # a quarter turn
    ("helical_valley", {}, [0, 2, 2.5], 100 + 2.5**2),
    ("helical_valley", {}, [1, -1, 0], 100 * (1.25**2 + (math.sqrt(2) - 1) ** 2)),
    ("helical_valley", {}, [-1, -1, 0], 100 * (6.25**2 + (math.sqrt(2) - 1) ** 2)),
    ("ellipsoid", {"dim": 3, "condition": 100}, [1, 1, 1], 55.5),  # (1 + 10 + 100)/2
    ("ellipsoid", {"dim": 1, "condition": 100}, [2], 2),
    ("wood", {}, [0, 0, 0, 0], 42),  # 1 + 1 + 10·2²
    ("saddle", {}, [3, 2], 5),
]

# name, point, whether it is a minimum; all are stationary
STATIONARY = [
    ("goldstein_price", [-0.6, -0.4], True),
    ("goldstein_price", [1.8, 0.2], True),
    ("goldstein_price", [1.2, 0.8], True),
    ("three_hump_camel", [0, 0], True),
    ("beale", [0, 1], False),
    ("saddle", [0, 0], False),
    ("himmelblau", [-0.2708445906, -0.9230385564], False),  # the maximum
]


@pytest.mark.parametrize(("name", "value"), AT_THE_START.items(), ids=list(AT_THE_START))
def test_at_the_published_start(name, value):
    problem = PROBLEMS[name]()
    assert problem.loss(problem.initial(np.random.default_rng(0))) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(("name", "fields", "point", "value"), ELSEWHERE)
def test_at_other_points(name, fields, point, value):
    assert PROBLEMS[name](**fields).loss(np.array(point, dtype=float)) == pytest.approx(value, rel=1e-12)


def test_trigonometric_as_its_definition_reads():
    w = np.random.default_rng(0).normal(size=5)
    n, cosines = len(w), sum(math.cos(x) for x in w)
    terms = [n - cosines + (i + 1) * (1 - math.cos(x)) - math.sin(x) for i, x in enumerate(w)]
    assert PROBLEMS["trigonometric"](dim=5).loss(w) == pytest.approx(sum(t**2 for t in terms), rel=1e-12)


@pytest.mark.parametrize(("name", "point", "is_minimum"), STATIONARY)
def test_stationary_points_that_are_not_the_global_minimum(name, point, is_minimum, slope):
    problem, point = PROBLEMS[name](), np.array(point, dtype=float)
    np.testing.assert_allclose(slope(problem.loss, point), 0, atol=1e-5)
    directions = np.random.default_rng(0).normal(size=(100, problem.dim))
    rises = [problem.loss(point + 1e-3 * d) > problem.loss(point) for d in directions]
    assert all(rises) == is_minimum


def test_rosenbrock_starts_in_the_same_place_in_each_pair():
    start = PROBLEMS["rosenbrock"](dim=5).initial(np.random.default_rng(0))
    np.testing.assert_array_equal(start, [-1.2, 1, -1.2, 1, -1.2])


def test_the_long_rosenbrock_has_a_second_minimum():
    assert Flag.MANY_MINIMA not in PROBLEMS["rosenbrock"](dim=3).flags
    assert Flag.MANY_MINIMA in PROBLEMS["rosenbrock"](dim=4).flags


def test_starts_are_drawn_from_the_domain_where_none_is_published():
    problem = PROBLEMS["rastrigin"](dim=3)
    low, high = problem.domain
    starts = [problem.initial(np.random.default_rng(seed)) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.array_equal(starts[0], starts[2])
    assert np.all((low <= starts) & (starts <= high))


def test_another_start():
    problem = PROBLEMS["rosenbrock"](start=[2, 3])
    np.testing.assert_array_equal(problem.initial(np.random.default_rng(0)), [2.0, 3.0])


def test_powell_singular_is_flat_along_two_directions_at_its_minimum():
    """Along them the fourth powers are all there is, so halving the way divides the loss by sixteen."""
    f = PROBLEMS["powell_singular"]().loss
    for direction in ([10.0, -1, 0, 0], [0.0, 0, 1, 1]):
        w = np.array(direction)
        assert f(w) / f(w / 2) == pytest.approx(16)


def test_curvatures_of_the_ellipsoid_have_the_given_ratio():
    for dim in (2, 5):
        curvatures = PROBLEMS["ellipsoid"](dim=dim, condition=1e4).curvatures
        assert curvatures[-1] / curvatures[0] == pytest.approx(1e4)
