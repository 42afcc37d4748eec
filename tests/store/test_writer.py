import errno
import json
import os
import re
import sys
from datetime import datetime

import numpy as np
import pytest

from gdlab.errors import ConfigError, Fault, StoreError
from gdlab.store import claim as module
from gdlab.store.key import key
from gdlab.store.metrics import COLUMNS, read_curve
from gdlab.store.reader import read_folder

FILES = ["config.yaml", "log.txt", "metrics.csv", "run.json"]


def record(folder):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads((folder / "run.json").read_text(), parse_constant=refuse)


def test_a_run_begins_as_running_with_its_config(begin, names):
    with begin(config_text="lr: 1e-2 # γ\n") as writer:
        assert re.fullmatch(r"\d{8}-\d{6}-adam_xor-[0-9a-f]{4}", writer.id)
        assert names(writer.folder) == FILES
        assert (writer.folder / "config.yaml").read_text("utf-8") == "lr: 1e-2 # γ\n"
        assert (writer.folder / "metrics.csv").read_text() == ",".join((*COLUMNS, "accuracy")) + "\n"
        assert record(writer.folder)["status"] == "running"
        writer.finish("converged", 0, "", {})


def test_what_is_stored_of_a_run(begin, row, names):
    config = {"optimizer": {"name": "adam", "lr": 0.01}}
    with begin(config=config, tags=("a", "b"), argv=["gdlab", "run", "odd\udcff.yaml"]) as writer:
        writer.extend([row(0)])
        writer.finish("max_steps", 20, "all 20 steps are done", {"final_loss": 0.25, "grad_norm": None})
    stored = record(writer.folder)
    expected = {
        "name": "adam_xor",
        "status": "max_steps",
        "step": 20,
        "reason": "all 20 steps are done",
        "summary": {"final_loss": 0.25},
        "seed": 3,
        "tags": ["a", "b"],
        "key": key(config),
        "config": config,
        "cpus": os.cpu_count(),
        "argv": ["gdlab", "run", "odd\udcff.yaml"],
    }
    assert {name: stored[name] for name in expected} == expected
    assert stored["host"]
    assert stored["platform"]
    assert stored["versions"].keys() == {"gdlab", "python", "numpy"}
    assert stored["versions"]["numpy"] == np.__version__
    started, finished = (datetime.fromisoformat(stored[name]) for name in ("started", "finished"))
    assert started.tzinfo is not None
    assert finished.tzinfo is not None
    assert stored["duration"] >= 0
    assert names(writer.folder) == FILES


def test_the_command_line_of_the_process_is_the_default(begin):
    with begin() as writer:
        assert record(writer.folder)["argv"] == sys.argv
        writer.finish("converged", 0, "", {})


def test_numbers_that_json_lacks_are_stored(begin):
    with begin() as writer:
        writer.finish("non_finite", 1, "", {"final_loss": np.float64("nan"), "best_loss": -np.inf})
    assert record(writer.folder)["summary"] == {"final_loss": "nan", "best_loss": "-inf"}


def test_messages_carry_the_time(begin):
    with begin() as writer:
        writer.log("the largest curvature is 40 γ \udcff")
        writer.log("next")
        writer.finish("converged", 0, "", {})
    first, second = (writer.folder / "log.txt").read_text("utf-8").splitlines()
    stamp, message = first.split(" ", 1)
    assert datetime.fromisoformat(stamp).tzinfo is not None
    assert message == "the largest curvature is 40 γ \\udcff"
    assert second.endswith(" next")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("two\nlines"), "RuntimeError: two lines"),
        (ConfigError([Fault("bad", "a.yaml", 1)]), "a.yaml:1: bad"),
    ],
)
def test_an_exception_leaves_the_run_failed_and_goes_on(leave, error, reason):
    folder = leave(error, steps=(0, 10))
    stored = record(folder)
    assert (stored["status"], stored["step"], stored["reason"]) == ("failed", 10, reason)
    assert stored["summary"]["final_loss"] == 1 / 11
    log = (folder / "log.txt").read_text()
    assert "Traceback (most recent call last)" in log
    assert "raise error" in log


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interrupt_leaves_the_run_interrupted_and_goes_on(leave, error):
    folder = leave(error, steps=range(5))
    stored = record(folder)
    assert (stored["status"], stored["step"], stored["reason"]) == ("interrupted", 4, "interrupted at step 4")
    assert read_curve(folder / "metrics.csv")["step"].tolist() == [0, 1, 2, 3, 4]


def test_a_run_left_without_an_end_has_failed(begin):
    with begin() as writer:
        pass
    assert record(writer.folder)["status"] == "failed"


