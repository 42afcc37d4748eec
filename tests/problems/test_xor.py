import math
from itertools import pairwise, product

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.problems.base import Flag
from gdlab.problems.data import Xor
from gdlab.problems.networks.activations import ACTIVATIONS
from gdlab.problems.networks.mlp import MLP
from gdlab.problems.xor import XOR

RNG = np.random.default_rng(0)

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])

# tanh units that switch at x₁ + x₂ = 1/2 and 3/2; their difference is large only in between.
SOLUTION_2_2_1 = 20 * np.array([1, 1, 1, 1, -0.5, -1.5, 1, -1, -1])


def by_hand(w, hidden, activate, x):
    """The network's last sum for one row, with plain Python numbers, taking parameters from the front of w."""
    values, rest = list(x), list(w)
    sizes = [2, *hidden, 1]
    for depth, (inputs, outputs) in enumerate(pairwise(sizes)):
        weights = [[rest.pop(0) for _ in range(outputs)] for _ in range(inputs)]
        biases = [rest.pop(0) for _ in range(outputs)]
        values = [sum(v * weights[i][j] for i, v in enumerate(values)) + biases[j] for j in range(outputs)]
        if depth < len(hidden):
            values = [activate(v) for v in values]
    assert not rest
    return values[0]


BY_HAND = {"sigmoid": lambda v: 1 / (1 + math.exp(-v)), "tanh": math.tanh, "relu": lambda v: max(0.0, v)}
LOSS_BY_HAND = {
    "squared": lambda p, y: (p - y) ** 2,
    "binary_cross_entropy": lambda p, y: -y * math.log(p) - (1 - y) * math.log(1 - p),
}


@pytest.mark.parametrize(("hidden", "parameters"), [((), 3), ((2,), 9), ((4,), 17), ((4, 3), 31)])
def test_number_of_parameters(hidden, parameters):
    problem = XOR(hidden=hidden)
    assert problem.dim == parameters
    assert problem.initial(RNG).shape == (parameters,)


