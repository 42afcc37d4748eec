"""Random rows of a sweep."""

import pytest

from gdlab.config.data import node_of
from gdlab.config.sweep.draw import draw_rows, read_space
from gdlab.errors import ConfigError

SPACE = {
    "a": {"uniform": [-1, 3]},
    "b": {"loguniform": [1e-4, 1]},
    "c": {"integers": [1, 3]},
    "d": {"choice": ["x", [1, 2]]},
    "e": [True, None],
}


def drawn(space, n, seed=0):
    draws = {key: read_space(key, node_of(value, "here")) for key, value in space.items()}
    return [[node.plain() for node in row] for row in draw_rows(node_of({}, "here"), n, seed, draws)]


def test_draws_within_the_space():
    rows = drawn(SPACE, 500)
    assert all(-1 <= a <= 3 and 1e-4 <= b <= 1 for a, b, *_ in rows)
    assert {c for _, _, c, *_ in rows} == {1, 2, 3}
    assert {d for _, _, _, d, _ in rows} == {"x", (1, 2)}
    below = sum(b < 1e-2 for _, b, *_ in rows)  # half of the decades: 250 ± 11
    assert 180 < below < 320


def test_the_same_seed_draws_the_same_and_another_does_not():
    assert drawn(SPACE, 20) == drawn(SPACE, 20) == drawn(SPACE, 40)[:20]
    assert drawn(SPACE, 20) != drawn(SPACE, 20, seed=1)


def test_another_key_leaves_the_values_of_the_rest():
    both = drawn({"a": SPACE["a"], "b": SPACE["b"]}, 20)
    assert [[a] for a, _ in both] == drawn({"a": SPACE["a"]}, 20)


def test_no_two_rows_are_alike():
    assert sorted(c for (c,) in drawn({"c": {"integers": [1, 5]}}, 5)) == [1, 2, 3, 4, 5]
    with pytest.raises(ConfigError, match="only 5 different rows were found for n: 6"):
        drawn({"c": {"integers": [1, 5]}}, 6)


REFUSED = [
    ({"unifrm": [1, 2]}, "did you mean 'uniform'"),
    ({"uniform": [2, 1]}, r"uniform cannot be \[2, 1\]"),
    ({"uniform": [1]}, r"uniform cannot be \[1\]"),
    ({"loguniform": [0, 1]}, r"loguniform cannot be \[0, 1\]"),
    ({"integers": [0.5, 2]}, r"integers cannot be \[0.5, 2\]"),
    ({"choice": 3}, "choice of key cannot be 3"),
    ({"choice": []}, "key has no values"),
    ([1, 1], "key has 1 twice"),
    (0.1, "key cannot be drawn from 0.1"),
    ({}, "key cannot be drawn from"),
]


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_refuses(value, message):
    with pytest.raises(ConfigError, match=message):
        read_space("key", node_of(value, "here"))
