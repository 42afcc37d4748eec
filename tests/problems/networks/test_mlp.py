"""Networks of any make on rows that are known by heart."""

import itertools
import math

import numpy as np
import pytest

from gdlab.autodiff import METHODS, AtPoints
from gdlab.errors import DataError, ParameterError
from gdlab.experiment.seeds import Streams
from gdlab.problems.base import Flag
from gdlab.problems.data import Digits, Iris, Moons, Sine, Xor
from gdlab.problems.networks.activations import ACTIVATIONS
from gdlab.problems.networks.criteria import CRITERIA
from gdlab.problems.networks.mlp import MLP

RNG = np.random.default_rng(0)
INPUTS = [[0.5, -1.0], [2.0, 0.3], [-0.7, 1.1], [0.2, 0.9], [-1.5, -0.4]]
ANSWERS = {0: [0.3, -1.2, 0.8, 2.0, -0.1], 2: [0, 1, 1, 0, 1], 3: [0, 2, 1, 1, 0]}
FIT = [(name, classes) for name, rule in CRITERIA.items() for classes in ANSWERS if rule.allows(classes)]


def on(rows, classes, **fields):
    names = tuple("abc"[:classes])
    return MLP(data=rows(INPUTS, ANSWERS[classes], names), **fields)


def by_hand(criterion, z, y, classes):
    """The loss of one row with last sums z and answer y, with plain Python numbers."""
    if criterion == "softmax_cross_entropy":
        return -math.log(math.exp(z[y]) / sum(math.exp(v) for v in z))
    wanted = [float(y)] if classes <= 2 else [float(k == y) for k in range(classes)]
    sign = 2 * wanted[0] - 1
    each = {
        "squared": lambda v, t: (v - t) ** 2,
        "huber": lambda v, t: (v - t) ** 2 / 2 if abs(v - t) <= 0.5 else 0.5 * (abs(v - t) - 0.25),
        "binary_cross_entropy": lambda v, t: -t * math.log(1 / (1 + math.exp(-v))) - (1 - t) * math.log(
            1 / (1 + math.exp(v))
        ),
        "logistic": lambda v, t: math.log(1 + math.exp(-sign * v)),
        "hinge": lambda v, t: max(0.0, 1 - sign * v),
        "perceptron": lambda v, t: max(0.0, -sign * v),
    }  # fmt: skip
    return sum(each[criterion](v, t) for v, t in zip(z, wanted, strict=True)) / len(wanted)


@pytest.mark.parametrize(("criterion", "classes"), FIT)
@pytest.mark.parametrize("bias", [True, False])
def test_the_loss_is_the_mean_of_losses_written_row_by_row(rows, criterion, classes, bias):
    problem = on(rows, classes, criterion=criterion, hidden=(3,), activation="tanh", delta=0.5, bias=bias)
    w = RNG.normal(size=problem.dim)
    (w1, b1), (w2, b2) = ((at.weights(w), at.biases(w) if bias else 0.0) for at in problem.network.layers)
    z = np.tanh(np.array(INPUTS) @ w1 + b1) @ w2 + b2
    losses = [by_hand(criterion, row.tolist(), y, classes) for row, y in zip(z, ANSWERS[classes], strict=True)]
    assert problem.loss(w) == pytest.approx(np.mean(losses), rel=1e-12)
    assert problem.loss(w, np.array([3, 0])) == pytest.approx((losses[3] + losses[0]) / 2, rel=1e-12)
    np.testing.assert_allclose(problem.scores(w, np.array(INPUTS)), z, rtol=1e-12)


