"""Formulas as problems: their parameters, starts and constants, and everything that can be wrong with them."""

import numpy as np
import pytest

from gdlab.autodiff import METHODS
from gdlab.errors import ParameterError
from gdlab.problems.formula import Formula
from gdlab.problems.start import Range

W = {"from": -1, "to": 1, "size": 3}


def rng():
    return np.random.default_rng(5)


def test_parameters_are_the_variables_in_the_order_of_the_start():
    problem = Formula("x**2*y + y + 2", {"y": 4, "x": 3})
    np.testing.assert_array_equal(problem.initial(rng()), [4.0, 3.0])
    assert problem.dim == 2
    assert problem.loss(np.array([4.0, 3.0])) == 42.0


def test_vectors_constants_and_ranges():
    problem = Formula("sum((w - c)**2) + a*x", {"w": W, "x": {"from": 2, "to": 3}}, {"c": [1, 2, 3], "a": 2})
    start = problem.initial(rng())
    expected = rng()
    np.testing.assert_array_equal(start, [*expected.uniform(-1, 1, 3), expected.uniform(2, 3)])
    assert (problem.dim, problem.start["w"]) == (4, Range(-1.0, 1.0, 3))
    assert problem.loss(np.array([1.0, 2.0, 4.0, 0.5])) == 2.0


def test_a_matrix_is_a_constant():
    problem = Formula("w @ A @ w", {"w": [1, 2]}, {"A": [[2, 0], [0, 3]]})
    assert problem.loss(problem.initial(rng())) == 14.0
    assert Formula("w @ A @ w", {"w": np.array([1, 2])}, {"A": np.diag([2, 3])}) == problem


@pytest.mark.parametrize("method", METHODS)
def test_gradients_agree(method):
    problem = Formula("sum((w - c)**2) + exp(x)*w[0]", {"w": W, "x": 0.5}, {"c": [1, 2, 3]})
    w = problem.initial(rng())
    found = METHODS[method]().bind(problem.loss, w).gradient(w)
    by_hand = np.array([*(2 * (w[:3] - [1, 2, 3])), np.exp(w[3]) * w[0]])
    by_hand[0] += np.exp(w[3])
    np.testing.assert_allclose(found, by_hand, rtol=1e-6)


# formula, start, constants, what is said of it
WRONG = [
    ("", {"x": 1}, {}, "the formula is empty"),
    (5, {"x": 1}, {}, "formula cannot be 5"),
    ("x +", {"x": 1}, {}, "cannot be read as a formula"),
    ("x**2", {}, {}, "the formula needs a start"),
    ("x**2", None, {}, "such as start: {x: 1}"),
    ("x**2", [1], {}, "start must name each variable"),
    ("rate*x", {"x": 1, "rat": 2}, {}, "'rate' has no start and is no constant (did you mean 'rat'?"),
    ("x", {"x": 1, "q": 2}, {}, "q does not occur in the formula"),
    ("x", {"x": 1}, {"c": 2}, "c does not occur in the formula"),
    ("x + c", {"x": 1, "c": 1}, {"c": 2}, "c has a start and is a constant"),
    ("e*x", {"x": 1}, {"e": 2}, "e stands for 2.7183"),
    ("sin(x)", {"x": 1, "sin": 1}, {}, "sin is a function"),
    ("x", {"x": 1, "x y": 1}, {}, "'x y' cannot be a name"),
    ("w - c", {"w": [1, 2, 3]}, {"c": [1, 2, 3]}, "the formula gives 3 numbers, and a loss is one number"),
    ("outer(w, w)", {"w": [1, 2]}, {}, "the formula gives a 2 by 2 matrix"),
    ("x > 0", {"x": 1}, {}, "true or false, not a number"),
    ("sum(w*v)", {"w": [1, 2], "v": [1, 2, 3]}, {}, "shapes here: (2,) and (3,)"),
    ("c**2", {}, {"c": 2}, "has no variable"),
    ("x", {"x": "3"}, {}, "start.x cannot be '3'"),
    ("x", {"x": True}, {}, "start.x cannot be true"),
    ("x", {"x": float("nan")}, {}, "start.x cannot be nan"),
    ("sum(x)", {"x": []}, {}, "start.x is an empty list"),
    ("sum(x)", {"x": [1, "a"]}, {}, "start.x[1] cannot be 'a'"),
    ("sum(x)", {"x": [[1, 2]]}, {}, "start.x is a matrix"),
    ("x", {"x": {"form": 1, "to": 2}}, {}, "unknown key 'form' of the range start.x (did you mean 'from'?"),
    ("x", {"x": {"from": 1}}, {}, "the range start.x needs 'to'"),
    ("x", {"x": {"from": 2, "to": 1}}, {}, "goes from 2 down to 1"),
    ("x", {"x": {"from": 0, "to": 1, "size": 0}}, {}, "start.x.size cannot be 0"),
    ("x", {"x": {"from": 0, "to": 1, "size": 1.5}}, {}, "start.x.size cannot be 1.5"),
    ("x + c", {"x": 1}, {"c": "two"}, "constants.c cannot be 'two'"),
    ("x + sum(c)", {"x": 1}, {"c": [[1, 2], [3]]}, "the rows of constants.c are not of one length"),
    ("__import__('os')", {"x": 1}, {}, "strings are not part of a formula"),
]


@pytest.mark.parametrize(("formula", "start", "constants", "message"), WRONG, ids=[case[3] for case in WRONG])
def test_says_what_is_wrong(formula, start, constants, message):
    with pytest.raises(ParameterError) as error:
        Formula(formula, start, constants)
    assert message in str(error.value)


def test_everything_comes_at_once():
    with pytest.raises(ParameterError) as error:
        Formula("x + foo + bar", {"x": "a", "q": 1}, {"c": 1})
    text = str(error.value)
    assert all(word in text for word in ("'foo'", "'bar'", "start.x", "q does not occur", "c does not occur"))


def test_a_value_that_is_not_finite_where_it_starts_is_a_matter_of_the_run():
    assert np.isnan(Formula("log(x)", {"x": -1}).loss(np.array([np.nan])))
    Formula("log(x) + inv(A)[0, 0]*0", {"x": -1}, {"A": [[1.0]]})
