import errno
import os
import tracemalloc
from pathlib import Path

import pytest

from gdlab.errors import StoreError
from gdlab.store import rows as module
from gdlab.store.rows import BATCH, SECONDS, RowWriter

COLUMNS = ("step", "loss")


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    clock = {"now": 100.0}
    monkeypatch.setattr(module, "monotonic", lambda: clock["now"])
    return clock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.csv"


@pytest.fixture
def writer(path):
    writer = RowWriter(path, COLUMNS)
    yield writer
    writer.abandon()


def lines(path):
    text = path.read_text()
    assert text.endswith("\n")
    return text.splitlines()[1:]


def test_rows_are_written_while_they_come(clock, path, writer):
    writer.append((0, 1.0))
    assert lines(path) == ["0,1.0"], "the first row shows at once"
    writer.append((1, 0.5))
    assert lines(path) == ["0,1.0"]
    clock["now"] += SECONDS
    writer.append((2, 0.25))
    assert lines(path) == ["0,1.0", "1,0.5", "2,0.25"]
    writer.append((3, 0.125))
    writer.close()
    assert lines(path) == ["0,1.0", "1,0.5", "2,0.25", "3,0.125"]


def test_a_full_batch_does_not_wait_for_the_clock(clock, path, writer):
    for step in range(2 * BATCH + 1):
        writer.append((step, 1.0))
    assert len(lines(path)) >= 2 * BATCH - 1


def test_closing_reaches_the_disk_and_can_be_repeated(path, writer, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    writer.append((0, 1.0))
    writer.close()
    writer.close()
    assert synced == [path.stat().st_size]


def test_memory_does_not_grow_with_the_rows(writer, clock):
    def peak(count):
        tracemalloc.start()
        for step in range(count):
            writer.append((step, step * 0.1))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(2 * BATCH)
    assert peak(100_000) < 2 * few


class Failing:
    """A file with room for so many bytes, and then a fault: a disk that is full, or a signal after the write."""

    def __init__(self, file):
        self.file, self.room, self.fault = file, None, None

    def write(self, data):
        if self.room == 0:
            raise self.fault
        count = self.file.write(bytes(data[: self.room]))
        if self.room is not None:
            self.room -= count
            if self.room == 0 and isinstance(self.fault, KeyboardInterrupt):
                raise self.fault
        return count

    def __getattr__(self, name):
        return getattr(self.file, name)


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
TWO_ROWS = len("1,0.5\n2,0.25\n")


@pytest.mark.parametrize(
    ("fault", "room"),
    [*((FULL, room) for room in range(TWO_ROWS)), *((KeyboardInterrupt(), n + 1) for n in range(TWO_ROWS))],
)
def test_a_write_that_failed_halfway_is_made_whole_by_the_next(clock, path, monkeypatch, fault, room):
    opened, real = [], Path.open
    monkeypatch.setattr(Path, "open", lambda *a, **k: opened.append(Failing(real(*a, **k))) or opened[-1])
    writer = RowWriter(path, COLUMNS)
    monkeypatch.setattr(Path, "open", real)
    writer.append((0, 1.0))
    writer.append((1, 0.5))
    clock["now"] += SECONDS
    opened[0].room, opened[0].fault = room, fault
    with pytest.raises((StoreError, KeyboardInterrupt)) as caught:
        writer.append((2, 0.25))
    if fault is FULL:
        assert str(caught.value) == f"cannot write {path}: No space left on device"
    opened[0].room = None
    writer.append((3, 0.125))
    writer.close()
    assert lines(path) == ["0,1.0", "1,0.5", "2,0.25", "3,0.125"]


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"cannot write .*metrics\.csv: No such file"):
        RowWriter(tmp_path / "none" / "metrics.csv", COLUMNS)


def test_an_existing_file_is_never_written_over(path):
    path.write_text("mine")
    with pytest.raises(StoreError, match="File exists"):
        RowWriter(path, COLUMNS)
    assert path.read_text() == "mine"


def test_a_bad_row_is_told_when_it_is_written(writer):
    with pytest.raises(ValueError, match="not one for each"):
        writer.append((0,))
