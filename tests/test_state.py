"""States: what they may be, their arrays in one order, and others in their place."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.errors import UsageError
from gdlab.state import described, flatten, leaves, mapped, structure


class Moments(NamedTuple):
    m: Any
    v: Any


numbers = st.floats(-9, 9) | st.integers(-9, 9)
states = st.recursive(
    st.none() | numbers,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("ab_ ²", max_size=2), inner, max_size=3)
        | st.builds(Moments, inner, inner)
    ),
    max_leaves=8,
)


@given(states)
def test_its_arrays_put_together_again_are_the_state(state):
    named, rebuild = flatten(state)
    assert rebuild(list(named.values())) == state
    assert structure(rebuild([0.0] * len(named))) == structure(state)
    assert len(named) == len(leaves(state))
    assert all(name.isidentifier() for name in named)
    assert mapped(lambda a, b: a - b, state, state) == mapped(lambda a: 0, state)


def test_names_lead_to_the_arrays():
    state = Moments({"b": 2, "a": (1, None)}, 3)
    assert flatten(state)[0] == {"state_m_a_0": 1, "state_m_b": 2, "state_v": 3}
    assert leaves(state) == [(("m", "a", "0"), 1), (("m", "b"), 2), (("v",), 3)]


def test_the_order_of_a_dict_does_not_matter():
    first, second = {"m": 1, "v": 2}, {"v": 2, "m": 1}
    assert structure(first) == structure(second)
    assert list(flatten(first)[0].items()) == list(flatten(second)[0].items())


OTHERS = [(1, 2), (1,), {"m": 1}, Moments(1, 2), None, 1, (), {}, (None,), (1, (2,)), {"m": 1, "v": 2}]


def test_states_of_another_structure_differ():
    found = [structure(state) for state in OTHERS]
    assert all((a == b) == (i == j) for i, a in enumerate(found) for j, b in enumerate(found))


NONE = [
    ([1.0], "a list is none"),
    ("m", "a str is none"),
    ((1, {2}), "a set is none"),
    (np.array(["m"]), "an array of <U1 of shape (1,) is none"),
    ({"m": np.array([None])}, "an array of object of shape (1,) is none"),
]


@pytest.mark.parametrize(("state", "message"), NONE)
def test_what_is_no_state_is_refused_in_words(state, message):
    for ask in (structure, leaves, flatten):
        with pytest.raises(UsageError) as error:
            ask(state)
        assert str(error.value).endswith(message)
        assert "an array, a number, None, or a tuple, named tuple or dict of these" in str(error.value)


DESCRIBED = [
    (None, "None"),
    (0.5, "0.5"),
    (np.float64(2), "one number"),
    (np.zeros((2, 3)), "an array of shape (2, 3)"),
    ((), "an empty tuple"),
    ((np.zeros(2), 1), "a tuple of 2: an array of shape (2,), 1"),
    (Moments(np.zeros(2), None), "a Moments of 2: an array of shape (2,), None"),
    ({"m": 1, "v": 2}, "a dict with 'm', 'v'"),
]


@pytest.mark.parametrize(("state", "words"), DESCRIBED)
def test_described(state, words):
    assert described(state) == words


def test_names_that_would_be_the_same_are_told_apart():
    assert list(flatten({"a b": 1, "a_b": 2, "a": {"b": 3}})[0].values()) == [3, 1, 2]
