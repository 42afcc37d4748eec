"""What one key of a sweep takes."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.data import node_of
from gdlab.config.sweep.values import distinct, read_values
from gdlab.errors import ConfigError


def spelled(value):
    values = read_values("key", node_of(value, "here"))
    nodes = values.spelled()
    assert values.count == len(nodes)
    return [node.plain() for node in nodes]


VALUES = [
    ([3, "a", [1, 2]], [3, "a", (1, 2)]),
    ({"logspace": [1e-4, 1, 5]}, [1e-4, 1e-3, 1e-2, 1e-1, 1.0]),
    ({"logspace": [1, 0.01, 3]}, [1.0, 0.1, 0.01]),
    ({"logspace": [2, 2, 1]}, [2.0]),
    ({"linspace": [0, 1, 5]}, [0.0, 0.25, 0.5, 0.75, 1.0]),
    ({"linspace": [0, 0.3, 4]}, [0.0, 0.1, 0.2, 0.3]),
    ({"range": [2, 5]}, [2, 3, 4]),
    ({"range": [0, 10, 4]}, [0, 4, 8]),
    ({"range": [3, 0, -1]}, [3, 2, 1]),
    ({"range": [0, 0.3, 0.1]}, [0.0, 0.1, 0.2]),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_spells_values_out(value, expected):
    assert spelled(value) == expected


REFUSED = [
    ([], "key has no values"),
    ({}, "key has no values"),
    (0.1, "key cannot be swept over 0.1"),
    ("abc", "key cannot be swept over 'abc'"),
    (None, "key cannot be swept over null"),
    ({"logspce": [1, 2, 3]}, "cannot be swept over 'logspce'.*did you mean 'logspace'"),
    ({"logspace": [1, 2, 3], "range": [1, 2]}, "key takes one of logspace, linspace, range"),
    ({"logspace": [0, 1, 3]}, "logspace cannot reach 0"),
    ({"logspace": [1, -1, 3]}, "logspace cannot reach -1"),
    ({"logspace": [1, 2]}, r"logspace cannot be \[1, 2\]"),
    ({"logspace": 5}, "logspace cannot be 5"),
    ({"linspace": [1, 2, 2.5]}, "n of linspace cannot be 2.5"),
    ({"linspace": [1, 2, 0]}, "n of linspace cannot be 0"),
    ({"linspace": [1, 1, 3]}, "has one value, not 3"),
    ({"linspace": [1, "a", 3]}, "linspace takes numbers, not 'a'"),
    ({"linspace": [1, True, 3]}, "linspace takes numbers, not true"),
    ({"linspace": [1, math.inf, 3]}, "linspace takes numbers, not"),
    ({"range": [5, 5]}, "is empty"),
    ({"range": [5, 2]}, "is empty"),
    ({"range": [1, 2, 0]}, "step of range cannot be 0"),
]


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_refuses(value, message):
    with pytest.raises(ConfigError, match=message):
        spelled(value)


def test_the_number_of_values_is_known_without_them():
    assert read_values("key", node_of({"linspace": [0, 1, 10**15]}, "here")).count == 10**15


positive = st.floats(1e-100, 1e100)


@given(positive, positive, st.integers(2, 50))
def test_logspace_has_both_ends_and_equal_ratios(low, high, n):
    if math.isclose(low, high, rel_tol=1e-6):
        return
    values = spelled({"logspace": [low, high, n]})
    assert (values[0], values[-1]) == (low, high)
    ratios = [math.log(b / a) for a, b in itertools.pairwise(values)]
    assert all(math.isclose(ratio, math.log(high / low) / (n - 1), rel_tol=1e-4) for ratio in ratios)


@pytest.mark.parametrize(
    "values", [[1, 2, 1], [1, 1.0], ["a", "a"], [[1, 2], [1, 2.0]], [{"name": "gd"}, {"name": "gd"}]]
)
def test_values_must_differ(values):
    with pytest.raises(ConfigError, match="twice"):
        distinct("key", read_values("key", node_of(values, "here")).spelled())


@pytest.mark.parametrize("values", [[1, True], [0, False, None, "0"], ["1", 1], [[1], 1], [[1, 2], [2, 1]]])
def test_what_only_looks_alike_differs(values):
    distinct("key", read_values("key", node_of(values, "here")).spelled())
