"""Files to sweeps."""

import pytest

from gdlab.config.dump import dump
from gdlab.config.sweep.resolve import resolve_sweep, resolve_sweep_text, resolve_sweeps
from gdlab.errors import ConfigError

RULE = """\
from dataclasses import dataclass
from gdlab.optimizers import Optimizer


@dataclass(frozen=True)
class Mine(Optimizer):
    lr: float = 0.1

    def init(self, w):
        return ()

    def step(self, objective, w, state):
        return w - self.lr * objective.gradient(w), state
"""


def test_the_sweep_of_the_example(tmp_path):
    (tmp_path / "base.yaml").write_text("problem: xor\noptimizer: {name: adam, lr: 0.05}\nsteps: 7\n")
    path = tmp_path / "lr sweep.yaml"
    path.write_text(
        "extends: base.yaml\n"
        "sweep:\n"
        "  grid: {optimizer.lr: {logspace: [1e-4, 1, 9]}, optimizer.name: [gd, momentum, adam]}\n"
        "  seeds: 50\n"
    )
    sweep = resolve_sweep(path)
    assert (sweep.name, sweep.source, sweep.swept, len(sweep)) == ("lr-sweep", path, True, 9 * 3 * 50)
    assert sweep.keys == ("optimizer.lr", "optimizer.name")
    cells = list(sweep)
    assert cells[51].settings == {"optimizer.lr": 1e-4, "optimizer.name": "momentum"}
    assert (cells[51].seed, cells[51].experiment.steps) == (1, 7)
    assert list(resolve_sweep_text(dump(sweep.data))) == cells


def test_faults_of_all_files_come_at_once(tmp_path):
    for name, text in {"a": "x: 1", "b": "problem: xor\noptimizer: gd\nsweep: {seeds: 0}"}.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        resolve_sweeps([tmp_path / name for name in "abc"], ["oops"])
    told = {(fault.source.rpartition("/")[2], fault.message.partition(" ")[0]) for fault in caught.value.faults}
    assert {("--set oops", "has"), ("a", "unknown"), ("b", "0"), ("c", "no")} <= told


def test_files_of_the_user_are_found_again_from_elsewhere(tmp_path, monkeypatch):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "rule.py").write_text(RULE)
    (inner / "a.yaml").write_text(
        "problem: quadratic\noptimizer: {file: rule.py}\nsweep: {grid: {optimizer.lr: [0.1, 0.2, 0.3]}}\n"
    )
    sweep = resolve_sweep(inner / "a.yaml")
    assert [cell.experiment.optimizer.lr for cell in sweep] == [0.1, 0.2, 0.3]
    monkeypatch.chdir(tmp_path)
    again = resolve_sweep_text(dump(sweep.data))
    assert [cell.key for cell in again] == [cell.key for cell in sweep]
