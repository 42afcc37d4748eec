import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.store.key import key

CONFIG = {"optimizer": {"name": "adam", "lr": 0.01}, "seed": 3, "tags": ["a", "b"]}

# The published SHA-256 of the two bytes {} and of {"a":1}.
KNOWN = [
    ({}, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
    ({"a": 1}, "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"),
]


@pytest.mark.parametrize(("config", "digest"), KNOWN)
def test_it_is_the_sha256_of_the_canonical_json(config, digest):
    assert key(config) == digest


@settings(deadline=None)
@given(st.permutations(list(CONFIG)), st.permutations(["name", "lr"]))
def test_the_order_of_keys_does_not_matter(outer, inner):
    optimizer = {name: CONFIG["optimizer"][name] for name in inner}
    assert key({name: optimizer if name == "optimizer" else CONFIG[name] for name in outer}) == key(CONFIG)


@pytest.mark.parametrize("same", [{"lr": 1.0}, {"lr": 1}])
def test_equal_numbers_are_equal(same):
    assert key(same) == key({"lr": 1})


@pytest.mark.parametrize(
    "other",
    [
        CONFIG | {"seed": 4},
        CONFIG | {"seed": "3"},
        CONFIG | {"tags": ["b", "a"]},
        CONFIG | {"optimizer": {"name": "adam", "lr": 0.010000000000000002}},
        CONFIG | {"stop": None},
        CONFIG | {"seed": math.inf},
    ],
)
def test_another_config_has_another_key(other):
    assert key(other) != key(CONFIG)


def test_infinity_is_not_the_word():
    assert len({key({"a": value}) for value in (math.inf, "inf", "'inf", -math.inf, math.nan, None, True, 1, 0)}) == 9
