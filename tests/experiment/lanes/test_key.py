"""Which experiments share a program."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse
from gdlab.experiment.lanes import LaneKeys, Reason, group, lane_key
from gdlab.experiment.spec import Batch, Experiment, Log, Stop
from gdlab.optimizers import BFGS, GD, OPTIMIZERS, Adam, Around, LevenbergMarquardt, Momentum, Noise, Optimizer
from gdlab.optimizers.schedules import Cosine, Exponential
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.problems.xor import XOR


def cell(problem: Problem | None = None, optimizer: Optimizer | None = None, **options: Any) -> Experiment:
    options = {"gradient": Reverse()} | options
    return Experiment(problem or XOR(), optimizer=optimizer or GD(), **options)


polynomial: Any = PROBLEMS["polynomial"]
SHARED = [
    (cell(seed=1), cell(seed=2)),
    (cell(name="a", tags=("x",)), cell(name="b")),
    (cell(optimizer=GD(lr=0.1)), cell(optimizer=GD(lr=1))),
    (cell(optimizer=Adam(beta1=0.8, eps=1e-7)), cell(optimizer=Adam(lr=0.1))),
    (cell(optimizer=Around(GD(), clip_norm=1.0)), cell(optimizer=Around(GD(), clip_norm=2.0))),
    (cell(optimizer=Around(GD(), noise=Noise(0.1))), cell(optimizer=Around(GD(), noise=Noise(0.2)), seed=3)),
    (cell(optimizer=Around(GD(), {"lr": Cosine(0.1)})), cell(optimizer=Around(GD(), {"lr": Cosine(0.2)}))),
    (cell(polynomial(start=(1.0, 2.0))), cell(polynomial(start=(3.0, 4.0)))),
    (cell(PROBLEMS["linear"](), seed=1), cell(PROBLEMS["linear"](), seed=1, optimizer=GD(lr=0.2))),
]


@pytest.mark.parametrize(("one", "other"), SHARED, ids=str)
def test_lanes_differ_in_seed_start_and_numbers(one: Experiment, other: Experiment) -> None:
    assert not isinstance(lane_key(one), Reason)
    assert lane_key(one) == lane_key(other)
    assert hash(lane_key(one)) == hash(lane_key(other))


APART = [
    (cell(), cell(optimizer=Momentum())),
    (cell(), cell(XOR(hidden=(2,)))),
    (cell(), cell(gradient=DualNumbers())),
    (cell(gradient=Numeric(eps=1e-4)), cell(gradient=Numeric())),
    (cell(), cell(steps=7)),
    (cell(), cell(stop=Stop(target_loss=0.1))),
    (cell(), cell(log=Log(every=3))),
    (cell(optimizer=Adam()), cell(optimizer=Adam(eps_root=1e-8))),
    (cell(optimizer=Adam()), cell(optimizer=Adam(variant="lecture"))),
    (cell(), cell(optimizer=Around(GD(), clip_norm=1.0))),
    (cell(optimizer=Around(GD(), {"lr": Cosine(0.1)})), cell(optimizer=Around(GD(), {"lr": Exponential(0.1, 0.9)}))),
    (cell(PROBLEMS["linear"](), seed=1), cell(PROBLEMS["linear"](), seed=2)),  # the seed draws the data
]


@pytest.mark.parametrize(("one", "other"), APART, ids=str)
def test_what_else_differs_makes_another_program(one: Experiment, other: Experiment) -> None:
    assert not isinstance(lane_key(one), Reason)
    assert lane_key(one) != lane_key(other)


class Branching(XOR):
    name = "branching"

    def loss(self, w: Any, rows: Any = None) -> Any:
        return super().loss(w, rows) if w[0] > 0 else 2 * super().loss(w, rows)


@dataclass(frozen=True)
class Mixing(Optimizer):
    """Forgets that lanes lie side by side."""

    name = "mixing"
    lr: float = 0.1

    def init(self, w: Any) -> Any:
        return ()

    def step(self, objective: Any, w: Any, state: Any) -> Any:
        g = objective.gradient(w)
        return w - self.lr * g / np.sqrt(np.sum(g * g)), ()


@dataclass(frozen=True)
class Choosy(Optimizer):
    """Takes another way where a number is large."""

    name = "choosy"
    lr: float = 0.1
    extra: float = 0.0

    def init(self, w: Any) -> Any:
        return ()

    def step(self, objective: Any, w: Any, state: Any) -> Any:
        g = objective.gradient(w)
        return (w - self.lr * g if self.extra > 1 else w - 2 * self.lr * g), ()


ALONE = [
    (cell(batch=Batch(size=2)), "draws minibatches of its own"),
    (cell(batch=Batch(shards=2)), "parts of the data"),
    (cell(optimizer=BFGS()), "bfgs branches on the values it meets"),
    (cell(optimizer=LevenbergMarquardt()), "levenberg_marquardt branches"),
    (cell(gradient=Reverse(retrace=True)), "retrace"),
    (cell(gradient=Numeric(scheme="complex")), "operation by operation"),
    (cell(gradient=Numeric(scheme="richardson")), "chooses its steps"),
    (cell(Branching()), "a branch (if"),
    (cell(PROBLEMS["mlp"](hidden=(64, 64))), "products of matrices"),
    (cell(optimizer=Mixing()), "mixing does not take replicas side by side"),
]


@pytest.mark.parametrize(("experiment", "words"), ALONE, ids=lambda x: x if isinstance(x, str) else "")
def test_what_cannot_share_a_program_says_why(experiment: Experiment, words: str) -> None:
    reason = lane_key(experiment)
    assert isinstance(reason, Reason)
    assert words in str(reason)
    assert not str(reason).endswith(".")
    assert "\n" not in str(reason)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_rule_has_a_key_or_a_reason(name: str) -> None:
    rule: Any = OPTIMIZERS[name]
    assert isinstance(lane_key(cell(optimizer=rule())), Reason) is not rule.traceable


def test_a_number_that_the_rule_branches_on_is_the_same_in_all_lanes() -> None:
    assert lane_key(cell(optimizer=Choosy(lr=0.1))) == lane_key(cell(optimizer=Choosy(lr=0.2)))
    assert lane_key(cell(optimizer=Choosy(extra=0.0))) != lane_key(cell(optimizer=Choosy(extra=2.0)))


def test_experiments_are_grouped_in_their_order() -> None:
    cells = [cell(), cell(optimizer=Adam()), cell(seed=5), cell(optimizer=BFGS()), cell(optimizer=Adam(lr=1.0))]
    groups, alone = group(cells)
    assert groups == [[0, 2], [1, 4]]
    assert list(alone) == [3]


def test_many_keys_trace_a_loss_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    loss = XOR.loss
    monkeypatch.setattr(XOR, "loss", lambda self, w, rows=None: calls.append(1) or loss(self, w, rows))
    keys = LaneKeys()
    assert len({keys.of(cell(XOR(), GD(lr=lr / 100), seed=lr)) for lr in range(1, 50)}) == 1
    assert len(calls) == 1
