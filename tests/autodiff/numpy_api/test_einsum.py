"""Einsum over any indices: repeated, summed, broadcast, hidden behind an ellipsis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff import gradient
from gdlab.errors import DifferentiationError

SIZES = {"i": 2, "j": 3, "k": 1, "l": 2}


def both(subscripts, shapes):
    edges = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    x = np.random.default_rng(3).uniform(-1, 1, edges[-1])

    def f(w):
        parts = [np.reshape(w[a:b], s) for a, b, s in zip(edges[:-1], edges[1:], shapes, strict=True)]
        return np.einsum(subscripts, *parts)

    return f, x


@st.composite
def subscripts(draw):
    terms = draw(st.lists(st.text("ijkl", max_size=3), min_size=1, max_size=3))
    present = sorted(set("".join(terms)))
    output = draw(st.permutations(present).map(lambda p: "".join(p)))[: draw(st.integers(0, 3))]
    # One operand may have size one along an index that is longer elsewhere, as NumPy allows.
    thin = draw(st.sampled_from([None, *present]))
    sizes = [{**SIZES, thin: 1} if k == 0 and len(terms) > 1 else SIZES for k in range(len(terms))]
    shapes = [tuple(size[i] for i in term) for term, size in zip(terms, sizes, strict=True)]
    return ",".join(terms) + draw(st.sampled_from(["->" + output, ""])), shapes


@settings(max_examples=120, deadline=None)
@given(case=subscripts())
def test_any_indices(agree, case):
    agree(*both(*case))


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("...i,...i->...", [(2, 3), (2, 3)]),
        ("...i,i->...", [(2, 2, 3), (3,)]),
        ("...ij,...jk", [(2, 1, 3), (1, 3, 2)]),
        ("i...,...->i...", [(2, 3), (3,)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("...", [(2, 3)]),
        ("b...i , c... -> bc ...", [(2, 3, 2), (2, 3)]),
        ("ii", [(3, 3)]),
        ("iij,jk,kl->il", [(2, 2, 3), (3, 1), (1, 2)]),
    ],
)
def test_ellipsis_and_repeats(agree, subscripts, shapes):
    agree(*both(subscripts, shapes))


@pytest.mark.parametrize("subscripts", ["ij,j", "ij", "ijk,jk", "i,i", "ii,i", "i...,...->i"])
def test_what_does_not_fit_fails_as_in_numpy(subscripts):
    with pytest.raises(ValueError, match="einsum"):
        gradient(lambda x: np.sum(np.einsum(subscripts, x.reshape(2, 3), np.ones((2, 2)))), np.ones(6))


def test_indices_as_lists_are_refused():
    with pytest.raises(DifferentiationError, match="'ij,jk->ik'"):
        gradient(lambda x: np.einsum(x, [0], x, [0]), np.ones(3))
