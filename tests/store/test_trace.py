"""trace.csv is written once and read back."""

import math

import numpy as np
import pytest

from gdlab.errors import StoreError
from gdlab.store.trace import FILE, read_trace, write_trace

COLUMNS = ("step", "coordinate", "lr", "m̂", "effective_lr")
ROWS = [(0, 0, 0.1, 0.25, 1e-300), (0, 1, 0.1, -1.5, math.nan), (1, 0, None, math.inf, 0.0)]


def test_reads_what_was_written(tmp_path):
    write_trace(tmp_path, COLUMNS, ROWS)
    found = read_trace(tmp_path)
    assert tuple(found) == COLUMNS
    expected = np.array([[math.nan if x is None else x for x in row] for row in ROWS])
    np.testing.assert_array_equal(np.array(list(found.values())).T, expected)
    assert (tmp_path / FILE).read_text("utf-8").startswith("step,coordinate,lr,m̂,effective_lr\n0,0,0.1,0.25,1e-300\n")


def test_without_steps_there_is_just_the_head(tmp_path):
    write_trace(tmp_path, COLUMNS, [])
    assert read_trace(tmp_path)["step"].size == 0


def test_is_not_written_over_and_names_what_is_missing(tmp_path):
    with pytest.raises(StoreError, match=r"trace\.csv: there is no such file"):
        read_trace(tmp_path)
    write_trace(tmp_path, COLUMNS, ROWS)
    with pytest.raises(StoreError, match=r"cannot write .*trace\.csv: File exists"):
        write_trace(tmp_path, COLUMNS, ROWS)


def test_links_are_not_followed(tmp_path):
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        write_trace(tmp_path, COLUMNS, ROWS)
    assert not (tmp_path / "elsewhere").exists()
