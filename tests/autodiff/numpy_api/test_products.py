"""Products of every combination of ranks."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff import gradient

SHAPES = [(3,), (2, 3), (3, 2), (3, 3), (2, 2, 3), (2, 3, 2), (1, 3, 2), (2, 1, 2, 3)]


def both(product, left, right):
    """The product as a function of one vector that holds both sides."""
    split = int(np.prod(left))
    x = np.random.default_rng(3).uniform(-1, 1, split + int(np.prod(right)))
    return lambda w: product(np.reshape(w[:split], left), np.reshape(w[split:], right)), x


def fitting(product):
    """All pairs of shapes, of at most six axes together, that the product takes."""
    found = []
    for left, right in itertools.product(SHAPES, SHAPES):
        try:
            product(np.ones(left), np.ones(right))
        except ValueError:
            continue
        if len(left) + len(right) <= 6:
            found.append(pytest.param(left, right, id=f"{left}x{right}"))
    return found


@pytest.mark.parametrize(("left", "right"), fitting(np.matmul))
def test_matmul(agree, left, right):
    agree(*both(np.matmul, left, right))


@pytest.mark.parametrize(("left", "right"), fitting(np.dot))
def test_dot(agree, left, right):
    agree(*both(np.dot, left, right))


@pytest.mark.parametrize(("left", "right"), [((), (2, 3)), ((2, 3), ()), ((), ())])
@pytest.mark.parametrize("product", [np.dot, np.inner, np.outer, np.kron])
def test_products_with_a_number(agree, product, left, right):
    agree(*both(product, left, right))


@pytest.mark.parametrize(("left", "right"), fitting(np.inner))
def test_inner(agree, left, right):
    agree(*both(np.inner, left, right))


@pytest.mark.parametrize(("left", "right"), [((2,), (3,)), ((2, 2), (2,)), ((2,), (2, 2)), ((2, 1, 2), (1, 2))])
@pytest.mark.parametrize("product", [np.outer, np.kron])
def test_outer_and_kron(agree, product, left, right):
    agree(*both(product, left, right))


@st.composite
def contractions(draw):
    """Two shapes and axes of each, in any order, that have the same sizes."""
    sizes = draw(st.lists(st.integers(1, 3), max_size=2))
    sides = []
    for _ in range(2):
        extra = draw(st.lists(st.integers(1, 2), max_size=2))
        places = draw(st.permutations(range(len(sizes) + len(extra))))
        shape = [0] * len(places)
        for size, place in zip([*sizes, *extra], places, strict=True):
            shape[place] = size
        sides.append((tuple(shape), [p - len(places) * draw(st.booleans()) for p in places[: len(sizes)]]))
    return sides


@settings(max_examples=50, deadline=None)
@given(sides=contractions())
def test_tensordot(agree, sides):
    (left, axes_left), (right, axes_right) = sides
    agree(*both(lambda a, b: np.tensordot(a, b, axes=(axes_left, axes_right)), left, right))


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 2), left=st.integers(0, 1), right=st.integers(0, 1))
def test_tensordot_with_a_count(agree, count, left, right):
    agree(*both(lambda a, b: np.tensordot(a, b, count), (2,) * left + (3, 1)[:count], (3, 1)[:count] + (2,) * right))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x @ 2.0,
        lambda x: x @ np.ones(2),
        lambda x: np.dot(x, np.ones((2, 2))),
        lambda x: np.tensordot(x, np.ones(2), axes=1),
        lambda x: np.tensordot(x, np.ones((3, 1)), axes=([0], [1])),
        lambda x: np.inner(x, np.ones((3, 2))),
    ],
)
def test_what_does_not_fit_fails_as_in_numpy(f):
    with pytest.raises(ValueError, match=r"."):
        gradient(lambda x: np.sum(f(x)), np.ones(3))
