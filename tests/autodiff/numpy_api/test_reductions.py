"""Reductions over any axes of any shape, and the error for an option that has no rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdlab.autodiff import gradient, logsumexp
from gdlab.errors import DifferentiationError

REDUCTIONS = [np.sum, np.mean, np.var, np.max, np.min, np.prod, np.std, np.linalg.norm, logsumexp]


def some_axes(ndim):
    one = st.integers(-ndim, ndim - 1)
    several = st.sets(st.integers(0, ndim - 1)).map(tuple)
    return st.none() | one | several if ndim else st.none() | st.just(())


@st.composite
def reductions(draw):
    x = np.random.default_rng(draw(st.integers(0, 9))).uniform(0.2, 2, draw(hnp.array_shapes(min_dims=0, max_side=3)))
    return draw(st.sampled_from(REDUCTIONS)), x, draw(some_axes(x.ndim)), draw(st.booleans())


@settings(max_examples=80, deadline=None)
@given(case=reductions())
def test_any_axes(agree, case):
    function, x, axis, keepdims = case
    count = x.size if axis is None else np.prod([x.shape[k] for k in np.atleast_1d(axis).astype(int)])
    if function is np.linalg.norm and isinstance(axis, tuple):
        axis = None
    if function is np.std and count == 1:
        function = np.var  # a standard deviation of zero has no derivative
    agree(lambda w: function(w, axis=axis, keepdims=keepdims), x)


@settings(max_examples=20, deadline=None)
@given(shape=hnp.array_shapes(max_side=3), data=st.data())
def test_cumsum(agree, shape, data):
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    agree(lambda w: np.cumsum(w, axis=axis), np.random.default_rng(1).uniform(-1, 1, shape))


@pytest.mark.parametrize("zeros", [1, 2, 3])
def test_product_with_zeros_is_exact_to_second_order(agree, zeros):
    x = np.array([2.0, -3.0, 0.5, 4.0])
    x[:zeros] = 0
    agree(np.prod, x)


@pytest.mark.parametrize("function", [np.sum, np.prod, lambda x: np.sum(x, axis=0, keepdims=True)[0]])
def test_of_nothing(function):
    np.testing.assert_array_equal(gradient(lambda x: function(x[:0]) + x[1], [1.0, 2.0]), [0, 1])


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: np.sum(x, where=[True, False]), "np.sum of a traced value takes"),
        (lambda x: np.sum(x, dtype=np.float32), "'dtype'"),
        (lambda x: np.max(x, 0, None), "np.max of a traced value takes"),
        (lambda x: x.mean(dtype=float), "x.mean of a traced value takes"),
        (lambda x: np.add.reduce(x, initial=1), "np.add.reduce of a traced value takes"),
        (lambda x: np.sum(x, out=np.zeros(())), "np.sum would write a traced value into an array"),
        (lambda x: np.linalg.norm(np.outer(x, x), 2), "np.linalg.norm of order 2 has no derivative rule"),
        (lambda x: np.cumprod(x)[0], "np.cumprod has no derivative rule; gdlab.primitive"),
        (lambda x: np.median(x), "np.median has no derivative rule"),
        (lambda x: np.linalg.eigvalsh(np.outer(x, x))[0], "np.linalg.eigvalsh has no derivative rule"),
        (lambda x: np.multiply.accumulate(x)[0], "np.multiply.accumulate has no derivative rule"),
        (lambda x: np.add(x, 1, where=[True, False])[0], "np.add with the option where"),
    ],
)
def test_what_has_no_rule_is_named(f, said):
    with pytest.raises(DifferentiationError, match=said.replace("(", r"\(")):
        gradient(f, [1.0, 2.0])


def test_an_axis_that_does_not_exist():
    with pytest.raises(np.exceptions.AxisError):
        gradient(lambda x: np.sum(x, axis=1)[0], [1.0, 2.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x > 0, axis=0) * x[0],
        lambda x: np.mean(x > 0, axis=1, keepdims=True) * x,
        lambda x: np.sum(np.broadcast_to(x[0, ::-1], (4, 3)) ** 2, axis=0)[::-1],
        lambda x: np.sum(np.broadcast_to(np.exp(x[0, 0]), (2, 3)) - np.broadcast_to(np.exp(x[0, 0]), (3,)), axis=0),
        lambda x: np.sum(np.exp(np.broadcast_to(2.0, (3,))) * np.ones(3), axis=0) * x,
    ],
)
def test_down_the_columns(agree, f):
    agree(f, np.array([[0.4, -0.7, 1.2], [0.9, 0.3, -0.5]]))
