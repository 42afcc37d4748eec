"""Linear, logistic and softmax regression, and the perceptron with its rule."""

import itertools

import numpy as np
import pytest

from gdlab.autodiff import METHODS, softplus
from gdlab.autodiff.methods import Reverse
from gdlab.errors import ParameterError
from gdlab.experiment.minimize import minimize
from gdlab.experiment.spec import Batch
from gdlab.experiment.stepper import make_stepper
from gdlab.optimizers import SGD
from gdlab.problems.base import Flag
from gdlab.problems.data import And, Blobs, Digits, Iris, Moons, Or, Sine, Xor
from gdlab.problems.networks.criteria import huber
from gdlab.problems.networks.mlp import MLP
from gdlab.problems.networks.regressions import Linear, Logistic, Perceptron, Softmax

RNG = np.random.default_rng(0)


def design(problem):
    """Inputs with a last column of ones, and targets, of the rows to learn from."""
    table = problem.split.train
    return np.column_stack([table.inputs, np.ones(len(table))]), table.targets


@pytest.mark.parametrize(
    ("problem", "same"),
    [
        (Linear(data=Sine()), MLP(data=Sine(), hidden=(), criterion="squared")),
        (Linear(data=Moons(), criterion="huber", l1=0.1), MLP(data=Moons(), hidden=(), criterion="huber", l1=0.1)),
        (Logistic(data=Moons(), l2=0.1), MLP(data=Moons(), hidden=(), criterion="logistic", l2=0.1)),
        (Softmax(data=Iris(), bias=False), MLP(data=Iris(), hidden=(), criterion="softmax_cross_entropy", bias=False)),
        (Perceptron(data=Or()), MLP(data=Or(), hidden=(), criterion="perceptron")),
    ],
    ids=lambda p: p.name,
)
def test_each_is_a_network_without_a_hidden_layer(problem, same):
    w = RNG.normal(size=problem.dim)
    assert problem.loss(w) == same.loss(w)
    np.testing.assert_array_equal(problem.initial(RNG), np.zeros(problem.dim))


def test_losses_by_hand():
    w = RNG.normal(size=3)
    x, y = design(Logistic(data=Moons()))
    assert Logistic(data=Moons()).loss(w) == pytest.approx(np.mean(softplus(-(2 * y - 1) * (x @ w))), rel=1e-12)
    x, y = design(Linear(data=Sine()))
    assert Linear(data=Sine()).loss(w[:2]) == pytest.approx(np.mean((x @ w[:2] - y) ** 2), rel=1e-12)
    expected = huber(x @ w[:2], y, 0.3)
    assert Linear(data=Sine(), criterion="huber", delta=0.3).loss(w[:2]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("data", "classes"), [(Moons(), 2), (Iris(), 3), (Digits(), 10)])
def test_softmax_regression_starts_at_the_logarithm_of_the_number_of_classes(data, classes):
    problem = Softmax(data=data)
    assert problem.loss(problem.initial(RNG)) == pytest.approx(np.log(classes), rel=1e-12)


@pytest.mark.parametrize("fields", [{}, {"bias": False}, {"l2": 0.3}, {"l2": 0.3, "bias": False}])
def test_the_least_squares_solution_is_the_minimum(fields, slope):
    problem = Linear(data=Moons(), **fields)
    (best,) = problem.minimizers
    assert problem.infimum == problem.loss(best)
    np.testing.assert_allclose(METHODS["reverse"]().bind(problem.loss, best).gradient(best), 0, atol=1e-13)
    np.testing.assert_allclose(slope(problem.loss, best), 0, atol=1e-8)
    assert all(problem.loss(best + 0.1 * RNG.normal(size=best.size)) > problem.infimum for _ in range(50))


@pytest.mark.parametrize("problem", [Linear(criterion="huber"), Linear(l1=0.1), Linear(data=Iris())])
def test_other_minima_are_not_claimed_to_be_known(problem):
    assert problem.infimum is None
    assert problem.minimizers == ()


@pytest.mark.parametrize("kind", [Logistic, Perceptron])
def test_what_tells_two_classes_apart_refuses_three(kind):
    with pytest.raises(ParameterError, match=rf"{kind.name}: criterion .* is for two classes, but data 'iris' has 3"):
        kind(data=Iris()).drawn(np.random.default_rng(0))


