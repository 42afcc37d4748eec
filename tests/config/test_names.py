from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.names import LONGEST, check_name, name_from
from gdlab.errors import ParameterError


@pytest.mark.parametrize("name", ["a", "7", "_x", "adam_xor", "A.b-c_1", "a..", "x" * LONGEST])
def test_a_name(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".a", "-a", "a/b", "../a", "a b", "a\n", "a\0", "é", "[red]", "x" * (LONGEST + 1), "$HOME"]
)
def test_not_a_name(name):
    with pytest.raises(ParameterError, match=r"letters, digits, .* are allowed"):
        check_name(name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("configs/adam_xor.yaml", "adam_xor"),
        ("my runs/adam é.v2.yaml", "adam-e.v2"),
        ("--x--.yaml", "x"),
        (".hidden", "hidden"),
        ("日本.yaml", "run"),
        ("/dev/stdin", "stdin"),
        ("a" * 200 + ".yaml", "a" * 100),
    ],
)
def test_a_name_is_made_of_the_name_of_a_file(path, name):
    assert name_from(Path(path)) == name


@given(st.text(max_size=120))
def test_every_file_gives_a_name(stem):
    check_name(name_from(Path(stem)))