@pytest.mark.parametrize(
    ("activation", "criterion"),
    [
        *itertools.product(ACTIVATIONS, ["squared", "softmax_cross_entropy"]),
        *itertools.product(["tanh", "relu"], CRITERIA),
    ],
)
def test_all_methods_agree(rows, slope, activation, criterion):
    classes = 2 if CRITERIA[criterion].fits == "two classes" else 3
    problem = on(rows, classes, activation=activation, criterion=criterion, hidden=(3, 2), l1=0.02, l2=0.03)
    for w in RNG.normal(size=(2, problem.dim)):
        reference = slope(problem.loss, w)
        found = {name: method().bind(problem.loss, w).value_and_gradient(w) for name, method in METHODS.items()}
        for name, (value, gradient) in found.items():
            assert value == pytest.approx(problem.loss(w), rel=1e-12)
            np.testing.assert_allclose(gradient, reference, rtol=0, atol=1e-6 * (1 + np.max(np.abs(reference))))
            if name != "numeric":
                np.testing.assert_allclose(gradient, found["reverse"][1], rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("criterion", "classes"), FIT)
def test_many_points_at_once_as_lanes(rows, activation, criterion, classes):
    problem = on(rows, classes, activation=activation, criterion=criterion, hidden=(2,), l1=0.1, l2=0.1)
    points = RNG.normal(size=(problem.dim, 5))
    at_points = AtPoints(problem.loss, points[:, 0], lanes=5)
    assert at_points.compiled
    np.testing.assert_allclose(at_points(points), [problem.loss(w) for w in points.T], rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [-1e3, 1e3])
@pytest.mark.parametrize(("criterion", "classes"), FIT)
def test_sums_of_a_thousand_are_no_trouble(rows, criterion, classes, method, size):
    problem = on(rows, classes, criterion=criterion, hidden=())
    w = size * np.sign(RNG.normal(size=problem.dim))
    assert np.max(np.abs(problem.scores(w, np.array(INPUTS)))) > 1_000
    with np.errstate(over="ignore"):  # of exp in 1/(1 + exp(−z)), where 1/inf = 0 is right
        value, gradient = METHODS[method]().bind(problem.loss, w).value_and_gradient(w)
    assert np.isfinite(value)
    assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize(
    ("fields", "dim"),
    [
        ({"data": Xor(), "hidden": (2,)}, 9),
        ({"data": Xor(), "hidden": (4,)}, 17),
        ({"data": Xor(), "hidden": (4,), "bias": False}, 12),
        ({"data": Digits(), "hidden": (64,)}, 4810),
        ({"data": Iris(), "hidden": (5, 4)}, 5 * 5 + 6 * 4 + 5 * 3),
        ({"data": Sine(), "hidden": []}, 2),
        ({"data": Xor(), "hidden": (), "criterion": "softmax_cross_entropy"}, 6),
    ],
)
def test_number_of_parameters(fields, dim):
    assert MLP(**fields).dim == dim


@pytest.mark.parametrize(
    ("data", "criterion", "outputs"),
    [(Sine(), "squared", 1), (Moons(), "binary_cross_entropy", 1), (Iris(), "softmax_cross_entropy", 3)],
)
def test_a_criterion_that_is_left_open_fits_the_data(data, criterion, outputs):
    head = MLP(data=data).head
    assert (head.criterion, head.outputs) == (criterion, outputs)


def test_classes_that_do_not_exclude_each_other_have_a_sigmoid_each(rows):
    problem = on(rows, 3, criterion="binary_cross_entropy", hidden=())
    w = RNG.normal(size=problem.dim)
    z = np.array(INPUTS) @ w[:6].reshape(2, 3) + w[6:]
    p, y = 1 / (1 + np.exp(-z)), np.eye(3)[ANSWERS[3]]
    assert problem.loss(w) == pytest.approx(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), rel=1e-12)


def test_penalties_count_weights_and_not_biases(rows):
    plain = on(rows, 2, hidden=(3,))
    w = RNG.normal(size=plain.dim)
    weights = np.concatenate([w[0:6], w[9:12]])
    for l1, l2 in ((0.1, 0.0), (0.0, 0.3), (0.1, 0.3)):
        problem = on(rows, 2, hidden=(3,), l1=l1, l2=l2)
        expected = plain.loss(w) + l1 * np.sum(np.abs(weights)) + l2 / 2 * np.sum(weights**2)
        assert problem.loss(w) == pytest.approx(expected, rel=1e-14)
        more = METHODS["reverse"]().bind(lambda v, p=problem: p.loss(v) - plain.loss(v), w).gradient(w)
        at = np.isin(w, weights)
        np.testing.assert_allclose(more, np.where(at, l1 * np.sign(w) + l2 * w, 0), rtol=0, atol=1e-14)


