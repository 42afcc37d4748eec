import errno
import os
import tracemalloc
import zlib
from pathlib import Path

import pytest

from gdlab.errors import CheckpointError, StoreError
from gdlab.store.rows import RowWriter, Written

COLUMNS = ("step", "loss")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.csv"


@pytest.fixture
def writer(path):
    writer = RowWriter(path, COLUMNS)
    yield writer
    writer.abandon()


class Failing:
    """A file with room for so many bytes, and then a fault: a disk that is full, or a signal after the write."""

    def __init__(self, file):
        self.file, self.room, self.fault, self.writes = file, None, None, 0

    def write(self, data):
        if self.room == 0:
            raise self.fault
        self.writes += 1
        count = self.file.write(bytes(data[: self.room]))
        if self.room is not None:
            self.room -= count
            if self.room == 0 and isinstance(self.fault, KeyboardInterrupt):
                raise self.fault
        return count

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.fixture
def begin(path, monkeypatch):
    """Open a writer, and give the test its file."""
    opened, real = [], Path.open

    def begin():
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", lambda *a, **k: opened.append(Failing(real(*a, **k))) or opened[-1])
            return RowWriter(path, COLUMNS), opened[-1]

    yield begin
    for file in opened:
        file.close()


def lines(path):
    text = path.read_text()
    assert text.endswith("\n")
    return text.splitlines()[1:]


def test_rows_are_in_the_file_at_once(path, writer):
    writer.extend([(0, 1.0)])
    assert lines(path) == ["0,1.0"]
    writer.extend([(1, 0.5), (2, 0.25)])
    writer.extend([])
    assert lines(path) == ["0,1.0", "1,0.5", "2,0.25"]


def test_rows_that_come_together_are_one_write(begin):
    writer, file = begin()
    for count in (1, 10, 5_000):
        before = file.writes
        writer.extend([(step, 1.0) for step in range(count)])
        assert file.writes == before + 1
    writer.close()
    assert file.writes == 1 + 3, "the head, and each time"


def test_closing_reaches_the_disk_and_can_be_repeated(path, writer, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    writer.extend([(0, 1.0)])
    writer.close()
    writer.close()
    assert synced == [path.stat().st_size]


def test_memory_does_not_grow_with_the_rows(writer):
    def peak(count):
        tracemalloc.start()
        for step in range(count):
            writer.extend([(step, step * 0.1)])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(100)
    assert peak(10_000) < 2 * few


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
TWO_ROWS = len("1,0.5\n2,0.25\n")


@pytest.mark.parametrize(
    ("fault", "room"),
    [*((FULL, room) for room in range(TWO_ROWS)), *((KeyboardInterrupt(), n + 1) for n in range(TWO_ROWS))],
)
def test_a_write_that_failed_halfway_is_made_whole_by_the_next(path, begin, fault, room):
    writer, file = begin()
    writer.extend([(0, 1.0)])
    file.room, file.fault = room, fault
    with pytest.raises((StoreError, KeyboardInterrupt)) as caught:
        writer.extend([(1, 0.5), (2, 0.25)])
    if fault is FULL:
        assert str(caught.value) == f"cannot write {path}: No space left on device"
    file.room = None
    writer.extend([(3, 0.125)])
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


def test_none_of_several_rows_is_written_if_one_is_bad(path, writer):
    with pytest.raises(ValueError, match="not one for each"):
        writer.extend([(0, 1.0), (1,)])
    writer.extend([(0, 0.5)])
    writer.close()
    assert lines(path) == ["0,0.5"]


def test_going_on_drops_what_came_later(path, writer):
    writer.extend([(0, 1.0), (1, 0.5)])
    then = writer.written
    writer.extend([(2, 9.0)])
    writer.close()
    with path.open("a") as file:
        file.write("3,0.")  # torn
    following = RowWriter(path, COLUMNS, after=then)
    assert following.written == then
    following.extend([(2, 0.25)])
    following.close()
    assert lines(path) == ["0,1.0", "1,0.5", "2,0.25"]
    assert following.written == Written(path.stat().st_size, zlib.crc32(path.read_bytes()))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[:5] + b"\0" * (len(content) - 5),
        lambda content: content.replace(b"0.5", b"0.6"),
        lambda content: b"\n" + content,
        lambda content: b"",
    ],
)
def test_going_on_in_a_file_that_does_not_fit_is_refused_and_changes_nothing(path, writer, damage):
    writer.extend([(0, 1.0), (1, 0.5)])
    writer.close()
    path.write_bytes(damaged := damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=r"metrics\.csv is damaged"):
        RowWriter(path, COLUMNS, after=writer.written)
    assert path.read_bytes() == damaged
    path.unlink()
    with pytest.raises(CheckpointError, match=r"metrics\.csv is missing"):
        RowWriter(path, COLUMNS, after=writer.written)
