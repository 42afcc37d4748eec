"""Indexing of every kind, as NumPy has it, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdlab.autodiff import bind, gradient
from gdlab.errors import BranchError, DifferentiationError

SHAPES = hnp.array_shapes(max_dims=3, max_side=3)


def values(shape):
    return np.random.default_rng(1).uniform(-1, 1, shape)


@settings(max_examples=60, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_ints_slices_none_and_ellipsis(agree, shape, data):
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True))
    agree(lambda w: (w * w)[index], values(shape))


@settings(max_examples=30, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_integer_arrays(agree, shape, data):
    index = data.draw(hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3)))
    agree(lambda w: (w * w)[index], values(shape))


@settings(max_examples=30, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_masks_of_leading_axes(agree, shape, data):
    count = data.draw(st.integers(1, len(shape)))
    mask = data.draw(hnp.arrays(bool, shape[:count]))
    agree(lambda w: (w * w)[mask], values(shape))
    if count == 1:
        agree(lambda w: np.swapaxes(w * w, 0, -1)[..., mask], values(shape))


CUBE = values((2, 3, 4))


@pytest.mark.parametrize(
    "index",
    [
        (1, slice(None), [3, 0, 3, -1]),
        ([1, 0], slice(None), [2, 2]),
        (slice(None), [0, 2], 1),
        (0, [True, False, True]),
        (Ellipsis, np.array([True, False, False, True])),
        (slice(1), np.array([True, False, True]), 2),
        (None, [0, 1], [1, 2], None),
        ([[0], [1]], [[0, 1]]),
        np.array(1),
        (np.array(1), Ellipsis, np.int64(2)),
        [],
        (slice(None, None, -2), Ellipsis, None, slice(3, 0, -2)),
        np.ones((2, 3, 4), bool),
        (range(2), 0),
        np.bool_([True, False]),
    ],
    ids=str,
)
def test_mixed(agree, index):
    agree(lambda w: (w * w)[index], CUBE)


def test_an_element_picked_twice_counts_twice():
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x[[0, 0, 2]]), [1.0, 2.0, 3.0]), [2, 0, 1])


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (3, "out of bounds"),
        ((0, 0), "too many indices"),
        (np.array([0, 7]), "out of bounds"),
        (np.array([True, False]), "mask of shape (2,) does not fit"),
        ((Ellipsis, Ellipsis), "single ellipsis"),
        (1.0, "arrays used as indices must be of integer"),
    ],
)
@pytest.mark.parametrize("method", ["reverse", "dual", "numeric"])
def test_what_does_not_fit_fails_as_in_numpy(index, said, method):
    with pytest.raises(IndexError) as caught:
        gradient(lambda x: np.sum(x[index]), np.ones(3), method)
    assert said in str(caught.value) or method == "numeric"


@pytest.mark.parametrize("index", [True, np.bool_(False), np.array(True)])
def test_a_single_truth_value_is_refused(index):
    with pytest.raises(DifferentiationError, match="single True or False"):
        gradient(lambda x: np.sum(x[index]), np.ones(3))


def test_a_mask_of_traced_values_depends_on_the_point(agree):
    x = np.array([0.5, -1.0, 2.0])

    def f(w):
        return np.sum(w[w > 0] ** 2)

    with pytest.raises(BranchError, match=r"np.where\(mask, x, 0\)"):
        gradient(f, x)
    np.testing.assert_allclose(gradient(f, x, "dual"), [1, 0, 4])
    np.testing.assert_allclose(gradient(f, x, retrace=True), [1, 0, 4])
    np.testing.assert_allclose(gradient(f, x, "numeric"), [1, 0, 4], atol=1e-8)


@pytest.mark.parametrize("pick", [lambda y, i: y[i], lambda y, i: np.take(y, i, axis=0), lambda y, i: y.take(i)])
@pytest.mark.parametrize("method", ["reverse", "dual", "numeric"])
def test_a_computed_row_number_counts_from_the_end_if_it_is_negative(pick, method):
    def f(w):
        return pick(w * w, np.count_nonzero(w > 0) - 2) + pick(w, np.count_nonzero(w[:2] > 0))

    for x in ([1.0, -2.0, -3.0], [1.0, 2.0, -3.0], [1.0, 2.0, 3.0]):
        x = np.array(x)
        at = np.count_nonzero(x > 0) - 2
        expected = 2 * x * np.eye(3)[at] + np.eye(3)[np.count_nonzero(x[:2] > 0)]
        np.testing.assert_allclose(bind(f, -x, method).gradient(x), expected, atol=1e-8)


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x[np.count_nonzero(x > 0), 0], "an index that depends on the parameters"),
        (lambda x: np.take(x[None], np.count_nonzero(x > 0), axis=1)[0], "needs axis=0"),
        (lambda x: np.take(x, [5], mode="clip")[0], "mode='clip'"),
        (lambda x: [10, 20][np.count_nonzero(x > 0)] * x[0], "cannot be an index or a count"),
        (lambda x: np.take_along_axis(x, np.count_nonzero(x > 0)[None], 0)[0], "not traced"),
        (lambda x: np.where(x > 0)[0][0] * x[0], "np.where(condition, x, y)"),
    ],
)
def test_what_else_is_refused(f, said):
    with pytest.raises(DifferentiationError) as caught:
        gradient(f, np.ones(3))
    assert said in str(caught.value)
