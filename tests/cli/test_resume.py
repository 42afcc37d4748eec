"""A run with checkpoints that is killed goes on with the same command, to the same end."""

import os
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
log: {every: 500}
checkpoint: {every: 1000}
"""


def start(folder, *options):
    command = [sys.executable, "-m", "gdlab", "run", "c.yaml", *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(run):
    """The rows without their seconds, which no two runs share."""
    lines = (run.folder / "metrics.csv").read_text().splitlines()
    at = lines[0].split(",").index("seconds")
    return [line.split(",")[:at] + line.split(",")[at + 1 :] for line in lines]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_twice_and_run_again_it_comes_to_the_same_end(tmp_path, number):
    steps = 60_000
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.yaml").write_text(CONFIG % steps)
    start(tmp_path / "whole").communicate(timeout=60)
    for _ in range(2):
        process = start(tmp_path / "killed")
        before = checkpoints(tmp_path)
        deadline = time.monotonic() + 60
        while checkpoints(tmp_path) == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, number)
        process.communicate()
    process = start(tmp_path / "killed")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(r"c: resumed from the checkpoint at step \d+,000", said)
    (whole,), (killed,) = (read_runs(root=tmp_path / folder / "runs").runs for folder in ("whole", "killed"))
    assert (killed.status, killed.step) == ("max_steps", steps)
    assert rows(killed) == rows(whole)
    assert killed.details["w"] == whole.details["w"]
    assert not (killed.folder / "checkpoint.npz").exists()
    start(tmp_path / "killed").communicate(timeout=60)
    assert len(read_runs(root=tmp_path / "killed" / "runs").runs) == 2  # what is done is not gone on with


def checkpoints(root):
    return [path.stat().st_mtime_ns for path in root.glob("killed/runs/*/checkpoint.npz")]


def test_force_begins_anew(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG % 400_000)
    process = start(tmp_path)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/checkpoint.npz")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    process = start(tmp_path, "--force", "--set", "steps=400000")
    while len(list(tmp_path.glob("runs/*"))) < 2 and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert len(list(tmp_path.glob("runs/*"))) == 2
