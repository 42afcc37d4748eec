from datetime import UTC, datetime

import pytest

from gdlab.errors import StoreError
from gdlab.store.names import LONGEST_NAME, check_name, name_of, new_id

HOSTILE = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc",
    "a\\b",
    "a\nb",
    "a\n",
    "a\0b",
    "a b",
    "a" * (LONGEST_NAME + 1),
    ".hidden",
    "-rf",
    "é",
    "[red]",
    "$x",
    "~",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_could_be_more_than_a_name_is_refused(name):
    with pytest.raises(StoreError, match=r"name cannot be .*: letters, digits") as caught:
        check_name(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["adam_xor", "a", "7", "_x", "lr-1e-3", "v1.2", "A.b-c_1", "a..", "A" * LONGEST_NAME])
def test_plain_names_are_allowed(name):
    check_name(name)


def test_an_id_tells_time_and_name():
    run_id = new_id("adam-xor", datetime(2026, 11, 24, 21, 36, 1, tzinfo=UTC))
    assert run_id.startswith("20261124-213601-adam-xor-")
    assert name_of(run_id) == "adam-xor"


def test_the_longest_name_makes_an_id_that_file_systems_take():
    assert len(new_id("a" * LONGEST_NAME, datetime.now(UTC))) <= 255


@pytest.mark.parametrize("renamed", ["best", "2026-adam", "20261124-213601-adam_xor", "20261124-213601-adam_xor-XYZ1"])
def test_a_folder_renamed_by_hand_goes_by_its_whole_name(renamed):
    assert name_of(renamed) == renamed
