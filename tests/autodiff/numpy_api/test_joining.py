"""Arrays joined along any axis, and taken apart again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdlab.autodiff import gradient


def values(shape):
    return np.random.default_rng(1).uniform(-1, 1, shape)


@settings(max_examples=30, deadline=None)
@given(shape=hnp.array_shapes(max_side=3), data=st.data())
def test_concatenate_and_stack(agree, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    longer = list(shape)
    longer[axis] = 2
    constant = np.ones(longer)
    agree(lambda w: np.concatenate((w, constant, w * w), axis=axis), values(shape))
    agree(lambda w: np.concatenate((w, [1.0], w * w), axis=None), values(shape))
    agree(lambda w: np.stack((w * w, values(shape), w), axis=axis), values(shape))


@settings(max_examples=30, deadline=None)
@given(shape=hnp.array_shapes(max_side=4), data=st.data())
def test_parts(agree, shape, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    count = data.draw(st.integers(1, 3))

    def f(w):
        parts = np.array_split(w * w, count, axis=axis)
        return np.concatenate([(k + 1) * part for k, part in enumerate(parts)], axis=axis)

    agree(f, values(shape))


@settings(max_examples=20, deadline=None)
@given(
    shape=hnp.array_shapes(min_dims=0, max_dims=2, max_side=3), reps=st.lists(st.integers(1, 2), min_size=1, max_size=3)
)
def test_tile(agree, shape, reps):
    agree(lambda w: np.tile(w * w, tuple(reps)), values(shape))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.concatenate((x[0], x))[0],
        lambda x: np.concatenate((x[None], x))[0, 0],
        lambda x: np.stack((x, x[:2]))[0, 0],
        lambda x: np.split(x, 2)[0][0],
    ],
)
def test_what_does_not_fit_fails_as_in_numpy(f):
    with pytest.raises(ValueError, match=r"."):
        gradient(f, np.ones(3))
