"""What was begun before is found by its key, and goes on only if it can."""

import json
import re

import numpy as np
import pytest

from gdlab.errors import CheckpointError, Fault, OwnCodeError, StoreError
from gdlab.store.checkpoint import FILE
from gdlab.store.left import find_left, find_sweep
from gdlab.store.metrics import COLUMNS
from gdlab.store.reader import read_folder
from gdlab.store.writer import RunWriter

WIDE = (*COLUMNS, "accuracy")


def record(folder):
    return json.loads((folder / "run.json").read_text())


@pytest.fixture
def left(leave, row):
    """A run that was left by an error after rows at 0, 10, 20 and 30, with a checkpoint at 20."""

    def left(error=None, **changes):
        def prepare(writer):
            writer.extend([row(step) for step in (0, 10, 20)])
            writer.checkpoint(20, {"w": np.arange(3.0)})

        folder = leave(error or KeyboardInterrupt(), [30], prepare)
        (folder / "run.json").write_text(json.dumps(record(folder) | changes))
        return folder

    return left


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        (KeyboardInterrupt(), {}),
        (KeyboardInterrupt(), {"status": "running"}),  # as after kill -9
        (StoreError("cannot write metrics.csv: No space left on device"), {}),
        (MemoryError(), {}),
    ],
)
def test_a_run_that_something_else_has_ended_goes_on(left, row, root, error, changes):
    folder = left(error, **changes)
    assert find_left(root, record(folder)["key"]) == folder
    with RunWriter.reopen(folder, WIDE) as writer:
        assert writer.resumed.step == 20
        np.testing.assert_array_equal(writer.resumed.kept["w"], np.arange(3.0))
        assert find_left(root, record(folder)["key"]) is None, "it is running"
        writer.extend([row(40)])
        writer.finish("max_steps", 40, "all 40 steps are done", {})
    run = read_folder(folder)
    assert (run.status, run.curve()["step"].tolist()) == ("max_steps", [0, 10, 20, 40])
    assert find_left(root, run.key) is None
    assert not (folder / FILE).exists()


@pytest.mark.parametrize("error", [RuntimeError("ours"), OwnCodeError(Fault("no", "own.py"))])
def test_a_run_that_has_failed_by_itself_does_not_go_on(left, root, error):
    folder = left(error)
    assert record(folder)["status"] == "failed"
    assert not (folder / FILE).exists()
    assert find_left(root, record(folder)["key"]) is None


def test_the_last_of_several_is_the_one_and_other_keys_are_not(left, root):
    folders = [left(started=f"2026-03-0{day}T12:00:00+00:00") for day in (2, 3, 1)]
    key = record(folders[0])["key"]
    assert find_left(root, key) == folders[1]
    assert find_left(root, "0" * 64) is None
    assert find_left(root / "none", key) is None
    assert find_sweep(root, key) is None, "these are no sweeps"


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        ("metrics.csv", lambda content: content[:-20] + b"\0" * 20, None),  # after the checkpoint, where it is dropped
        ("metrics.csv", lambda content: content[:50] + b"\0" * 30 + content[80:], "metrics.csv is damaged"),
        ("metrics.csv", lambda content: content[:100], "metrics.csv is damaged"),
        ("metrics.csv", None, "metrics.csv is missing"),
        (FILE, lambda content: content[:100], f"{FILE} is damaged"),
    ],
)
def test_a_run_whose_files_do_not_fit_its_checkpoint_is_left_alone_for_good(left, root, file, damage, said):
    folder = left()
    path = folder / file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))
    before = record(folder)
    if said is None:
        RunWriter.reopen(folder, WIDE).finish("interrupted", 20, "", {})
        return
    with pytest.raises(CheckpointError, match=re.escape(said)):
        RunWriter.reopen(folder, WIDE)
    assert record(folder) == before
    assert find_left(root, before["key"]) is None
    assert (folder / f"{FILE}.damaged").exists()


def test_a_checkpoint_that_the_run_cannot_use_is_left_alone_for_good(left, root):
    folder = left()

    def block():
        with RunWriter.reopen(folder, WIDE):
            raise CheckpointError("the checkpoint is not of this run")

    with pytest.raises(CheckpointError):
        block()
    assert (record(folder)["status"], record(folder)["step"]) == ("interrupted", 20)
    assert find_left(root, record(folder)["key"]) is None


def test_the_times_add_up(left):
    folder = left()
    with RunWriter.reopen(folder, WIDE) as writer:
        before = writer.resumed.duration
        writer.finish("max_steps", 20, "", {})
    assert before > 0
    assert record(folder)["duration"] > before


def test_two_do_not_go_on_with_the_same(left):
    folder = left()
    with RunWriter.reopen(folder, WIDE) as writer:
        with pytest.raises(StoreError, match="another process goes on with"):
            RunWriter.reopen(folder, WIDE)
        assert (folder / FILE).exists()
        writer.finish("max_steps", 20, "", {})
