"""The seeds of a sweep."""

import pytest

from gdlab.config.data import node_of
from gdlab.config.sweep.seeds import read_seeds
from gdlab.errors import ConfigError

SEEDS = [
    (3, [0, 1, 2]),
    (3.0, [0, 1, 2]),
    ([5, 3], [5, 3]),
    ("3", [0, 1, 2]),
    ("3,5,8", [3, 5, 8]),
    (" 3, 5 ", [3, 5]),
    ("10:13", [10, 11, 12]),
    ("0:2,9", [0, 1, 9]),
    ("7,", None),
    ("", None),
    ("a", None),
    ("-1", None),
    ("3:1", None),
    ("1:3,2", None),
    (0, None),
    ("0", None),
    (-1, None),
    (1.5, None),
    (True, None),
    (None, None),
    ([], None),
    ([1, -1], None),
    ([1, 1], None),
    ([1, 1.0], None),
    (["a"], None),
    ({"a": 1}, None),
]


@pytest.mark.parametrize(("value", "expected"), SEEDS)
def test_reads_seeds_or_says_why_not(value, expected):
    node = node_of(value, "here")
    if expected is None:
        with pytest.raises(ConfigError, match="seed"):
            read_seeds(node)
    else:
        assert [*read_seeds(node)] == expected


def test_many_seeds_are_not_spelled_out():
    assert len(read_seeds(node_of(10**15, "here"))) == 10**15
