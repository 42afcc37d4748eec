"""A sweep is whole at every moment, has one driver at a time, and is gone on with where it was left."""

import json
import os
import re
import signal
import time
from datetime import datetime
from textwrap import dedent

import numpy as np
import pytest

from gdlab.errors import StoreError
from gdlab.store.left import find_sweep
from gdlab.store.reader import read_folder
from gdlab.store.sweep.stored import StoredSweep
from gdlab.store.sweep.writer import SweepWriter

PREAMBLE = """
    import sys
    import numpy as np
    from types import SimpleNamespace
    from gdlab.errors import StoreError
    from gdlab.store.sweep.chunk import Chunk
    from gdlab.store.left import find_sweep
    from gdlab.store.sweep.writer import SweepWriter
    root = {root!r}
    def chunk(first, cells=4, points=500):
        number = np.arange(first, first + cells)
        step = np.arange(float(points))
        loss = number + np.sqrt(step[:, None] + 1)
        return Chunk(number, ["max_steps"] * cells, number * 0 + points, ["done"] * cells,
            {{"final_loss": loss[-1]}}, number * 0 + points, {{"step": step, "loss": loss}})
    def open_sweep(count):
        folder = find_sweep(root, "k" * 64)
        if folder:
            return SweepWriter.reopen(folder)
        writer = SweepWriter.create(root, "sweep", "", {{}}, count, "k" * 64)
        writer.describe(SimpleNamespace(index=i, settings={{}}, seed=i, key=f"{{i:064x}}", data={{"seed": i}})
            for i in range(count))
        return writer
"""


@pytest.fixture
def driver(script, root):
    """Start another Python that knows `chunk(first)` and `open_sweep(count)`."""
    return lambda code: script(dedent(PREAMBLE).format(root=str(root)) + dedent(code))


def record(folder):
    return json.loads((folder / "run.json").read_text())


def test_what_is_stored_of_a_sweep(begin_sweep, chunk, names):
    with begin_sweep(tags=("a",), argv=["gdlab", "run"]) as writer:
        assert re.fullmatch(r"\d{8}-\d{6}-lr_sweep-[0-9a-f]{4}", writer.id)
        assert record(writer.folder)["status"] == "running"
        writer.write(chunk(0, 1, 2))
        writer.write(chunk(3, 4, 5, status="diverged"))
        assert writer.done() == {**dict.fromkeys(range(3), "max_steps"), **dict.fromkeys(range(3, 6), "diverged")}
        writer.finish("done", "all 6 cells are done", rate=3.5)
    stored = record(writer.folder)
    expected = {"status": "done", "count": 6, "counts": {"max_steps": 3, "diverged": 3}, "tags": ["a"], "rate": 3.5}
    assert {name: stored[name] for name in expected} == expected
    assert stored["driver"]["pid"] == os.getpid()
    kinds = [re.sub(r"-[0-9a-f]{16}\.", ".", name) for name in names(writer.folder)]
    fixed = ["cells.csv", "config.yaml", "configs.json", "log.txt", "run.json"]
    assert sorted(kinds) == sorted([*fixed, *(f"chunk-000{i}.{kind}" for i in (0, 1) for kind in ("csv", "npz"))])


def test_ten_thousand_cells_are_tens_of_files(begin_sweep, names):
    from gdlab.store.sweep.chunk import Chunk

    with begin_sweep(count=10_000) as writer:
        for first in range(0, 10_000, 512):
            cells = np.arange(first, min(first + 512, 10_000))
            zero = cells * 0
            few = ["converged"] * len(cells)
            writer.write(Chunk(cells, few, zero, few, {}, zero + 1, {"step": np.zeros(1), "loss": zero[None] + 0.1}))
        writer.finish("done", "")
    assert len(names(writer.folder)) < 50


def test_going_on_knows_what_is_done(stored, chunk):
    with SweepWriter.reopen(stored) as writer:
        assert writer.done() == {0: "max_steps", 1: "max_steps", 2: "max_steps", 3: "diverged", 4: "diverged"}
        assert writer.damaged == []
        writer.write(chunk(5))
        writer.finish("done", "all 6 cells are done")
    sweep = read_folder(stored)
    assert (sweep.status, sweep.counts, list(sweep.cells)) == ("done", {"max_steps": 4, "diverged": 2}, [*range(6)])


def test_a_cell_that_is_stored_again_counts_once_and_as_the_last(stored, chunk):
    with SweepWriter.reopen(stored) as writer:
        writer.write(chunk(4, 5, status="converged"))
        writer.finish("done", "")
    sweep = read_folder(stored)
    assert sweep.counts == {"max_steps": 3, "diverged": 1, "converged": 2}
    assert sweep.cells[4].status == "converged"
    assert len(sweep.cells[4].curve()["loss"]) == 3


