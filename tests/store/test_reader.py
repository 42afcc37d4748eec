import json
import math
import os
import shutil
import time

import numpy as np
import pytest

from gdlab.store import reader, record
from gdlab.store.metrics import COLUMNS
from gdlab.store.reader import Damage, read_folder, read_log
from gdlab.store.run import Run


def edit(folder, **changes):
    path = folder / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_finished_run_comes_back_whole(make):
    folder = make(tags=("a", "b"))
    run = read_folder(folder)
    assert isinstance(run, Run)
    assert (run.folder, run.id, run.name, run.status) == (folder, folder.name, "adam_xor", "max_steps")
    assert (run.step, run.reason, run.seed, run.tags) == (20, "all 20 steps are done", 3, ("a", "b"))
    assert run.config["optimizer"] == {"name": "adam", "lr": 0.01}
    assert run.summary == {"final_loss": 1 / 21, "accuracy": 0.75}
    assert run.started.tzinfo is not None
    assert run.details.keys() == {"finished", "duration", "versions", "host", "platform", "cpus", "argv"}
    curve = run.curve()
    assert list(curve) == [*COLUMNS, "accuracy"]
    assert curve["loss"].tolist() == [1, 1 / 11, 1 / 21]
    assert np.isnan(curve["accuracy"]).all()


def test_non_finite_numbers_come_back_as_floats(begin):
    with begin() as writer:
        writer.extend([(0, math.inf, math.nan, 0.1, 1, 0, 1, 0.0, -math.inf)])
        writer.finish("non_finite", 0, "", {"final_loss": math.inf, "grad_norm": math.nan, "accuracy": -math.inf})
    run = read_folder(writer.folder)
    assert repr(dict(run.summary)) == "{'final_loss': inf, 'grad_norm': nan, 'accuracy': -inf}"
    assert [run.curve()[name][0] for name in ("loss", "accuracy")] == [math.inf, -math.inf]


def test_a_finished_run_is_read_from_one_file(make, monkeypatch):
    folder, opened = make(), []
    read = record.read_bytes
    monkeypatch.setattr(record, "read_bytes", lambda path, *limit: opened.append(path.name) or read(path, *limit))
    read_folder(folder)
    assert opened == ["run.json"]


def test_a_live_run_is_running_at_the_step_of_its_rows(begin, row):
    with begin() as writer:
        assert read_folder(writer.folder).status == "running"
        assert read_folder(writer.folder).step == 0
        writer.extend([row(0)])
        run = read_folder(writer.folder)
        assert (run.status, run.step, run.summary["final_loss"]) == ("running", 0, 1.0)
        writer.finish("converged", 0, "", {})
    assert read_folder(writer.folder).status == "converged"


def test_a_run_that_ends_while_it_is_read_is_not_called_interrupted(begin, monkeypatch):
    with begin() as writer:

        def ends_meanwhile(_):
            writer.finish("converged", 0, "", {})
            return False

        monkeypatch.setattr(reader, "is_alive", ends_meanwhile)
        assert read_folder(writer.folder).status == "converged"


def test_killed_writers_leave_every_row_that_was_written(script, root):
    for moment in (0.0, 0.013, 0.05, 0.11):  # seconds; whatever is written by then must be whole
        shutil.rmtree(root, ignore_errors=True)
        child = script("""
            with create() as writer:
                writer.extend([row(0)])
                print("ready", flush=True)
                for step in range(1, 10**9):
                    writer.extend([row(step)])
        """)
        assert child.stdout.readline() == "ready\n"
        (folder,) = root.iterdir()
        assert read_folder(folder).status == "running"
        time.sleep(moment)
        child.kill()
        child.wait()
        run = read_folder(folder)
        curve = run.curve()
        count = len(curve["step"])
        assert (run.status, run.step, run.reason) == ("interrupted", count - 1, f"interrupted at step {count - 1}")
        np.testing.assert_array_equal(curve["loss"], 1 / (np.arange(count) + 1))
        assert run.summary["final_loss"] == run.summary["best_loss"] == curve["loss"][-1]
        assert run.summary["evaluations"] == count


def test_killed_while_runs_begin_and_end_nothing_else_is_touched(script, root, names):
    child = script("""
        print("ready", flush=True)
        while True:
            with create() as writer:
                writer.extend([row(0)])
                writer.finish("converged", 0, "done", {"final_loss": 1.0})
    """)
    assert child.stdout.readline() == "ready\n"
    while not root.exists() or len(names(root)) < 20:
        assert child.poll() is None, child.stderr.read()
        time.sleep(0.001)
    child.kill()
    child.wait()
    results = [read_folder(folder) for folder in root.iterdir()]
    done = [result for result in results if isinstance(result, Run) and result.status == "converged"]
    (last,) = [result for result in results if result not in done] or [None]
    assert len(done) >= 18
    match last:
        case None:
            pass
        case Damage():
            assert last.reason == "run.json is missing"
        case Run():
            assert last.status == "interrupted"