def rosenblatt(problem, sweeps):
    """The rule as it is published, row after row, from w = 0; how many mistakes it corrects, and the last w."""
    x, y = design(problem)
    w, mistakes = np.zeros(3), 0
    for _ in range(sweeps):
        before = mistakes
        for row, answer in zip(x, y, strict=True):
            said = 1 if row @ w > 0 else 0
            w = w + (answer - said) * row
            mistakes += said != answer
        if mistakes == before:
            break
    return w, mistakes


@pytest.mark.parametrize("data", [And(), Or(), Xor()])
def test_gradients_of_single_rows_are_the_rule(data):
    problem = Perceptron(data=data)
    bound = METHODS["reverse"]().bind(problem.loss, np.zeros(3), np.array([0]))
    w = np.zeros(3)
    for _, row in itertools.product(range(7), range(4)):
        w = w - bound.gradient(w, np.array([row]))
    np.testing.assert_array_equal(w, rosenblatt_without_end(problem, 7))


def rosenblatt_without_end(problem, sweeps):
    x, y = design(problem)
    w = np.zeros(3)
    for _ in range(sweeps):
        for row, answer in zip(x, y, strict=True):
            w = w + (answer - (row @ w > 0)) * row
    return w


@pytest.mark.parametrize(("data", "separator"), [(And(), [2.0, 2.0, -3.0]), (Or(), [2.0, 2.0, -1.0])])
def test_the_rule_ends_within_the_bound_of_novikoff(data, separator):
    """At most R²/γ² mistakes, R the longest row and γ the least distance of a row from a line that separates."""
    problem = Perceptron(data=data)
    x, y = design(problem)
    margin = np.min((2 * y - 1) * (x @ separator)) / np.linalg.norm(separator)
    assert margin > 0
    w, mistakes = rosenblatt(problem, sweeps=1_000)
    assert 0 < mistakes <= np.max(np.sum(x**2, axis=1)) / margin**2
    assert problem.accuracy(w) == 1.0
    assert problem.loss(w) == 0.0


@pytest.mark.parametrize(("data", "best"), [(And(), 1.0), (Or(), 1.0), (Xor(), 0.75)])
def test_sgd_on_single_rows_is_the_rule(data, best):
    problem = Perceptron(data=data)
    stepper = make_stepper(problem, Reverse(), SGD(lr=1.0), np.zeros(3), Batch(size=1))
    accuracies = []
    for _ in range(200):
        stepper.next()
        np.testing.assert_array_equal(stepper.w, np.rint(stepper.w))  # sums of rows, which are whole numbers
        accuracies.append(problem.accuracy(stepper.w))
    assert max(accuracies) == best
    assert best < 1 or accuracies[-50:] == [1.0] * 50


def test_no_weights_tell_xor():
    problem = Perceptron(data=Xor())
    w = np.zeros(3)
    best = 0.0
    for row in np.random.default_rng(0).integers(0, 4, 400):
        w = w - METHODS["reverse"]().bind(problem.loss, w, np.array([row])).gradient(w, np.array([row]))
        best = max(best, problem.accuracy(w))
    assert best == 0.75


def test_at_0_the_loss_is_least_and_the_rule_still_moves():
    problem = Perceptron()
    assert problem.loss(np.zeros(3)) == problem.infimum == 0
    assert problem.flags == (Flag.KINK,)
    assert np.any(METHODS["reverse"]().bind(problem.loss, np.zeros(3)).gradient(np.zeros(3)) != 0)


@pytest.mark.parametrize("kind", [Logistic, Softmax])
def test_it_learns_what_a_line_separates(kind):
    problem = kind(data=Moons(noise=0.05), l2=1e-3)
    result = minimize(problem, None, {"name": "lbfgs"}, steps=100)
    assert problem.accuracy(result.w) > 0.85
    assert result.outcome.status == "converged"


def test_fields_that_a_problem_fixes_cannot_be_set():
    for kind in (Logistic, Softmax, Perceptron):
        with pytest.raises(TypeError):
            kind(data=Blobs(), criterion="squared")
