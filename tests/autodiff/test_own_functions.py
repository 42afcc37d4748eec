"""The functions that NumPy lacks: stable where the textbook forms overflow, and rows of a minibatch."""

import numpy as np
import pytest

from gdlab.autodiff import (
    METHODS,
    gradient,
    hessian,
    leaky_relu,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    softmax,
    softplus,
    take_rows,
    value_and_gradient,
)
from gdlab.errors import DifferentiationError

EXTREME = [-1e300, -1000.0, -745.2, -36.8, 0.0, 36.8, 709.8, 1000.0, 1e300]
exact_methods = pytest.mark.parametrize("method", ["reverse", "dual"])


@exact_methods
@pytest.mark.parametrize("x", EXTREME)
def test_stable_at_any_size(method, x):
    step = 0.0 if x < 0 else 1.0 if x > 0 else 0.5
    value, slope = value_and_gradient(sigmoid, x, method)
    np.testing.assert_allclose([value, slope], [step, 0.25 * (x == 0)], atol=2e-16)
    value, slope = value_and_gradient(softplus, x, method)
    np.testing.assert_allclose([value, slope], [np.log(2) if x == 0 else max(x, 0.0), step], atol=2e-16)
    for function in (sigmoid, softplus):
        assert np.all(np.isfinite(hessian(lambda w, f=function: f(w[0]), [x], method)))


def test_the_textbook_forms_overflow_there():
    with np.errstate(all="ignore"):
        assert np.isnan(np.exp(1000.0) / (1 + np.exp(1000.0)))
        assert np.isinf(np.log(1 + np.exp(1000.0)))


@exact_methods
def test_logsumexp_and_softmax_are_stable(method):
    x = np.array([1000.0, 1000.0, 0.0])
    value, slope = value_and_gradient(logsumexp, x, method)
    np.testing.assert_allclose(value, 1000 + np.log(2))
    np.testing.assert_allclose(slope, [0.5, 0.5, 0])
    np.testing.assert_allclose(hessian(logsumexp, x, method), [[0.25, -0.25, 0], [-0.25, 0.25, 0], [0, 0, 0]])
    np.testing.assert_allclose(softmax(x), [0.5, 0.5, 0])
    np.testing.assert_allclose(log_softmax(x), [-np.log(2), -np.log(2), -1000 - np.log(2)])
    np.testing.assert_allclose(gradient(lambda w: log_softmax(w)[2], x, method), [-0.5, -0.5, 1])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([-np.inf, -np.inf], -np.inf),
        ([-np.inf, 2.0], 2.0),
        ([np.inf, 0.0], np.inf),
        ([np.nan, 0.0], np.nan),
        ([3.0], 3.0),
    ],
)
def test_logsumexp_of_infinities(x, expected):
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(logsumexp(np.array(x)), expected)


def test_a_part_without_weight_has_no_share():
    np.testing.assert_allclose(gradient(logsumexp, [-np.inf, 2.0]), [0, 1])


@exact_methods
def test_rectifiers(method):
    np.testing.assert_array_equal(gradient(lambda x: np.sum(relu(x)), [-2.0, 0.0, 3.0], method), [0, 0, 1])
    slopes = gradient(lambda x: np.sum(leaky_relu(x, 0.1)), [-2.0, 0.0, 3.0], method)
    np.testing.assert_array_equal(slopes, [0.1, 0, 1])
    np.testing.assert_allclose(leaky_relu(np.array([-2.0, 0.0, 3.0]), 0.1), [-0.2, 0, 3])


TABLE = np.arange(12.0).reshape(4, 3)
TARGETS = np.array([1.0, 2.0, 0.0, 1.0])


def loss(w, rows):
    return np.mean((take_rows(TABLE, rows) @ w - take_rows(TARGETS, rows)) ** 2)


@pytest.mark.parametrize("method", METHODS)
def test_rows_of_a_minibatch(method):
    w = np.array([0.1, -0.2, 0.3])
    derivatives = METHODS[method]().bind(loss, w, np.array([0, 1]))
    for rows in ([0, 1], [3, 1], [2, 2]):
        x, y = TABLE[rows], TARGETS[rows]
        value, slope = derivatives.value_and_gradient(w, np.array(rows))
        np.testing.assert_allclose(value, np.mean((x @ w - y) ** 2))
        np.testing.assert_allclose(slope, x.T @ (x @ w - y), rtol=1e-7)
        np.testing.assert_allclose(derivatives.hessian(w, np.array(rows)), x.T @ x, rtol=1e-4)


@pytest.mark.parametrize("pick", [lambda t, rows: t[rows], lambda t, rows: np.take(t, rows, axis=0)])
def test_rows_that_numpy_alone_cannot_trace_are_named(pick):
    with pytest.raises(DifferentiationError, match=r"taken with gdlab.take_rows\(X, rows\)"):
        METHODS["reverse"]().bind(lambda w, rows: np.sum(pick(TABLE, rows) @ w), np.ones(3), np.array([0])).gradient(
            np.ones(3), np.array([0])
        )
