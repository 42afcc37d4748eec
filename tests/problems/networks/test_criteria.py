import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.autodiff import gradient
from gdlab.problems.networks.criteria import (
    CRITERIA,
    Criterion,
    binary_cross_entropy,
    hinge,
    huber,
    logistic,
    perceptron,
    softmax_cross_entropy,
    squared,
)

AT_5 = 0.006715348489117967  # log(1 + exp(−5))


def test_squared_is_a_mean_over_rows_and_outputs():
    assert squared(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])) == (0 + 1 + 4 + 16) / 4


@pytest.mark.parametrize(
    ("z", "y", "expected"),
    [
        (0.0, 0.0, math.log(2)),
        (0.0, 1.0, math.log(2)),
        (math.log(3), 1.0, math.log(4 / 3)),
        (math.log(3), 0.0, math.log(4)),
        (5.0, 1.0, AT_5),
        (-5.0, 0.0, AT_5),
        (1000.0, 0.0, 1000.0),
        (1000.0, 1.0, 0.0),
        (-1000.0, 1.0, 1000.0),
        (-1000.0, 0.0, 0.0),
    ],
)
def test_binary_cross_entropy_is_exact_at_any_size(z, y, expected):
    assert binary_cross_entropy(np.array([[z]]), np.array([[y]])) == pytest.approx(expected, rel=1e-13)
    assert logistic(np.array([[z]]), np.array([[2 * y - 1]])) == pytest.approx(expected, rel=1e-13)


def test_the_logistic_loss_of_y_1_and_f_5():
    assert logistic(np.array([[5.0]]), np.array([[1.0]])) == pytest.approx(AT_5, rel=1e-14)


@pytest.mark.parametrize(
    ("z", "place", "expected"),
    [
        ([0.0, 0.0, 0.0], 1, math.log(3)),
        ([math.log(2), 0.0, 0.0], 0, math.log(2)),
        ([5.0, 0.0], 0, AT_5),
        ([1005.0, 1000.0], 0, AT_5),
        ([-995.0, -1000.0], 0, AT_5),
        ([1000.0, -1000.0], 1, 2000.0),
        ([-1000.0, 1000.0], 1, 0.0),
    ],
)
def test_softmax_cross_entropy_keeps_its_digits_at_any_size(z, place, expected):
    y = np.eye(len(z))[[place]]
    assert softmax_cross_entropy(np.array([z]), y) == pytest.approx(expected, rel=1e-13)
    slope = gradient(lambda x: softmax_cross_entropy(x.reshape(1, -1), y), z)
    shifted = np.exp(np.array(z) - max(z))
    np.testing.assert_allclose(slope, shifted / shifted.sum() - y[0], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("z", "y", "expected", "slope"),
    [
        (2.0, 1.0, 0.0, 0.0),
        (0.5, 1.0, 0.5, -1.0),
        (-3.0, 1.0, 4.0, -1.0),
        (-3.0, -1.0, 0.0, 0.0),
        (3.0, -1.0, 4.0, 1.0),
    ],
)
def test_hinge(z, y, expected, slope):
    assert hinge(np.array([[z]]), np.array([[y]])) == expected
    assert gradient(lambda x: hinge(x.reshape(1, 1), y), [z])[0] == slope


@pytest.mark.parametrize(
    ("error", "delta", "expected", "slope"),
    [
        (0.0, 1.0, 0.0, 0.0),
        (0.5, 1.0, 0.125, 0.5),
        (-0.5, 1.0, 0.125, -0.5),
        (3.0, 1.0, 2.5, 1.0),
        (-3.0, 1.0, 2.5, -1.0),
        (3.0, 2.0, 4.0, 2.0),
        (1000.0, 2.0, 1998.0, 2.0),
    ],
)
def test_huber(error, delta, expected, slope):
    y = np.array([[7.0]])
    assert huber(y + error, y, delta) == expected
    found = gradient(lambda x: huber(x.reshape(1, 1), y, delta), [7.0 + error])[0]
    assert found == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize(
    ("z", "y", "expected", "slope"),
    [(2.0, 1.0, 0.0, 0.0), (-2.0, 1.0, 2.0, -1.0), (2.0, 0.0, 2.0, 1.0), (-2.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, -1.0)],
)
def test_the_perceptron_criterion_and_its_rule(z, y, expected, slope):
    assert perceptron(np.array([[z]]), np.array([[y]])) == expected
    for method in ("dual", "reverse", "symbolic"):
        assert gradient(lambda x: perceptron(x.reshape(1, 1), y), [z], method)[0] == slope


LOGITS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6)


@given(LOGITS, st.data())
def test_softmax_cross_entropy_is_never_negative_and_does_not_see_what_is_added_to_all(z, data):
    y = np.eye(len(z))[[data.draw(st.integers(0, len(z) - 1))]]
    loss = softmax_cross_entropy(np.array([z]), y)
    assert loss >= 0
    assert softmax_cross_entropy(np.array([z]) + 64, y) == pytest.approx(loss, rel=1e-9, abs=1e-9)
    slope = gradient(lambda x: softmax_cross_entropy(x.reshape(1, -1), y), z)
    assert np.sum(slope) == pytest.approx(0, abs=1e-12)


@given(st.floats(-1e3, 1e3), st.sampled_from([0.0, 1.0]))
def test_two_classes_cost_the_same_by_a_sigmoid_a_sign_and_a_softmax(z, y):
    loss = binary_cross_entropy(np.array([[z]]), np.array([[y]]))
    assert logistic(np.array([[z]]), np.array([[2 * y - 1]])) == pytest.approx(loss, rel=1e-9, abs=1e-12)
    assert softmax_cross_entropy(np.array([[0.0, z]]), np.array([[1 - y, y]])) == pytest.approx(
        loss, rel=1e-9, abs=1e-12
    )


def test_every_allowed_word_has_its_row():
    assert tuple(CRITERIA) == get_args(Criterion)
