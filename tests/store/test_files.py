import errno
import os

import pytest

from gdlab.errors import StoreError
from gdlab.store.files import create, read_bytes, replace


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_full_disk_leaves_the_old_content_and_nothing_else(tmp_path, monkeypatch, call, names):
    path = tmp_path / "run.json"
    replace(path, b"old")
    monkeypatch.setattr(os, call, no_space)
    with pytest.raises(StoreError) as caught:
        replace(path, b"new")
    assert str(caught.value) == f"cannot write {path}: No space left on device"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["run.json"]


def test_replacing_flushes_to_the_disk_before_the_new_name_shows(tmp_path, monkeypatch):
    path, order = tmp_path / "run.json", []
    fsync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append(os.fstat(fd).st_size), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append(a.parent == b.parent), rename(a, b)))
    replace(path, b"12345")
    assert order == [5, True]


def test_a_new_file_never_goes_through_a_link(tmp_path):
    outside = tmp_path / "outside"
    (tmp_path / "config.yaml").symlink_to(outside)
    with pytest.raises(StoreError, match=r"cannot write .*config\.yaml: File exists"):
        create(tmp_path / "config.yaml", b"x")
    assert not outside.exists()


def test_the_draft_of_a_replacement_never_goes_through_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / "run.json.tmp").symlink_to(outside)
    with pytest.raises(StoreError):
        replace(tmp_path / "run.json", b"x")
    assert outside.read_bytes() == b"mine"


def test_a_missing_file_reads_as_none(tmp_path):
    assert read_bytes(tmp_path / "none") is None


def test_what_is_no_plain_file_is_not_read(tmp_path):
    (tmp_path / "real").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, reason in {"link": "it is a link", "folder": "directory", "pipe": "not a regular file"}.items():
        with pytest.raises(StoreError, match=rf"cannot read .*{name}: .*{reason}"):
            read_bytes(tmp_path / name)
    with pytest.raises(StoreError, match="it has 5 bytes, at most 4 are allowed"):
        read_bytes(tmp_path / "real", limit=4)
    assert read_bytes(tmp_path / "real", limit=5) == b"12345"
