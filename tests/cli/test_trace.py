"""`gdlab run --trace`: a table of the first steps, and a file with the same."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from gdlab.store.selection import read_runs
from gdlab.store.trace import read_trace

CONFIG = """\
problem: polynomial
optimizer: {name: adam, lr: 1.0}
steps: 20
"""
AROUND = CONFIG.replace("lr: 1.0", "lr: {schedule: cosine, start: 0.1}, clip_norm: 1, average: polyak")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("adam.yaml").write_text(CONFIG)
    Path("around.yaml").write_text(AROUND)
    return tmp_path


def test_shows_the_rule_with_its_numbers_in_it(gdlab, here):
    result = gdlab("run", "adam.yaml", "--trace", "2")
    assert result.code == 0
    assert result.out.startswith("the first 2 steps of adam\nm ← β₁m + (1−β₁)g\n")
    lines = [line.split() for line in result.out.splitlines()]
    for row in (["g", "24", "10"], ["m", "2.4", "1"], ["m̂", "24", "10"], ["step", "taken", "-1", "-1"]):
        assert row in lines
    assert result.out.splitlines()[-1].startswith("adam: max_steps")


def test_stores_the_same(gdlab, here):
    gdlab("run", "adam.yaml", "--trace", "3", "-q")
    (run,) = read_runs().runs
    columns = read_trace(run.folder)
    assert columns["step"].tolist() == [0, 0, 1, 1, 2, 2]
    np.testing.assert_allclose(columns["g"][:2], [24, 10])
    np.testing.assert_allclose(columns["effective_lr"][:2], [1 / 24, 1 / 10], rtol=1e-8)
    assert run.details["argv"][-2:] == ["--trace", "3"]


def test_it_changes_nothing_about_the_run(gdlab, here):
    gdlab("run", "around.yaml", "-q")
    gdlab("run", "around.yaml", "-q", "--trace", "5")
    first, second = read_runs().runs
    timed = {"seconds"}
    assert {k: v for k, v in first.summary.items() if k not in timed} == {
        k: v for k, v in second.summary.items() if k not in timed
    }
    assert first.key == second.key


def test_without_it_there_is_no_file(gdlab, here):
    gdlab("run", "adam.yaml", "-q")
    (run,) = read_runs().runs
    assert not (run.folder / "trace.csv").exists()


def test_scripts_get_no_table(gdlab, here):
    (line,) = gdlab("run", "adam.yaml", "--trace", "2", "--json").out.splitlines()
    assert json.loads(line)["status"] == "max_steps"
    assert gdlab("run", "adam.yaml", "--trace", "2", "-q").out.count("\n") == 1


@pytest.mark.parametrize("value", ["-1", "x", "1.5"])
def test_wants_a_number_of_steps(gdlab, here, value):
    result = gdlab("run", "adam.yaml", "--trace", value)
    assert result.code == 2
    assert not Path("runs").exists()


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize("columns", [40, 80])
def test_fits_the_terminal(monkeypatch, gdlab, here, columns):
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    gdlab("run", "around.yaml", "--trace", "2")
    table = terminal.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").partition("\n\n")[2]
    assert max(map(len, table.partition("\n\n")[0].splitlines())) <= columns
    assert "effective lr" in table
    assert "g used" in table


def test_plain_letters_will_do(process, here):
    result = process("run", str(here / "around.yaml"), "--trace", "1", env={"LC_ALL": "C"})
    assert result.code == 0
    assert "Traceback" not in result.err
    assert "step taken" in result.out


def test_it_ends_where_the_run_ends(gdlab, here):
    Path("newton.yaml").write_text("problem: rosenbrock\noptimizer: newton\nsteps: 100\n")
    result = gdlab("run", "newton.yaml", "--trace", "50")
    (run,) = read_runs().runs
    steps = read_trace(run.folder)["step"]
    assert 0 < steps.max() + 1 < 50
    assert f"converged  step {int(steps.max()) + 1}" in result.out
