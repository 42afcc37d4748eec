"""A rule that writes to the parameters is stopped at its line, instead of being told the gradient of another point."""

from dataclasses import dataclass

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import DualNumbers
from gdlab.errors import OwnCodeError
from gdlab.experiment.spec import Batch, Experiment
from gdlab.experiment.trace import trace
from gdlab.experiment.train import train
from gdlab.optimizers import GD, Around, Optimizer, PolyakAverage
from gdlab.problems import PROBLEMS

FILE = """
from dataclasses import dataclass
import gdlab

@dataclass(frozen=True)
class InPlace(gdlab.Optimizer):
    lr: float = 0.1

    def init(self, w):
        return ()

    def step(self, objective, w, state):
        w -= self.lr * objective.gradient(w)
        return w, state
"""


@dataclass(frozen=True)
class InPlace(Optimizer):
    def init(self, w):
        return ()

    def step(self, objective, w, state):
        w -= 0.1 * objective.gradient(w)
        return w, state


@dataclass(frozen=True)
class ThroughAView(InPlace):
    def step(self, objective, w, state):
        w[:1] -= 0.1
        return w, state


@pytest.mark.parametrize("rule", [InPlace(), ThroughAView(), Around(InPlace(), average=PolyakAverage())])
@pytest.mark.parametrize("batch", [Batch(), Batch(size=2)], ids=["all", "batch"])
def test_a_step_that_changes_w_in_place_is_stopped(rule, batch):
    experiment = Experiment(PROBLEMS["xor"](), DualNumbers(), rule, steps=3, batch=batch)
    for run in (train, lambda experiment: trace(experiment, 2)):
        with pytest.raises(ValueError, match="read-only") as error:
            run(experiment)
        assert f"the step of {rule.name} changes w, or a view of it, in place" in error.value.__notes__[0]


def test_its_line_is_shown(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    with pytest.raises(OwnCodeError) as error:
        gdlab.minimize(
            PROBLEMS["rosenbrock"](), None, {"file": tmp_path / "mine.py", "name": "InPlace"}, "dual", steps=2
        )
    message = str(error.value)
    assert "mine.py:13:" in message
    assert "w -= self.lr * objective.gradient(w)" in message
    assert "write w = w - lr * g" in message


def test_what_a_run_returns_can_be_written_to():
    result = gdlab.minimize(PROBLEMS["rosenbrock"](), None, GD(lr=0.001), "dual", steps=2, record_points=True)
    for array in (result.w, result.solution, np.array(result.points)):
        assert array.flags.writeable