def test_leftovers_of_a_torn_write_are_ignored_and_cleaned(stored, names):
    before = names(stored)
    (stored / "chunk-0002-0123456789abcdef.npz").write_bytes(b"half")
    (stored / "chunk-0003-0123456789abcdef.csv.tmp").write_bytes(b"half")
    assert list(read_folder(stored).cells) == [0, 1, 2, 3, 4]
    with SweepWriter.reopen(stored) as writer:
        assert writer.damaged == []
        writer.finish("interrupted", "")
    assert names(stored) == before


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_a_damaged_chunk_is_named_and_its_cells_run_again(stored, chunk, kind):
    (path,) = stored.glob(f"chunk-0001-*.{kind}")
    path.write_bytes(path.read_bytes()[:-3])
    with SweepWriter.reopen(stored) as writer:
        assert writer.done() == dict.fromkeys(range(3), "max_steps")
        (told,) = writer.damaged
        assert told.startswith(f"{path}: it is damaged")
        assert told.endswith("; its cells are run again")
        writer.write(chunk(3, 4, 5))
        writer.finish("done", "")
    assert path.with_name(f"{path.name}.damaged").is_file()
    sweep = read_folder(stored)
    assert (list(sweep.cells), list(sweep.damaged)) == ([*range(6)], [])
    with SweepWriter.reopen(stored) as writer:
        assert (len(writer.done()), writer.damaged) == (6, [])
        writer.finish("done", "")


def test_a_chunk_that_is_gone_is_told_and_its_cells_run_again(stored, chunk):
    for path in stored.glob("chunk-0001-*"):
        path.unlink()
    with SweepWriter.reopen(stored) as writer:
        assert writer.done() == dict.fromkeys(range(3), "max_steps")
        assert writer.damaged == [
            f"{stored}: a chunk is gone: 2 cells that were stored are in none; they are run again"
        ]
        writer.write(chunk(3, 4, 5))
        writer.finish("done", "")
    with SweepWriter.reopen(stored) as writer:
        assert (len(writer.done()), writer.damaged) == (6, [])


@pytest.mark.parametrize("name", ["cells.csv", "configs.json"])
def test_a_plan_that_is_gone_is_told_and_due_again(stored, name):
    (stored / name).unlink()
    with SweepWriter.reopen(stored) as writer:
        (told,) = writer.damaged
        assert told == f"{stored}: the plan of the sweep is missing, there is no {name}; it is written again"
        assert not (stored / "cells.csv").exists()
        writer.finish("interrupted", "")


@pytest.mark.parametrize("name", ["cells.csv", "configs.json"])
def test_a_damaged_plan_is_due_again(stored, cells, name):
    (stored / name).write_text("{")
    with SweepWriter.reopen(stored) as writer:
        (told,) = writer.damaged
        assert "the plan of the sweep" in told
        assert told.endswith("; it is written again")
        assert not (stored / "cells.csv").exists()
        writer.describe(cells)
        writer.finish("interrupted", "")
    assert len(read_folder(stored).cells) == 5
    assert told in (stored / "log.txt").read_text()


def test_a_plan_of_other_cells_is_due_again(stored, cells):
    keys = {cell.index: cell.key for cell in cells}
    with SweepWriter.reopen(stored, keys) as writer:
        assert writer.damaged == []
        writer.finish("interrupted", "")
    with SweepWriter.reopen(stored, keys | {3: "f" * 64}) as writer:
        assert [told.rpartition(": ")[2] for told in writer.damaged] == [
            "the plan of the sweep, cells.csv, is not that of its cells; it is written again"
        ]
        assert not (stored / "cells.csv").exists()
        writer.finish("interrupted", "")


def test_a_sweep_that_is_done_stays_as_it_ended_until_it_begins_again(stored, chunk):
    with SweepWriter.reopen(stored) as writer:
        writer.write(chunk(5))
        writer.finish("done", "all 6 cells are done")
    before = (stored / "run.json").read_bytes()
    with SweepWriter.reopen(stored) as writer:
        writer.finish("done", "again")
    assert (stored / "run.json").read_bytes() == before
    with SweepWriter.reopen(stored) as writer:
        writer.begin()
        assert read_folder(stored).status == "running"
        writer.finish("done", "again")
    assert record(stored)["reason"] == "again"


def test_the_times_of_all_drivers_add_up(stored):
    def ended(**changes):
        (stored / "run.json").write_text(json.dumps(record(stored) | changes))
        with SweepWriter.reopen(stored) as writer:
            writer.finish("interrupted", "")
        return record(stored)["duration"]

    assert 1000 < ended(duration=1000) < 1060
    # One that was killed counts until it stored its last chunk.
    since = datetime.fromisoformat("2026-03-01T12:00:00+01:00")
    os.utime(stored / "log.txt", (since.timestamp() + 500,) * 2)
    assert 1500 < ended(status="running", duration=1000, driver={"since": since.isoformat()}) < 1560