def test_a_penalty_holds_for_any_batch_alike(rows):
    problem, plain = on(rows, 2, l2=0.5), on(rows, 2)
    w = RNG.normal(size=plain.dim)
    batch = np.array([1, 4])
    assert problem.loss(w, batch) - plain.loss(w, batch) == pytest.approx(problem.loss(w) - plain.loss(w), rel=1e-12)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_steps_of_a_step_network_learn_nothing(rows, classes):
    problem = on(rows, classes, hidden=(4,), activation="step")
    w = RNG.normal(size=problem.dim)
    for method in ("reverse", "dual", "symbolic"):
        gradient = METHODS[method]().bind(problem.loss, w).gradient(w)
        assert np.all(gradient[: problem.network.layers[0].end] == 0)
        assert np.any(gradient[problem.network.layers[0].end :] != 0)


@pytest.mark.parametrize(("output", "apply"), [("sigmoid", lambda z: 1 / (1 + np.exp(-z))), ("tanh", np.tanh)])
def test_an_output_function(rows, output, apply):
    problem = on(rows, 0, criterion="squared", output=output, hidden=())
    w = RNG.normal(size=3)
    p = apply(np.array(INPUTS) @ w[:2] + w[2])
    assert problem.loss(w) == pytest.approx(np.mean((p - ANSWERS[0]) ** 2), rel=1e-12)
    np.testing.assert_allclose(problem.predict(w, np.array(INPUTS)), p, rtol=1e-12)
    np.testing.assert_allclose(problem.residuals(w, None), p - ANSWERS[0], rtol=1e-12)


@pytest.mark.parametrize("fields", [{"l1": 0.1}, {"l2": 0.1}, {"criterion": "huber"}])
def test_only_the_squared_loss_without_penalties_has_residuals(rows, fields):
    assert on(rows, 0).residuals is not None
    assert on(rows, 0, **fields).residuals is None


def test_classes_are_told_by_the_largest_sum_and_the_first_of_equal_ones(rows):
    problem = on(rows, 3, hidden=())
    w = RNG.normal(size=problem.dim)
    predicted = problem.predict(w, np.array(INPUTS))
    assert predicted.tolist() == np.argmax(problem.scores(w, np.array(INPUTS)), axis=1).tolist()
    assert problem.accuracy(w) == pytest.approx(np.mean(predicted == ANSWERS[3]))
    assert problem.predict(np.zeros(problem.dim), np.array(INPUTS)).tolist() == [0] * 5
    assert problem.accuracy(np.zeros(problem.dim)) == 2 / 5


@pytest.mark.parametrize("criterion", CRITERIA)
def test_two_classes_are_told_by_their_side(rows, criterion):
    problem = on(rows, 2, criterion=criterion, hidden=())
    w = RNG.normal(size=problem.dim)
    z = problem.scores(w, np.array(INPUTS))
    second = z[:, 1] > z[:, 0] if z.shape[1] == 2 else z[:, 0] > (0.5 if criterion in ("squared", "huber") else 0)
    assert problem.predict(w, np.array(INPUTS)).tolist() == second.astype(int).tolist()
    assert problem.accuracy(w) == pytest.approx(np.mean(second == (np.array(ANSWERS[2]) == 1)))
    assert problem.accuracy(w, np.array([2])) in (0.0, 1.0)


def test_measures_are_those_that_the_data_have():
    cases = {
        Sine(): set(),
        Sine(test=0.2): {"test_loss"},
        Moons(): {"accuracy"},
        Iris(test=0.2): {"accuracy", "test_loss", "test_accuracy"},
    }
    for data, names in cases.items():
        assert set(MLP(data=data).measures()) == names