def test_a_torn_last_row_of_a_killed_run_does_not_count(killed):
    folder = killed(steps=[0])
    with (folder / "metrics.csv").open("a") as file:
        file.write("10,0.8")
    run = read_folder(folder)
    assert (run.status, run.step, run.summary["final_loss"]) == ("interrupted", 0, 1.0)


@pytest.mark.parametrize("content", ["", "{", "null", "[]", "\0" * 100, "{}{}", "[" * 100_000, '{"a": 1}'])
def test_a_run_json_that_is_none_is_damage(make, content):
    folder = make()
    (folder / "run.json").write_text(content)
    damage = read_folder(folder)
    assert isinstance(damage, Damage)
    assert damage.folder == folder
    assert damage.reason.startswith("run.json ")
    assert "\n" not in damage.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": 3}, "run.json: 'status' must be text, not 3"),
        ({"step": "12"}, "run.json: 'step' must be a whole number, not '12'"),
        ({"step": True}, "run.json: 'step' must be a whole number, not True"),
        ({"step": 1.5}, "run.json: 'step' must be a whole number, not 1.5"),
        ({"summary": [1]}, "run.json: 'summary' must be a mapping of numbers, not [1]"),
        ({"summary": {"a": "x"}}, "run.json: 'summary' must be a mapping of numbers, not {'a': 'x'}"),
        ({"summary": {"a": 10**400}}, "run.json: 'summary' must be a mapping of numbers"),
        ({"summary": {"a": False}}, "run.json: 'summary' must be a mapping of numbers, not {'a': False}"),
        ({"tags": ["a", 1]}, "run.json: 'tags' must be a list of words, not ['a', 1]"),
        ({"started": "yesterday"}, "run.json: 'started' must be a time with its zone, not 'yesterday'"),
        ({"started": "2026-11-24T21:36:01"}, "run.json: 'started' must be a time with its zone"),
        ({"config": None}, "run.json: 'config' must be a mapping, not None"),
        ({"format": 99}, "run.json has format 99: a newer gdlab wrote it"),
    ],
)
def test_wrong_types_are_damage(make, changes, reason):
    folder = make()
    edit(folder, **changes)
    assert read_folder(folder).reason.startswith(reason)


@pytest.mark.parametrize("missing", ["format", "name", "status", "step", "reason", "summary", "seed", "config", "key"])
def test_what_run_json_lacks_is_named(make, missing):
    folder = make()
    stored = json.loads((folder / "run.json").read_text())
    del stored[missing]
    (folder / "run.json").write_text(json.dumps(stored))
    assert read_folder(folder).reason == f"run.json has no '{missing}'"


@pytest.mark.parametrize("missing", ["run.json", "config.yaml"])
def test_a_missing_file_is_damage(make, missing):
    folder = make()
    (folder / missing).unlink()
    assert str(read_folder(folder)) == f"{folder}: {missing} is missing"


def test_a_run_that_is_just_being_made_is_not_damaged(begin):
    with begin() as writer:
        (writer.folder / "run.json").rename(writer.folder / "away")
        assert read_folder(writer.folder) is None
        writer.finish("converged", 0, "", {})


@pytest.mark.parametrize("outside", ["run.json", "metrics.csv"])
def test_files_that_are_links_are_not_followed(killed, tmp_path, outside):
    folder = killed()
    (folder / outside).rename(tmp_path / outside)
    (folder / outside).symlink_to(tmp_path / outside)
    assert read_folder(folder).reason == f"cannot read {outside}: it is a link, and links are not followed"


def test_a_pipe_in_place_of_a_file_does_not_hang(make):
    folder = make()
    (folder / "run.json").unlink()
    os.mkfifo(folder / "run.json")
    assert read_folder(folder).reason == "cannot read run.json: it is not a regular file"


def test_damaged_rows_of_a_killed_run_are_damage(killed):
    folder = killed()
    with (folder / "metrics.csv").open("a") as file:
        file.write("garbage\n")
    assert read_folder(folder).reason.startswith("metrics.csv:2: damaged row, it has 1 fields and not 9")


def test_a_folder_that_is_plainly_no_run_is_nothing(tmp_path):
    assert read_folder(tmp_path) is None
    assert read_folder(tmp_path / "none") is None


def test_the_log_of_a_run(begin):
    with begin() as writer:
        writer.log("hello")
        writer.finish("converged", 0, "", {})
    run = read_folder(writer.folder)
    assert read_log(run).endswith(" hello\n")
    (writer.folder / "log.txt").unlink()
    assert read_log(run) == ""
