"""Shapes, axes and orders of any kind."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdlab.autodiff import gradient
from gdlab.errors import DifferentiationError


def values(shape):
    return np.random.default_rng(1).uniform(-1, 1, shape)


def shapes_of_size(size):
    factors = range(1, size + 1)
    return [shape for n in range(1, 4) for shape in itertools.product(factors, repeat=n) if np.prod(shape) == size]


@st.composite
def reshapes(draw):
    shape = draw(hnp.array_shapes(max_side=3))
    wanted = list(draw(st.sampled_from(shapes_of_size(int(np.prod(shape))))))
    if draw(st.booleans()):
        wanted[draw(st.integers(0, len(wanted) - 1))] = -1
    return values(shape), tuple(wanted), draw(st.sampled_from("CF"))


@settings(max_examples=30, deadline=None)
@given(case=reshapes())
def test_reshape(agree, case):
    x, shape, order = case
    agree(lambda w: np.reshape(w * w, shape, order=order), x)


@settings(max_examples=30, deadline=None)
@given(shape=hnp.array_shapes(min_dims=0, max_dims=4, max_side=2), data=st.data())
def test_axes_in_any_order(agree, shape, data):
    order = tuple(data.draw(st.permutations(range(len(shape)))))
    agree(lambda w: np.transpose(w * w, order), values(shape))
    if shape:
        i, j = data.draw(st.tuples(*[st.integers(-len(shape), len(shape) - 1)] * 2))
        agree(lambda w: np.swapaxes(np.moveaxis(w * w, i, j), j, i), values(shape))


@settings(max_examples=30, deadline=None)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=1, min_side=1, max_side=3, min_dims=0, max_dims=3),
    data=st.data(),
)
def test_broadcast_to(agree, shapes, data):
    shape, *_ = shapes.input_shapes
    wanted = (*data.draw(st.lists(st.integers(1, 2), max_size=1)), *shapes.result_shape)
    agree(lambda w: np.broadcast_to(w * w, wanted), values(shape))


@settings(max_examples=30, deadline=None)
@given(shape=hnp.array_shapes(min_dims=1, max_side=3), data=st.data())
def test_flip_roll_and_single_axes(agree, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    shift = data.draw(st.integers(-4, 4))
    agree(lambda w: np.roll(np.flip(w * w, axis), shift, axis), values(shape))
    agree(lambda w: np.squeeze(np.expand_dims(w * w, axis), axis), values(shape))
    agree(lambda w: np.squeeze(np.expand_dims(w * w, (0, -1)), -1), values(shape))


@settings(max_examples=40, deadline=None)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=1, max_side=3, min_dims=0, max_dims=3),
    function=st.sampled_from([np.add, np.subtract, np.multiply, np.divide, np.maximum, np.hypot, np.power]),
)
def test_broadcasting_of_two_arguments(agree, shapes, function):
    left, right = shapes.input_shapes
    split = int(np.prod(left))

    def f(w):
        return function(np.reshape(w[:split], left), np.reshape(w[split:], right))

    agree(f, np.random.default_rng(2).uniform(0.5, 2, split + int(np.prod(right))))


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: x.reshape(4)[0], ValueError),
        (lambda x: x.reshape(-1, -1)[0, 0], ValueError),
        (lambda x: x.reshape(3, order="K")[0], DifferentiationError),
        (lambda x: x[None].transpose(0, 0)[0, 0], ValueError),
        (lambda x: np.broadcast_to(x, (2,))[0], ValueError),
        (lambda x: np.squeeze(x, 0)[0], ValueError),
        (lambda x: np.expand_dims(x, (0, 0))[0, 0, 0], ValueError),
        (lambda x: np.swapaxes(x, 0, 1)[0], np.exceptions.AxisError),
        (lambda x: (x + np.ones(2))[0], ValueError),
    ],
)
def test_what_does_not_fit_fails_as_in_numpy(f, error):
    with pytest.raises(error):
        gradient(f, np.ones(3))
