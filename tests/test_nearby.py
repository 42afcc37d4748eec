"""What was probably meant by a file that does not exist."""

import pytest

from gdlab.nearby import names_in, no_such_file


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tabel.csv", "there is no such file: did you mean table.csv?"),
        ("Table.csv", "there is no such file: did you mean table.csv?"),
        ("other.npz", "there is no such file"),
    ],
)
def test_the_nearest_name_is_told(tmp_path, name, message):
    (tmp_path / "table.csv").touch()
    assert no_such_file(tmp_path / name) == message


def test_a_folder_that_does_not_exist_is_told(tmp_path):
    assert names_in(tmp_path / "no") == []
    assert no_such_file(tmp_path / "no" / "x.csv") == f"there is no such file, nor the folder {tmp_path / 'no'}"
