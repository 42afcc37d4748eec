"""Files of the user's own become modules that take nobody's place."""

import pytest

from gdlab.errors import OwnCodeError, UsageError
from gdlab.own_code import load_module


def test_a_file_that_is_not_text_or_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"none.py cannot be read: there is no such file"):
        load_module(tmp_path / "none.py")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load_module(tmp_path)
    (tmp_path / "zero.py").write_bytes(b"x = 1\0\n")
    with pytest.raises(OwnCodeError, match=r"zero.py"):
        load_module(tmp_path / "zero.py")
    (tmp_path / "large.py").write_text("#" * 1_000_001)
    with pytest.raises(UsageError, match="larger than 1 MB"):
        load_module(tmp_path / "large.py")
