"""Checkpoints come back as they were, or are told damaged."""

from dataclasses import replace

import numpy as np
import pytest

from gdlab.errors import CheckpointError
from gdlab.store import checkpoint as module
from gdlab.store.checkpoint import FILE, Checkpoint, read_checkpoint, set_aside, write_checkpoint
from gdlab.store.rows import Written

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


def checkpoint(kept):
    return Checkpoint(step=120, written=Written(size=2**40, crc=2**32 - 1), duration=1.25, kept=kept)


def test_everything_comes_back(tmp_path):
    write_checkpoint(tmp_path, checkpoint(KEPT))
    back = read_checkpoint(tmp_path)
    assert replace(back, kept={}) == checkpoint({})
    same(KEPT, back.kept)
    write_checkpoint(tmp_path, checkpoint({"w": None}))
    same({"w": None}, read_checkpoint(tmp_path).kept)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_one_that_is_missing_is_told(tmp_path):
    with pytest.raises(CheckpointError, match="has no checkpoint"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"PK" + b, lambda b: b[::-1]])
def test_damage_is_told(tmp_path, damage):
    write_checkpoint(tmp_path, checkpoint(KEPT))
    file = tmp_path / FILE
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(CheckpointError, match=FILE):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("tree", [b"[]", b"3", b"{}", b'{"format": 2, "gdlab": "no", "kept": 1}', b'{"format": 1}'])
def test_what_is_none_of_ours_is_told(tmp_path, tree):
    np.savez(tmp_path / FILE, tree=np.frombuffer(tree, np.uint8))
    with pytest.raises(CheckpointError, match=FILE):
        read_checkpoint(tmp_path)


def test_one_of_another_version_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "version_of", lambda package: "0.0.1")
    write_checkpoint(tmp_path, checkpoint(KEPT))
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match=r"was written by gdlab 0\.0\.1, and this is \d"):
        read_checkpoint(tmp_path)


def test_one_that_is_set_aside_is_gone_and_kept(tmp_path):
    write_checkpoint(tmp_path, checkpoint(KEPT))
    for _ in range(2):
        set_aside(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [f"{FILE}.damaged"]
