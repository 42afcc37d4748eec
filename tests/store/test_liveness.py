import errno
import os
import time

import pytest

from gdlab.store import liveness
from gdlab.store.liveness import FRESH, hold, is_alive

fcntl = pytest.importorskip("fcntl", reason="there is no flock on this system")


@pytest.fixture
def held(tmp_path):
    with (tmp_path / "log.txt").open("xb", buffering=0) as log:
        hold(log)
        yield log


def test_a_run_is_alive_as_long_as_its_log_is_held(tmp_path, held):
    assert is_alive(tmp_path)
    assert is_alive(tmp_path), "looking does not take the lock"
    held.close()
    assert not is_alive(tmp_path)


def test_no_log_no_life(tmp_path):
    assert not is_alive(tmp_path)
    assert not is_alive(tmp_path / "none")


def test_two_readers_do_not_take_each_other_for_a_writer(tmp_path):
    (tmp_path / "log.txt").touch()
    with (tmp_path / "log.txt").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert not is_alive(tmp_path)


def test_without_locks_a_run_is_alive_while_its_files_change(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(liveness.fcntl, "flock", no_locks)
    with (tmp_path / "log.txt").open("xb", buffering=0) as log:
        hold(log)
        assert is_alive(tmp_path)
        old = time.time() - FRESH - 10
        os.utime(tmp_path / "log.txt", (old, old))
        assert not is_alive(tmp_path)
        (tmp_path / "metrics.csv").touch()
        assert is_alive(tmp_path)