@pytest.mark.parametrize("criterion", ["squared", "binary_cross_entropy"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("hidden", [(), (2,), (4,), (3, 2)])
def test_loss_agrees_with_one_written_row_by_row(hidden, activation, criterion):
    problem = XOR(hidden=hidden, activation=activation, criterion=criterion)
    w = RNG.normal(size=problem.dim)
    losses = []
    for x, y in zip(INPUTS, TARGETS[:, 0], strict=True):
        p = 1 / (1 + math.exp(-by_hand(w, hidden, BY_HAND[activation], x)))
        losses.append(LOSS_BY_HAND[criterion](p, y))
    assert problem.loss(w) == pytest.approx(sum(losses) / 4, rel=1e-12)
    assert problem.loss(w, rows=np.array([2, 1])) == pytest.approx((losses[2] + losses[1]) / 2, rel=1e-12)


def test_weights_found_by_thought_solve_it():
    problem = XOR(hidden=(2,))
    assert problem.loss(SOLUTION_2_2_1) < 1e-15
    assert problem.accuracy(SOLUTION_2_2_1) == 1.0


def test_accuracy_counts_right_rows():
    problem = XOR(hidden=())
    accuracy = problem.measures()["accuracy"]
    is_or = np.array([1.0, 1.0, -0.5])
    assert accuracy(is_or, None) == 0.75
    assert accuracy(is_or, np.array([3])) == 0.0
    assert accuracy(is_or, np.array([0, 1, 2])) == 1.0


@pytest.mark.parametrize(("criterion", "floor"), [("squared", 0.25), ("binary_cross_entropy", math.log(2))])
def test_a_perceptron_gets_no_lower_than_its_floor(criterion, floor):
    problem = XOR(hidden=(), criterion=criterion)
    (best,) = problem.minimizers
    assert problem.infimum == pytest.approx(floor)
    assert problem.loss(best) == pytest.approx(floor)
    for scale in (0.1, 1.0, 10.0):
        points = RNG.normal(size=(2_000, 3)) * scale
        assert min(problem.loss(w) for w in points) >= floor - 1e-12
        assert max(problem.accuracy(w) for w in points) == 0.75


@pytest.mark.parametrize(("criterion", "floor"), [("squared", 0.25), ("binary_cross_entropy", math.log(2))])
def test_hidden_units_that_do_not_bend_are_of_no_use(criterion, floor):
    problem = XOR(hidden=(3, 2), activation="identity", criterion=criterion)
    (best,) = problem.minimizers
    assert problem.infimum == problem.loss(best) == pytest.approx(floor)
    assert min(problem.loss(w) for w in RNG.normal(size=(500, problem.dim))) >= floor - 1e-12


@pytest.mark.parametrize(("hidden", "infimum"), [((2,), 0.0), ((4,), 0.0), ((1,), None), ((1, 3), 0.0), ((1, 1), None)])
def test_what_is_known_of_the_minimum_of_a_network(hidden, infimum):
    problem = XOR(hidden=hidden)
    assert problem.infimum == infimum
    assert problem.minimizers == ()
    assert (Flag.NOT_ATTAINED in problem.flags) == (infimum == 0.0)


@pytest.mark.parametrize("criterion", ["squared", "binary_cross_entropy"])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_the_loss_is_finite_for_huge_parameters(activation, criterion):
    problem = XOR(activation=activation, criterion=criterion)
    for size in (-1_000.0, 1_000.0):
        assert np.isfinite(problem.loss(np.full(17, size)))


def test_the_start_depends_on_nothing_but_the_generator():
    problem = XOR()
    first, again, other = (problem.initial(np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_it_is_a_network_on_the_data_of_that_name():
    for criterion in ("squared", "binary_cross_entropy"):
        problem = XOR(hidden=(3,), criterion=criterion)
        same = MLP(data=Xor(), hidden=(3,), activation="tanh", criterion=criterion, output="sigmoid", init="xavier")
        w = problem.initial(np.random.default_rng(4))
        np.testing.assert_array_equal(w, same.initial(np.random.default_rng(4)))
        assert problem.loss(w) == same.loss(w)
        assert problem.drawn(np.random.default_rng(9)).loss(w) == problem.loss(w)


def test_equal_experiments_are_equal_records():
    assert XOR(hidden=[4]) == XOR(hidden=(4,))
    assert hash(XOR(hidden=[4])) == hash(XOR())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"hidden": (0,)}, r"hidden = \[0\] .* whole numbers ≥ 1"),
        ({"activation": "tan"}, "activation = 'tan' .* identity, step, sigmoid, tanh, relu, .* or gelu"),
        ({"criterion": "hinge"}, "criterion = 'hinge' .* squared or binary_cross_entropy"),
        ({"init": "ones"}, "init = 'ones' .* xavier, he, normal or zeros"),
    ],
)
def test_what_is_refused(fields, message):
    with pytest.raises(ParameterError, match=message):
        XOR(**fields)


def adam(gradient, w, steps, lr):
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        g = gradient(w)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        w = w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


def slope_2_4_1(w):
    """The gradient of the squared loss of 2-4-1 with tanh, derived by hand."""
    w1, b1, w2, b2 = w[:8].reshape(2, 4), w[8:12], w[12:16].reshape(4, 1), w[16:]
    h = np.tanh(INPUTS @ w1 + b1)
    p = 1 / (1 + np.exp(-(h @ w2 + b2)))
    dz = (p - TARGETS) * p * (1 - p) / 2
    dh = dz @ w2.T * (1 - h**2)
    return np.concatenate([(INPUTS.T @ dh).ravel(), dh.sum(axis=0), (h.T @ dz).ravel(), dz.sum(axis=0)])


def test_the_default_start_leads_a_hand_written_adam_to_a_solution():
    problem = XOR()
    for seed in range(3):
        w = adam(slope_2_4_1, problem.initial(np.random.default_rng(seed)), steps=2_000, lr=0.05)
        assert problem.accuracy(w) == 1.0
        assert problem.loss(w) < 1e-3


def test_the_rows_are_the_truth_table_in_this_order():
    table = XOR().split.train
    assert [(int(a), int(b), y) for (a, b), y in zip(table.inputs, table.targets, strict=True)] == [
        (a, b, a ^ b) for a, b in product((0, 1), repeat=2)
    ]
