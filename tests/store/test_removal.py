import errno
import os
import shutil
from pathlib import Path

import pytest

from gdlab.errors import StoreError
from gdlab.store.reader import Damage, read_folder
from gdlab.store.removal import remove


def test_a_run_is_removed_with_all_that_is_in_it(make, root, names):
    folder, other = make(), make("other")
    (folder / "plots").mkdir()
    (folder / "plots" / "curves.png").touch()
    remove(read_folder(folder), root)
    assert names(root) == [other.name]


def test_a_damaged_run_can_be_removed(make, root, names):
    folder = make()
    (folder / "run.json").write_text("{")
    damage = read_folder(folder)
    assert isinstance(damage, Damage)
    remove(damage, root)
    assert names(root) == []


def test_a_live_run_is_refused(begin, root, names):
    with begin() as writer:
        with pytest.raises(StoreError, match="the run is still running"):
            remove(read_folder(writer.folder), root)
        writer.finish("converged", 0, "", {})
    remove(read_folder(writer.folder), root)
    assert names(root) == []


def test_links_are_not_followed(make, root, tmp_path):
    folder = make()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "mine").touch()
    (folder / "link").symlink_to(tmp_path / "outside")
    remove(read_folder(folder), root)
    assert (tmp_path / "outside" / "mine").exists()


def test_a_run_outside_the_root_is_refused(make, root, tmp_path):
    folder = make()
    shutil.copytree(folder, tmp_path / "elsewhere")
    shutil.copytree(folder, root / "group" / "deep")
    (root / "link").symlink_to(folder)
    for path, reason in {
        tmp_path / "elsewhere": "it is not in the runs folder",
        root / "group" / "deep": "it is not in the runs folder",
        root / "group" / ".." / ".." / "elsewhere": "it is not in the runs folder",
        root / "link": "it is a link",
        root: "it is not in the runs folder",
    }.items():
        with pytest.raises(StoreError, match=reason):
            remove(Damage(path, "any"), root)
        assert path.exists()
    assert folder.exists()


def test_a_folder_that_is_no_run_is_refused(root):
    (root / "thesis").mkdir(parents=True)
    for name in ("thesis", "none"):
        with pytest.raises(StoreError, match="it holds no run"):
            remove(Damage(root / name, "any"), root)
    assert (root / "thesis").exists()


def test_a_removal_that_fails_halfway_leaves_no_damaged_run(make, root, monkeypatch, names):
    folder = make()

    def fails(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", fails)
    with pytest.raises(StoreError, match=rf"cannot remove {folder}: Input/output error"):
        remove(read_folder(folder), root)
    assert all(name.startswith(".") for name in names(root))


def test_the_root_may_be_a_link(make, root, tmp_path, names):
    folder = make()
    (tmp_path / "link").symlink_to(root)
    remove(read_folder(tmp_path / "link" / folder.name), root)
    assert names(root) == []


def test_a_folder_that_cannot_be_entered_is_named(make, root, monkeypatch):
    run = read_folder(make())

    def locked(path):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "is_file", locked)
    with pytest.raises(StoreError, match=rf"cannot remove {run.folder}: Permission denied"):
        remove(run, root)
    assert run.folder.exists()