def test_a_second_driver_is_told_who_holds_it(begin_sweep, driver):
    with begin_sweep() as writer:
        with pytest.raises(StoreError) as caught:
            SweepWriter.reopen(writer.folder)
        pattern = rf"{writer.folder} is in use: process {os.getpid()} on \S+ has been running it since 20\d\d-\S+"
        assert re.fullmatch(pattern, str(caught.value))
        child = driver("try: open_sweep(6)\nexcept StoreError as error: print(error)")
        output, errors = child.communicate()
        assert re.fullmatch(pattern + "\n", output), errors
        writer.finish("interrupted", "")
    SweepWriter.reopen(writer.folder).finish("interrupted", "")


def test_a_sweep_is_found_by_its_key(begin_sweep, root):
    assert find_sweep(root, "k" * 64) is None
    folders = []
    for key in ("a" * 64, "b" * 64, "a" * 64):
        with begin_sweep(key) as writer:
            writer.finish("done", "")
        folders.append(writer.folder)
    assert find_sweep(root, "b" * 64) == folders[1]
    assert find_sweep(root, "a" * 64) == folders[2]
    assert find_sweep(root, "c" * 64) is None


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (KeyboardInterrupt(), "interrupted", "2 of 6 cells are done"),
        (RuntimeError("no\nmore"), "failed", "RuntimeError: no more; 2 of 6 cells are done"),
    ],
)
def test_a_block_left_by_an_exception_keeps_what_is_stored(begin_sweep, chunk, error, status, reason):
    writer = begin_sweep()

    def block():
        with writer:
            writer.write(chunk(0, 1))
            raise error

    with pytest.raises(type(error)):
        block()
    sweep = read_folder(writer.folder)
    assert (sweep.status, sweep.reason, len(sweep.cells)) == (status, reason, 2)


def test_a_live_sweep_is_running_and_counted(begin_sweep, chunk):
    with begin_sweep() as writer:
        writer.write(chunk(0, 1))
        sweep = read_folder(writer.folder)
        assert (sweep.status, sweep.reason, sweep.counts) == ("running", "2 of 6 cells are done", {"max_steps": 2})
        writer.finish("interrupted", "")


def test_killed_at_any_moment_what_was_stored_is_whole_and_nothing_comes_twice(driver, root):
    rng, count = np.random.default_rng(1), 400
    told = set()
    for attempt in range(5):
        last = attempt == 4
        child = driver(f"""
with open_sweep({count}) as writer:
    print(*writer.done(), flush=True)
    for first in range(0, {count}, 4):
        if first not in writer.done():
            {"" if last else "input()"}
            writer.write(chunk(first))
            print(first, flush=True)
    writer.finish("done", "all")
""")
        before, known = child.stdout.readline(), {*told}
        if not last:
            chunks = rng.integers(20)
            child.stdin.write("\n" * (chunks + 1))
            child.stdin.flush()
            told |= {int(child.stdout.readline()) for _ in range(chunks)}
            time.sleep(rng.uniform(0, 0.003))  # into the next one
            child.send_signal(signal.SIGKILL)
        output, errors = child.communicate()
        assert child.returncode == (0 if last else -signal.SIGKILL), errors
        assert known <= {int(word) for word in before.split()}
        told |= {*map(int, output.split())}
        (folder,) = root.iterdir()
        sweep = read_folder(folder)
        assert isinstance(sweep, StoredSweep)
        assert list(sweep.damaged) == []
        assert told <= sweep.cells.keys()
        for cell in list(sweep.cells)[-2:]:
            np.testing.assert_array_equal(sweep.cells[cell].curve()["loss"], cell + np.sqrt(np.arange(500.0) + 1))
        assert sweep.status == ("done" if last else "interrupted")
    assert list(sweep.cells) == [*range(count)]
    chunks = [line for path in folder.glob("*.csv") for line in path.read_text().splitlines()]
    assert sum(line.endswith(",done") for line in chunks) == count


def test_a_limit_on_the_size_of_files_is_one_line_and_keeps_what_is_stored(driver, root):
    pytest.importorskip("resource", reason="this system has no limit on the size of files")
    child = driver("""
import resource
try:
    with open_sweep(8) as writer:
        writer.write(chunk(0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))
        writer.write(chunk(4))
except StoreError as error:
    print(error)
""")
    output, errors = child.communicate()
    assert re.fullmatch(r"cannot write \S+chunk-0001-\w+\.npz: File too large\n", output), errors
    (folder,) = root.iterdir()
    assert not [*folder.glob("*.tmp")]
    sweep = read_folder(folder)
    assert (sweep.status, list(sweep.cells)) == ("failed", [0, 1, 2, 3])
    assert sweep.reason == f"{output.strip()}; 4 of 8 cells are done"
    assert len(sweep.cells[3].curve()["loss"]) == 500
