"""Sweeps on the command line: run, seen coming, interrupted, killed, gone on with."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from gdlab.store.selection import read_runs

SWEEP = """
problem: xor
optimizer: {name: adam, lr: 0.05}
steps: 200
sweep:
  grid: {optimizer.lr: [0.001, 0.01, 0.1], optimizer.name: [gd, adam]}
  seeds: 4
"""
SLOW = """
problem: xor
optimizer: lbfgs
steps: 2000
stop: {target_loss: -1}
sweep:
  grid: {problem.hidden: [[2], [3], [4]]}
  seeds: 10
"""
OWN = """
problem: quadratic
optimizer: {file: rule.py, name: Mine}
steps: 5
sweep: {grid: {optimizer.lr: [0.1, 0.2, 0.3]}, seeds: 20}
"""
RULE = """
from dataclasses import dataclass

from gdlab import Optimizer


@dataclass(frozen=True)
class Mine(Optimizer):
    \"\"\"Gradient descent that breaks at large steps.\"\"\"

    lr: float = 0.1

    def init(self, w):
        return ()

    def step(self, objective, w, state):
        if self.lr > 0.15:
            raise RuntimeError("too large")
        return w - self.lr * objective.gradient(w), state
"""
# Six programs of a thousand lanes, each stored as it ends.
WIDE = """
problem: xor
optimizer: {name: adam, lr: 0.05}
steps: 400
log: {every: 200}
sweep: {seeds: 6000}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "s.yaml").write_text(SWEEP)
    (tmp_path / "slow.yaml").write_text(SLOW)
    (tmp_path / "wide.yaml").write_text(WIDE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gdlab(*arguments, check=0):
    done = subprocess.run(
        [sys.executable, "-m", "gdlab", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == check, done.stderr
    return done


def results(root="runs"):
    """What the cells came to, by the settings of each."""
    found = {}
    for run in read_runs(root=root).runs:
        assert run.key not in found
        found[run.key] = (run.status, run.step, run.summary["final_loss"])
    return found


def test_a_sweep_runs_and_is_found_done_the_next_time(folder):
    done = gdlab("run", "s.yaml")
    assert re.fullmatch(r"s: 24 max_steps  .* runs/\S+-s-\w+\n", done.stdout)
    assert len(results()) == 24
    assert "24 done, 0 to run" in gdlab("run", "s.yaml").stderr
    assert len(list((folder / "runs").iterdir())) == 1


def test_what_will_run_is_told_before(folder):
    told = gdlab("run", "s.yaml", "--dry-run").stdout
    assert "s: 24 cells, 0 done, 24 to run" in told
    assert "24 run side by side, as lanes of 2 programs" in told
    assert re.search(r"about .*s with 1 process", told)
    assert not (folder / "runs").exists()
    lines = [json.loads(line) for line in gdlab("run", "s.yaml", "--dry-run", "--json").stdout.splitlines()]
    assert [line["cell"] for line in lines] == list(range(24))
    assert lines[5]["settings"] == {"optimizer.lr": 0.001, "optimizer.name": "adam"}
    told = gdlab("run", "slow.yaml", "--dry-run").stdout
    assert "30 run one by one: lbfgs branches on the values it meets" in told


def test_the_command_line_makes_a_sweep_of_a_config(folder):
    (folder / "one.yaml").write_text("problem: quadratic\noptimizer: gd\nsteps: 20\n")
    done = gdlab("run", "one.yaml", "--set", "optimizer.lr=0.1,0.2", "--seeds", "3", "--json")
    told = json.loads(done.stdout)
    assert (told["cells"], told["ran"], told["counts"]) == (6, 6, {"max_steps": 6})
    assert {run.config["optimizer"]["lr"] for run in read_runs().runs} == {0.1, 0.2}
    assert {run.seed for run in read_runs().runs} == {0, 1, 2}


def test_force_begins_anew(folder):
    gdlab("run", "s.yaml", "-q")
    gdlab("run", "s.yaml", "-q", "--force")
    assert len(list((folder / "runs").iterdir())) == 2


def test_a_cell_that_diverges_is_a_result(folder):
    (folder / "d.yaml").write_text(
        "problem: quadratic\noptimizer: gd\nsteps: 500\nsweep: {grid: {optimizer.lr: [0.1, 3]}}"
    )
    assert "1 diverged" in gdlab("run", "d.yaml").stdout


def test_why_cells_failed_and_what_was_not_run_is_told(folder):
    (folder / "own.yaml").write_text(OWN)
    (folder / "rule.py").write_text(RULE)
    told = gdlab("run", "own.yaml", "--fail-fast", check=1).stderr
    (failed, left) = re.search(
        r"own: (\d+) failed: rule\.py:\d+:\d+: RuntimeError: too large.*\n"
        r"own: gdlab show \S+ tells more, and --retry-failed runs them again\n"
        r"own: stopped at a failure, (\d+) not run; the same command goes on with them\n",
        told,
    ).groups()
    assert int(failed) + int(left) == 40
    told = gdlab("run", "own.yaml", check=1).stderr
    assert f"own: {60 - int(left)} done, {left} to run\nown: {left} failed" in told
    assert "not run" not in told


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the cells of the wide sweep come to if nothing happens."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "wide.yaml").write_text(WIDE)
    gdlab("run", str(folder / "wide.yaml"), "-q", "--root", str(folder / "runs"))
    return results(folder / "runs")


@pytest.mark.parametrize(("number", "jobs"), [(signal.SIGKILL, "1"), (signal.SIGINT, "2")])
def test_a_driver_that_ends_twice_loses_nothing(folder, whole, number, jobs):
    command = [sys.executable, "-m", "gdlab", "run", "wide.yaml", "-j", jobs]
    done = 0
    for _ in range(2):
        chunks = len(list(folder.glob("runs/*/chunk-*.csv")))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(process, lambda: len(list(folder.glob("runs/*/chunk-*.csv"))) > chunks)  # noqa: B023 - called here
        process.send_signal(number)
        assert process.wait(300) == (-number if number == signal.SIGKILL else 130)
        before, done = done, len(results())
        assert before < done < len(whole)
    told = gdlab("run", "wide.yaml", "-j", jobs).stderr
    assert f"{done:,} done, {len(whole) - done:,} to run" in told
    assert len(list((folder / "runs").iterdir())) == 1
    ended = results()
    assert {key: end[:2] for key, end in ended.items()} == {key: end[:2] for key, end in whole.items()}
    assert [ended[key][2] for key in whole] == pytest.approx([end[2] for end in whole.values()], rel=1e-9)


def wait_for(process, happened):
    """Wait while a process runs."""
    while not happened():
        assert process.poll() is None, "it ended before"
        time.sleep(0.005)


def test_a_second_driver_is_told_who_is_the_first(folder):
    command = [sys.executable, "-m", "gdlab", "run", "slow.yaml", "--seeds", "3000"]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(first, lambda: list(folder.glob("runs/*/cells.csv")))
        second = gdlab("run", "slow.yaml", "--seeds", "3000", check=1)
        assert f"process {first.pid} on {os.uname().nodename}" in second.stderr
    finally:
        first.kill()
        first.wait()


def test_a_damaged_chunk_is_named_and_run_again(folder):
    gdlab("run", "s.yaml", "-q")
    before = results()
    (chunk,) = folder.glob("runs/*/chunk-*.npz")
    chunk.write_bytes(chunk.read_bytes()[:-100])
    done = gdlab("run", "s.yaml")
    assert chunk.name in done.stderr
    assert "0 done, 24 to run" in done.stderr
    assert results() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "optimizer.betta=1,2"], "betta"),
        (["--seeds", "1,1"], "1"),
        (["--seeds", "0"], "seed"),
        (["--set", "optimizer.name=gd,lbfgs", "--set", "optimizer.lr=0.1,0.2"], "lbfgs"),
        (["--seeds", "1000000"], "--yes"),
        (["--engine", "cloud"], "cloud"),
        (["--engine", "dask"], "dask"),
    ],
)
def test_what_is_wrong_is_told_before_anything_starts(folder, options, message):
    (folder / "one.yaml").write_text("problem: quadratic\noptimizer: {name: gd, lr: 0.1}\nsteps: 20\n")
    options = options if "--seeds" in options else [*options, "--seeds", "2"]
    done = gdlab("run", "one.yaml", *options, check=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "runs").exists()
