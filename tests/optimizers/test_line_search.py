import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.optimizers.line_search import Line, backtrack, strong_wolfe


class OneDimensional:
    """A function of one parameter with its slope, and where it was asked for."""

    def __init__(self, f, slope):
        self.f, self.slope, self.asked = f, slope, []

    def value(self, w):
        self.asked.append(float(w[0]))
        return self.f(float(w[0]))

    def gradient(self, w):
        return np.array([self.slope(float(w[0]))])

    def value_and_gradient(self, w):
        return self.value(w), self.gradient(w)

    def line(self, start=0.0, direction=1.0):
        w = np.array([start])
        return Line(self, w, self.f(start), np.array([self.slope(start)]), np.array([direction]))


# Functions that fall from 0, by name: f, f', and a first trial step.
SHAPES = {
    "parabola": (lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1), 1.0),
    "narrow parabola": (lambda a: 1e6 * (a - 1e-3) ** 2, lambda a: 2e6 * (a - 1e-3), 1.0),
    "wide parabola": (lambda a: 1e-6 * (a - 1e3) ** 2, lambda a: 2e-6 * (a - 1e3), 1.0),
    "quartic": (lambda a: (a - 2) ** 4, lambda a: 4 * (a - 2) ** 3, 1.0),
    # Moré & Thuente 1994, section 5, their test functions 1, 2 and 3.
    "more thuente 1": (lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2, 1e-3),
    "more thuente 2": (
        lambda a: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
        lambda a: 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
        10.0,
    ),
    "many waves": (lambda a: -a + math.sin(20 * a) / 40, lambda a: -1 + math.cos(20 * a) / 2, 0.3),
    "wall of NaN": (lambda a: (a - 1) ** 2 if a < 1.5 else math.nan, lambda a: 2 * (a - 1) if a < 1.5 else math.nan, 4),
    "wall of inf": (
        lambda a: -math.log(1 - a) - 2 * a if a < 1 else math.inf,
        lambda a: 1 / (1 - a) - 2 if a < 1 else math.nan,
        8.0,
    ),
}


@pytest.mark.parametrize("c2", [0.9, 0.1])
@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "many waves"])
def test_strong_wolfe_conditions_hold_where_the_search_ends(shape, c2):
    f, slope, first = SHAPES[shape]
    objective = OneDimensional(f, slope)
    point = strong_wolfe(objective.line(), first, 1e-4, c2)
    assert point.f <= f(0) + 1e-4 * point.alpha * slope(0)
    assert abs(point.slope) <= c2 * abs(slope(0))
    assert (point.f, point.slope) == (f(point.alpha), slope(point.alpha))
    assert len(objective.asked) <= 30


@given(
    minimum=st.floats(1e-3, 1e3),
    first=st.floats(1e-4, 1e4),
    power=st.sampled_from([2, 4, 6]),
    c2=st.sampled_from([0.9, 0.5, 0.1]),
)
@settings(max_examples=100, deadline=None)
def test_a_valley_is_found_from_any_first_step(minimum, first, power, c2):
    objective = OneDimensional(
        lambda a: (a / minimum - 1) ** power, lambda a: power / minimum * (a / minimum - 1) ** (power - 1)
    )
    point = strong_wolfe(objective.line(), first, 1e-4, c2)
    assert point.f <= 1 + 1e-4 * point.alpha * objective.slope(0)
    assert abs(point.slope) <= c2 * abs(objective.slope(0))


@given(
    kink=st.floats(1e-6, 1e3),
    left=st.floats(1e-8, 1e8),
    right=st.floats(1e-8, 1e8),
    first=st.floats(1e-3, 1e3),
)
@settings(max_examples=200, deadline=None)
def test_at_a_kink_it_ends_where_f_is_less_or_says_that_there_is_nothing(kink, left, right, first):
    """Where f turns in a kink no point need have a small slope, however narrow the interval around it becomes."""

    def f(a):
        return left * (kink - a) if a < kink else right * (a - kink)

    objective = OneDimensional(f, lambda a: -left if a < kink else right)
    point = strong_wolfe(objective.line(), first, 1e-4, 0.1)
    assert len(objective.asked) <= 61
    if point is not None:
        assert point.alpha > 0
        assert point.f == f(point.alpha) < f(0)


