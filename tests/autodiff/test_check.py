"""The checker: it passes what is right, explains kinks, and catches every planted error, in second order too."""

import numpy as np
import pytest

from gdlab.autodiff.check import check_gradient
from gdlab.autodiff.elementwise import detach
from gdlab.autodiff.primitive import Elementwise
from gdlab.problems import PROBLEMS


def test_all_methods_agree_on_the_polynomial():
    check = check_gradient(lambda w: w[0] ** 2 * w[1] + w[1] + 2, [3.0, 4.0], [1.0, -1.0])
    assert check.ok
    count = len(check.labels)
    assert str(check) == f"{count} methods at 2 points: all agree"
    assert len(check.first) == len(check.second) == count * (count - 1) / 2
    assert max(check.first.values()) < 1e-6
    assert check.first["dual", "reverse"] == 0


# Its criterion has the gradient of Rosenblatt's rule by declaration, which is no derivative of the loss where f = 0.
DECLARED = {"perceptron"}


@pytest.mark.parametrize("name", sorted(set(PROBLEMS) - DECLARED))
def test_every_problem_passes(name):
    problem, rng = PROBLEMS[name](), np.random.default_rng(3)
    w = problem.initial(rng)
    around = w + 0.05 * np.maximum(1, np.abs(w)) * rng.standard_normal(w.shape)
    check = check_gradient(problem.loss, w, around)
    assert check.ok, str(check)


# fmt: off
PLANTED = {
    # name: the order in which it is wrong, and the rule
    "slightly too steep": (1, Elementwise("planted", np.square, lambda z, x: 2.001 * x)),
    "wrong sign":         (1, Elementwise("planted", np.cos,    lambda z, x: np.sin(x))),
    "constant":           (1, Elementwise("planted", np.tanh,   1)),
    "lost in 2nd order":  (2, Elementwise("planted", np.square, lambda z, x: 2 * detach(x))),
    "wrong in 2nd order": (2, Elementwise("planted", np.exp,    lambda z, x: z * (1 + 0.01 * (x - detach(x))))),
}
# fmt: on


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_caught(name):
    order, planted = PLANTED[name]
    check = check_gradient(lambda w: np.sum(planted(w) * w[::-1]), [0.5, 1.5])
    assert not check.ok
    assert {disagreement.order for disagreement in check.disagreements} >= {order}
    if order == 2:
        assert all(disagreement.order == 2 for disagreement in check.disagreements)
    assert "differ in the" in str(check)


def test_a_kink_explains_a_difference_and_is_named():
    check = check_gradient(lambda w: np.abs(w[0]) * w[1], [0.0, 1.0], names=["x", "y"])
    assert check.ok
    assert check.summary.endswith("methods at 1 point: all agree, except at kinks")
    assert str(check) == f"{check.summary}\nat point 1: {check.kinks[0][0]}"
    assert [kink.step for kink in check.kinks[0]] == ["abs(x)"]
    assert all(disagreement.kinks for disagreement in check.disagreements)


def test_a_kink_at_one_point_excuses_nothing_at_another():
    planted = PLANTED["wrong sign"][1]
    check = check_gradient(lambda w: np.abs(w[0]) + planted(w[1]), [0.0, 0.0], [1.0, 1.0])
    assert not check.ok
    assert "at point 2" in str(check)


def test_a_function_that_branches_is_checked_by_the_others():
    check = check_gradient(lambda w: w[0] ** 2 if w[0] > 0 else -w[0], [1.0])
    assert check.ok
    assert "reverse, retraced" in check.labels
    (labels,) = [labels for labels in check.left_out if "symbolic" in labels]
    assert f"left out: {labels}: {check.left_out[labels]}" in str(check).splitlines()


def test_hessians_of_many_parameters_are_left_out():
    check = check_gradient(lambda w: np.sum(np.sin(w)), np.ones(40))
    assert check.ok
    assert check.second == {}


def test_without_a_value_there_is_nothing_to_compare():
    check = check_gradient(lambda w: np.log(w[0]), [1.0], [-1.0], names=["x"])
    assert (check.ok, check.disagreements) == (False, ())
    assert check.undefined == {1: "log(x) is not defined at x = -1"}
    assert check.summary == "no value to differentiate at point 2: log(x) is not defined at x = -1"
