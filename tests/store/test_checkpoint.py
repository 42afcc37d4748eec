"""Checkpoints come back as they were, or are told damaged."""

import numpy as np
import pytest

from gdlab.errors import StoreError
from gdlab.store.checkpoint import FILE, read_checkpoint, write_checkpoint

KEPT = {
    "w": np.array([0.1, np.nan, -np.inf]),
    "small": np.float32(0.1),
    "none": None,
    "list": [1, 2.5, True, "word", [np.arange(3, dtype=np.uint8)]],
    "map": {"array": "not one", "map": 3},
    "inf": float("inf"),
    "empty": {},
}


def same(a, b):
    if isinstance(a, np.ndarray | np.generic):
        assert type(a) is type(b)
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for left, right in zip(a, b, strict=True):
            same(left, right)
    else:
        assert a == b
        assert type(a) is type(b)


def test_everything_comes_back(tmp_path):
    write_checkpoint(tmp_path, KEPT)
    same(KEPT, read_checkpoint(tmp_path))
    write_checkpoint(tmp_path, {"w": None})
    same({"w": None}, read_checkpoint(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_none_is_none(tmp_path):
    assert read_checkpoint(tmp_path) is None


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"PK" + b, lambda b: b[::-1]])
def test_damage_is_told(tmp_path, damage):
    write_checkpoint(tmp_path, KEPT)
    file = tmp_path / FILE
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(StoreError, match=FILE):
        read_checkpoint(tmp_path)
