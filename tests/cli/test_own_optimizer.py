"""An optimizer from a user's own file, from the command line."""

from pathlib import Path

import pytest

from gdlab.store.selection import read_runs

RULE = """\
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt

from gdlab import Optimizer


@dataclass(frozen=True)
class MyRule(Optimizer):
    \"\"\"Gradient descent with friction.\"\"\"

    lr: Annotated[float, Gt(0), "step size"] = 0.1
    friction: float = 0.5

    def init(self, w):
        return np.zeros_like(w)

    def step(self, objective, w, v):
        v = (1 - self.friction) * v - self.lr * objective.gradient(w)
        return w + v, v
"""
CONFIG = "problem: quadratic\noptimizer: {file: my_rule.py, name: MyRule, lr: 0.1}\nsteps: 50\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("configs").mkdir()
    Path("configs/my_rule.py").write_text(RULE)
    Path("configs/mine.yaml").write_text(CONFIG)
    return tmp_path


def test_runs_like_a_built_in_one(gdlab, here):
    result = gdlab("run", "configs/mine.yaml")
    assert (result.code, result.out.split()[:2]) == (0, ["mine:", "max_steps"])
    (run,) = read_runs().runs
    assert run.config["optimizer"]["file"] == str(here / "configs" / "my_rule.py")
    assert len(run.config["optimizer"]["sha256"]) == 64
    assert run.summary["final_loss"] == pytest.approx(4, abs=1e-6)
    assert "MyRule" in gdlab("compare", "runs").out


def test_the_stored_config_repeats_the_run_until_the_file_changes(gdlab, here):
    gdlab("run", "configs/mine.yaml", "-q")
    (first,) = read_runs().runs
    stored = first.folder / "config.yaml"
    assert gdlab("run", stored, "-q").code == 0
    _, second = read_runs().runs
    assert second.key == first.key
    assert second.summary["final_loss"] == first.summary["final_loss"]
    Path("configs/my_rule.py").write_text(RULE.replace("0.5", "0.4"))
    result = gdlab("run", stored)
    assert result.code == 2
    assert "is not what it was, its hash has changed" in result.err
    assert "leave sha256 out" in result.err
    assert gdlab("run", "configs/mine.yaml", "-q").code == 0


def test_validate_checks_its_fields(gdlab, here):
    assert gdlab("validate", "configs/mine.yaml").out.startswith(
        "ok  configs/mine.yaml  mine: quadratic, reverse, MyRule"
    )
    result = gdlab("validate", "configs/mine.yaml", "--set", "optimizer.lr=-1", "--set", "optimizer.frction=1")
    assert result.code == 2
    assert "lr of optimizer 'MyRule' cannot be -1 (it must be a number > 0)" in result.err
    assert "did you mean 'friction'?" in result.err


def test_an_error_of_its_step_is_shown_at_its_line_and_kept_with_the_run(gdlab, here):
    Path("configs/my_rule.py").write_text(RULE.replace("self.friction)", "self.speed)"))
    result = gdlab("run", "configs/mine.yaml", "configs/mine.yaml")
    assert result.code == 1
    assert result.err.count("configs/my_rule.py:21:18: AttributeError: 'MyRule' object has no attribute 'speed'") == 2
    assert "21 |         v = (1 - self.speed)" in result.err
    assert "Traceback" not in result.err
    first, second = read_runs().runs
    assert first.status == second.status == "failed"
    assert "has no attribute 'speed'" in first.reason
    assert "Traceback" in (first.folder / "log.txt").read_text()


def test_an_error_while_it_is_loaded_stops_before_anything_runs(gdlab, here):
    Path("configs/my_rule.py").write_text("import numpy as np\nx = nump.zeros(3)\n")
    result = gdlab("run", "configs/mine.yaml")
    assert result.code == 2
    assert "configs/my_rule.py:2:5: NameError: name 'nump' is not defined" in result.err
    assert "2 | x = nump.zeros(3)" in result.err
    assert not Path("runs").exists()