def test_measures_of_the_test_part_leave_penalties_out():
    problem = MLP(data=Iris(test=0.2), l2=1.0)
    test = problem.split.test
    w = problem.initial(RNG)
    z = problem.scores(w, test.inputs)
    logs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    measures = problem.measures()
    assert problem.rows == len(problem.split.train) == 120
    for batch in (None, np.array([0])):
        assert measures["test_loss"](w, batch) == pytest.approx(-np.mean(logs[np.arange(30), test.targets]))
        assert measures["test_accuracy"](w, batch) == np.mean(problem.predict(w, test.inputs) == test.targets)


def test_what_is_not_drawn_has_the_data_of_seed_0():
    problem = MLP(data=Moons())
    seed_0, seed_1 = (problem.drawn(Streams.of(seed).data) for seed in (0, 1))
    np.testing.assert_array_equal(problem.split.train.inputs, seed_0.split.train.inputs)
    assert not np.array_equal(seed_0.split.train.inputs, seed_1.split.train.inputs)
    w = problem.initial(RNG)
    assert problem.loss(w) == seed_0.loss(w) != seed_1.loss(w)


def test_drawn_problems_are_equal_records():
    problem = MLP(data=Moons(), hidden=[4])
    drawn = problem.drawn(np.random.default_rng(5))
    assert drawn == problem == MLP(data=Moons(), hidden=(4,))
    assert hash(drawn) == hash(problem)
    assert problem != MLP(data=Moons(noise=0.3), hidden=(4,))


def test_hidden_units_can_change_places():
    assert MLP(hidden=(2,)).flags == (Flag.MANY_MINIMA,)
    assert MLP(hidden=()).flags == MLP(hidden=(1,)).flags == ()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"data": 3}, "mlp: data = 3 is not allowed, it must be a data set"),
        ({"hidden": (0,)}, "mlp: hidden = [0] is not allowed, it must be a list of whole numbers ≥ 1"),
        (
            {"activation": "tanh", "slope": 0.5},
            "mlp: slope = 0.5 is not allowed with activation 'tanh'; it belongs to relu, leaky_relu and elu",
        ),
        (
            {"criterion": "hinge", "output": "sigmoid"},
            "mlp: output = 'sigmoid' is not allowed with criterion 'hinge', which takes the sums of the last layer; ",
        ),
        (
            {"criterion": "squared", "output": "softmax"},
            "mlp: output = 'softmax' is not allowed, it must be identity, step, sigmoid, tanh, relu, leaky_relu, elu, ",
        ),
        ({"l2": -1.0}, "mlp: l2 = -1.0 is not allowed, it must be a number ≥ 0"),
    ],
)
def test_what_does_not_go_together_is_refused(fields, message):
    with pytest.raises(ParameterError) as caught:
        MLP(**fields)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("criterion", ["logistic", "hinge", "perceptron"])
def test_a_criterion_that_does_not_fit_the_data_is_refused(rows, criterion):
    problem = on(rows, 3, criterion=criterion)
    with pytest.raises(ParameterError) as caught:
        problem.drawn(np.random.default_rng(0))
    has = f"mlp: criterion {criterion!r} is for two classes, but data 'made' has 3 classes, "
    assert str(caught.value) == has + (
        "for which there are squared, huber, binary_cross_entropy and softmax_cross_entropy"
    )
    with pytest.raises(ParameterError):
        problem.loss(np.zeros(3))


@pytest.mark.parametrize("criterion", ["logistic", "binary_cross_entropy", "softmax_cross_entropy"])
def test_numbers_that_are_no_classes_are_refused_by_row(criterion):
    with pytest.raises(DataError, match=r"data 'sine', row 1: the target .* is no class"):
        MLP(data=Sine(), criterion=criterion).drawn(np.random.default_rng(0))


@pytest.mark.parametrize(("criterion", "outputs"), [("softmax_cross_entropy", 3), (None, 1)])
def test_whole_numbers_are_classes_where_the_criterion_asks_for_such(rows, criterion, outputs):
    problem = MLP(data=rows(INPUTS, [4.0, 6.0, 5.0, 4.0, 6.0]), criterion=criterion)
    assert problem.head.outputs == outputs