def test_a_first_step_that_holds_is_taken_as_it_is():
    objective = OneDimensional(*SHAPES["parabola"][:2])
    assert strong_wolfe(objective.line(), 0.7, 1e-4, 0.9).alpha == 0.7
    assert objective.asked == [0.7]


def test_the_cubic_of_a_parabola_ends_at_its_vertex():
    objective = OneDimensional(*SHAPES["parabola"][:2])
    assert strong_wolfe(objective.line(), 1.8, 1e-4, 0.1).alpha == pytest.approx(1, rel=1e-14)
    assert len(objective.asked) == 2


def test_a_fall_without_end_is_followed_far_and_then_given_up():
    objective = OneDimensional(lambda a: -a, lambda a: -1.0)
    point = strong_wolfe(objective.line(), 1.0, 1e-4, 0.9)
    assert point.alpha > 1e6
    assert len(objective.asked) <= 30


def test_minus_infinity_ends_a_search():
    objective = OneDimensional(lambda a: -a if a < 100 else -math.inf, lambda a: -1.0 if a < 100 else math.nan)
    assert strong_wolfe(objective.line(), 1.0, 1e-4, 0.9).f == -math.inf


@pytest.mark.parametrize("slope", [0.0, 1.0, math.nan, -math.inf])
def test_what_does_not_descend_is_not_searched(slope):
    objective = OneDimensional(lambda a: a, lambda a: slope)
    assert strong_wolfe(objective.line(), 1.0, 1e-4, 0.9) is None
    assert backtrack(objective.line(), 1.0, 1e-4, 0.5) is None
    assert objective.asked == []


def test_a_slope_that_promises_what_f_does_not_keep_ends_in_nothing():
    objective = OneDimensional(lambda a: a, lambda a: -1.0)
    assert strong_wolfe(objective.line(), 1.0, 1e-4, 0.9) is None
    assert backtrack(objective.line(), 1.0, 1e-4, 0.5) is None
    assert len(objective.asked) < 200


@pytest.mark.parametrize("first", [0.4, 1.9, 3.0, 1e3])
@pytest.mark.parametrize("noise", [0, 1e-15])
def test_where_rounding_hides_the_decrease_the_gradient_decides(first, noise):
    """1 + 1e-18·(a − 1)² is 1 in double precision, and more or less where it is computed less well."""
    objective = OneDimensional(
        lambda a: 1 + 1e-18 * (a - 1) ** 2 + noise * math.sin(1e6 * a), lambda a: 2e-18 * (a - 1)
    )
    point = strong_wolfe(objective.line(), first, 1e-4, 0.5)
    assert abs(point.slope) <= 0.5 * 2e-18
    alpha, _ = backtrack(objective.line(), first, 1e-4, 0.5)
    assert abs(objective.slope(alpha)) < 2e-18


def test_f_that_only_seems_to_fall_is_no_progress():
    """The gradient grows along d: no circles at a minimum, whatever rounding makes of f."""
    objective = OneDimensional(lambda a: 1 - 1e-15 * (a > 0), lambda a: -1e-18 * (1 + a))
    assert strong_wolfe(objective.line(), 1.0, 1e-4, 0.9) is None
    assert backtrack(objective.line(), 1.0, 1e-4, 0.5) is None


@pytest.mark.parametrize("shape", SHAPES)
def test_backtracking_takes_the_first_step_that_decreases_enough(shape):
    f, slope, first = SHAPES[shape]
    objective = OneDimensional(f, slope)
    alpha, w = backtrack(objective.line(), first, 1e-4, 0.5)
    assert w == alpha
    tried = [first * 0.5**i for i in range(len(objective.asked))]
    assert objective.asked == tried
    enough = [f(a) <= f(0) + 1e-4 * a * slope(0) for a in tried]
    assert enough == [False] * (len(tried) - 1) + [True]
