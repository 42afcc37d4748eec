"""A run with checkpoints that is killed goes on with the same command, to the same end."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest

from gdlab.store.selection import read_runs

CONFIG = """
problem: xor
optimizer: {name: adam, lr: 0.05}
steps: %d
log: {every: 250}
checkpoint: {every: 1000}
"""


def start(folder, *options, code=("-m", "gdlab")):
    command = [sys.executable, *code, "run", "c.yaml", *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process, code=0):
    """What a process says until its end."""
    _, said = process.communicate(timeout=300)
    assert process.returncode == code, said
    return said


def wait_for(process, happened):
    """Wait while a process runs."""
    while not happened():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def rows(run):
    """The rows without their seconds, which no two runs share."""
    lines = (run.folder / "metrics.csv").read_text().splitlines()
    at = lines[0].split(",").index("seconds")
    return [line.split(",")[:at] + line.split(",")[at + 1 :] for line in lines]


def checkpoints(folder):
    return [path.stat().st_mtime_ns for path in folder.glob("runs/*/checkpoint.npz")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that never stopped."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "c.yaml").write_text(CONFIG % 30_000)
    end(start(folder))
    (run,) = read_runs(root=folder / "runs").runs
    return run


@pytest.fixture
def folder(tmp_path):
    """A folder with the config of the same run."""
    (tmp_path / "c.yaml").write_text(CONFIG % 30_000)
    return tmp_path


def kill(folder, number=signal.SIGKILL):
    """Run until a checkpoint is written, and end it there."""
    before = checkpoints(folder)
    process = start(folder)
    wait_for(process, lambda: checkpoints(folder) != before)
    process.send_signal(number)
    process.communicate()
    assert process.returncode == (-number if number == signal.SIGKILL else 130)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_twice_and_run_again_it_comes_to_the_same_end(folder, whole, number):
    kill(folder, number)
    kill(folder, number)
    assert re.search(r"c: resumed from the checkpoint at step [\d,]+", end(start(folder)))
    (run,) = read_runs(root=folder / "runs").runs
    assert (run.status, run.step) == ("max_steps", 30_000)
    assert rows(run) == rows(whole)
    assert run.details["w"] == whole.details["w"]
    assert not checkpoints(folder)


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, resource.RLIM_INFINITY))
from gdlab.cli import main
main()
"""


def test_a_run_that_found_the_disk_full_goes_on_when_there_is_room(folder, whole):
    pytest.importorskip("resource", reason="this system has no limit on the size of files")
    said = end(start(folder, code=("-c", FULL)), code=1)
    assert re.search(r"^cannot write runs/\S+/metrics\.csv: File too large$", said, re.M)
    assert "Traceback" not in said
    (run,) = read_runs(root=folder / "runs").runs
    assert run.status == "failed"
    assert "c: resumed from the checkpoint" in end(start(folder))
    (run,) = read_runs(root=folder / "runs").runs
    assert (run.status, rows(run)) == ("max_steps", rows(whole))


@pytest.mark.parametrize("name", ["metrics.csv", "checkpoint.npz"])
def test_a_run_whose_files_are_damaged_begins_anew_and_says_so_once(folder, whole, name):
    kill(folder)
    (damaged,) = folder.glob(f"runs/*/{name}")
    damaged.write_bytes(damaged.read_bytes()[:100])
    said = end(start(folder))
    (warning,) = [line for line in said.splitlines() if "begins anew" in line]
    assert re.match(rf"c: runs/\S+/{name} is damaged: ", warning)
    assert "resumed" not in said
    left, run = sorted(read_runs(root=folder / "runs").runs, key=lambda run: run.started)
    assert (left.status, run.status, rows(run)) == ("interrupted", "max_steps", rows(whole))


def test_force_begins_anew(folder):
    kill(folder)
    process = start(folder, "--force")
    wait_for(process, lambda: len(list(folder.glob("runs/*/run.json"))) == 2)
    process.kill()
    process.communicate()
    kept = [json.loads(path.read_text())["step"] for path in folder.glob("runs/*/run.json")]
    assert kept == [0, 0], "neither has gone on from the other"