def test_what_happens_after_the_end_does_not_change_it(leave):
    folder = leave(KeyboardInterrupt(), prepare=lambda writer: writer.finish("converged", 7, "the loss is 0", {}))
    assert record(folder)["status"] == "converged"


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("call", "file"), [("replace", "run.json"), ("fsync", "metrics.csv")])
def test_a_full_disk_at_the_end_marks_nothing_done(begin, row, names, monkeypatch, call, file):
    def block():
        with writer:
            writer.extend([row(0)])
            monkeypatch.setattr(os, call, no_space)
            writer.finish("converged", 0, "", {})

    writer = begin()
    with pytest.raises(StoreError) as caught:
        block()
    assert str(caught.value) == f"cannot write {writer.folder / file}: No space left on device"
    assert record(writer.folder)["status"] == "running"
    assert names(writer.folder) == FILES
    run = read_folder(writer.folder)
    assert (run.status, run.step, run.curve()["loss"].tolist()) == ("interrupted", 0, [1.0])


def test_a_full_disk_at_the_start_leaves_nothing(begin, root, monkeypatch, names):
    monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(StoreError, match="No space left on device"):
        begin()
    assert names(root) == []


def test_a_limit_on_the_size_of_files_fails_the_run_in_one_line(script, root):
    pytest.importorskip("resource", reason="this system has no limit on the size of files")
    child = script("""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            with create() as writer:
                for step in range(100_000):
                    writer.extend([row(step)])
                writer.finish("max_steps", 100_000, "done", {})
        except StoreError as error:
            print(error)
    """)
    output, errors = child.communicate()
    assert re.fullmatch(r"cannot write \S+metrics\.csv: File too large\n", output), errors
    (folder,) = root.iterdir()
    assert record(folder)["status"] == "failed"
    assert record(folder)["reason"] == output.strip()
    curve = read_curve(folder / "metrics.csv")
    assert curve["step"].tolist() == list(range(len(curve["step"])))
    assert record(folder)["step"] == curve["step"][-1] > 100


def test_processes_that_start_at_once_get_a_folder_each(script, root, names):
    children = [
        script("""
            print("ready", flush=True)
            sys.stdin.readline()
            for _ in range(20):
                with create() as writer:
                    writer.finish("converged", 0, "", {})
                print(writer.id)
        """)
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    ids = [line for child in children for line in child.communicate("go\n")[0].split()]
    assert len(set(ids)) == 40
    assert sorted(ids) == names(root)


def test_a_taken_id_is_left_alone_for_another(begin, root, monkeypatch):
    ids = iter(["a-1", "a-1", "a-1", "a-2"])
    monkeypatch.setattr(module, "new_id", lambda *_: next(ids))
    with begin() as first, begin() as second:
        assert (first.id, second.id) == ("a-1", "a-2")
        first.finish("converged", 0, "", {})
        second.finish("converged", 0, "", {})


def test_when_no_id_is_free_it_says_so(begin, root, monkeypatch, names):
    monkeypatch.setattr(module, "new_id", lambda *_: "same")
    (root / "same").mkdir(parents=True)
    with pytest.raises(StoreError, match="100 ids in a row are taken"):
        begin()
    assert names(root / "same") == []


def test_a_link_where_the_folder_is_due_is_not_written_through(begin, root, tmp_path, monkeypatch, names):
    (tmp_path / "outside").mkdir()
    root.mkdir()
    (root / "trap").symlink_to(tmp_path / "outside")
    ids = iter(["trap", "free"])
    monkeypatch.setattr(module, "new_id", lambda *_: next(ids))
    with begin() as writer:
        writer.finish("converged", 0, "", {})
    assert writer.id == "free"
    assert names(tmp_path / "outside") == []


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a" * 300, "a\n", "a\0b"])
def test_a_hostile_name_writes_nothing(begin, tmp_path, name, names):
    with pytest.raises(StoreError, match="name cannot be"):
        begin(name)
    assert names(tmp_path) == []


def test_bad_columns_write_nothing(begin, tmp_path, names):
    with pytest.raises(StoreError, match="column"):
        begin(columns=("loss",))
    assert names(tmp_path) == []


def test_the_root_may_be_a_link(begin, tmp_path, names):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    with begin(root=tmp_path / "link") as writer:
        writer.finish("converged", 0, "", {})
    assert names(tmp_path / "disk") == [writer.id]


@pytest.mark.parametrize("target", ["file", "file/below", "dangling", "circle"])
def test_a_root_that_cannot_be_one_is_named(begin, tmp_path, target):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(StoreError, match=rf"cannot make the runs folder .*{target}: \w+"):
        begin(root=tmp_path / target)
    assert (tmp_path / "file").read_text() == "mine"
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_root_is_named(begin, root):
    root.mkdir(mode=0o500)
    with pytest.raises(StoreError, match=r"cannot make the run folder .*: Permission denied"):
        begin()
