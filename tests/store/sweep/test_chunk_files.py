"""Chunks on disk: whole or not there, and damage is noticed."""

import errno
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.errors import StoreError
from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.chunk_files import check, leftovers, next_number, pairs, read_curves, read_ends, write_chunk


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.text(), st.floats(), st.sampled_from(["converged", "failed"])), max_size=4
    ),
    st.text(min_size=1, max_size=5).filter(lambda name: name not in ("cell", "reason")),
)
def test_whatever_became_of_cells_comes_back(tmp_path_factory, drawn, name):
    folder = tmp_path_factory.mktemp("sweep")
    cells, reasons, numbers, statuses = zip(*drawn, strict=True) if drawn else [()] * 4
    many = len(drawn)
    curves = {"step": np.zeros((1, many)), "loss": np.array([numbers]).reshape(1, many)}
    whole = np.array(cells, dtype=np.int64)
    write_chunk(folder, 0, Chunk(whole, statuses, whole, reasons, {name: np.array(numbers)}, whole * 0 + 1, curves))
    (pair,) = pairs(folder)
    ends = read_ends(pair)
    assert (tuple(ends.cells), tuple(ends.status), tuple(ends.step)) == (cells, statuses, cells)
    assert tuple(ends.reason) == tuple(r.encode("utf-8", "backslashreplace").decode() for r in reasons)
    np.testing.assert_array_equal(ends.summary[name], numbers)
    packed = read_curves(pair.curves).packed
    np.testing.assert_array_equal([packed.curve(i)["loss"][0] for i in range(many)], numbers)


def test_parameters_and_where_it_ran_come_back(tmp_path, chunk):
    write_chunk(tmp_path, 3, chunk(5, 7))
    (pair,) = pairs(tmp_path)
    found = read_curves(pair.curves)
    assert (pair.number, next_number(tmp_path)) == (3, 4)
    assert found.w.tolist() == [[5, 7], [-5, -7]]
    assert found.about == {"seconds": 1.5, "host": "here", "pid": 1}


@pytest.mark.parametrize("kind", ["csv", "npz"])
@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "longer", "gone"])
def test_damage_of_either_file_is_noticed(tmp_path, chunk, kind, harm):
    write_chunk(tmp_path, 0, chunk(0, 1))
    (path,) = tmp_path.glob(f"*.{kind}")
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"flip": flipped, "cut": content[:-1], "empty": b"", "longer": content + b"\n"}[harm])
    if (kind, harm) == ("csv", "gone"):
        assert pairs(tmp_path) == []
        assert [p.suffix for p in leftovers(tmp_path)] == [".npz"]
        return
    (pair,) = pairs(tmp_path)
    with pytest.raises(StoreError, match=r"chunk-0000-\w+\.\w+: (it is damaged|the curves of this chunk are missing)"):
        check(pair)


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_leaves_nothing_of_a_chunk(tmp_path, chunk, monkeypatch, failing):
    calls, real = [], os.replace

    def replace(*args):
        calls.append(args)
        if len(calls) == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(*args)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(StoreError, match="No space left on device"):
        write_chunk(tmp_path, 0, chunk(0, 1))
    assert [*tmp_path.iterdir()] == []
