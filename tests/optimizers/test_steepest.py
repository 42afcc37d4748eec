import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import SteepestDescent


def test_backtracks_until_f_has_decreased_enough(parabola, path):
    # f(0) = 5 and g = −2: α = 3 leads to 6 and 1½ to 3, where f is 29 and 8; ¾ leads to 1½, where it is 4¼.
    walked = path(SteepestDescent(lr=3.0), parabola, [0.0], 1)
    np.testing.assert_array_equal(walked, [[0], [1.5]])
    assert parabola.calls == {"value": 1 + 3, "gradient": 1}


def test_a_step_that_leaves_f_as_it_is_must_shorten_the_gradient(parabola, path):
    # α = 1 leads to 2, where f is 5 again and the gradient as long: it takes ½.
    np.testing.assert_array_equal(path(SteepestDescent(lr=1.0), parabola, [0.0], 1), [[0], [1]])


def test_the_next_search_begins_one_trial_above_the_last(bowl, walk):
    _, state = walk(SteepestDescent(lr=8.0, shrink=0.5), bowl, np.array([2.0, 2.0, 2.0]), 1)
    # Of 8, 4, 2, 1, ½ the last is the first below 2/3, where a step along the curvature of 3 begins to fall.
    assert state.alpha == 1.0


def test_decreases_f_at_every_step(rosenbrock, path):
    for search in ("armijo", "strong_wolfe"):
        walked = path(SteepestDescent(search=search), rosenbrock, [-1.2, 1.0], 200)
        values = np.array([rosenbrock.f(w) for w in walked])
        assert (np.diff(values) < 0).all()


@pytest.mark.parametrize("search", ["armijo", "strong_wolfe"])
@pytest.mark.parametrize("condition", [2.0, 10.0, 100.0])
def test_not_much_slower_on_a_quadratic_than_kantorovich_says(search, condition, path):
    """With exact steps each leaves at most ((κ − 1)/(κ + 1))² of f; those of a search leave a third of the exponent."""
    curvature = np.array([1.0, condition])

    class Quadratic:
        def value(self, w):
            return 0.5 * np.sum(curvature * w * w)

        def gradient(self, w):
            return curvature * w

        def value_and_gradient(self, w):
            return self.value(w), self.gradient(w)

    walked = path(SteepestDescent(search=search), Quadratic(), [condition, 1.0], 60)
    values = np.array([Quadratic().value(w) for w in walked])
    rate = ((condition - 1) / (condition + 1)) ** 2
    assert (values <= values[0] * np.maximum(rate ** (np.arange(61) / 3 - 1), 1e-28)).all()


def test_stays_where_no_step_decreases_f(parabola, walk):
    (_, w), state = walk(SteepestDescent(), parabola, np.array([1.0]), 1)
    assert w == 1
    assert state.alpha == 1


def test_what_a_search_does_not_use_is_refused():
    with pytest.raises(ParameterError, match=r"steepest_descent: c2 = 0.5 is not allowed with search 'armijo'"):
        SteepestDescent(c2=0.5)
    with pytest.raises(ParameterError, match=r"c1 = 0.2 is not allowed, it must be < c2 = 0.1"):
        SteepestDescent(search="strong_wolfe", c1=0.2)
