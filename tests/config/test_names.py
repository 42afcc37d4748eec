from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.names import check_name, name_from
from gdlab.errors import ParameterError


def test_a_name():
    assert check_name("A.b-c_1") == "A.b-c_1"


@pytest.mark.parametrize("name", ["", "../a", "x" * 101])
def test_what_the_store_refuses_is_a_wrong_parameter(name):
    with pytest.raises(ParameterError, match=r"name cannot be '.*': letters, digits, .* are allowed"):
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
