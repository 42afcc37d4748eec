"""How long it will take is told soon, or not at all."""

import time

import pytest

from gdlab.autodiff.methods import Numeric, Reverse
from gdlab.experiment.lanes import train
from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.drive import Drive, Watcher
from gdlab.experiment.sweep.engines import engine
from gdlab.experiment.sweep.estimate import EACH, ENOUGH, seconds
from gdlab.experiment.sweep.plan import Job, plan
from gdlab.optimizers import LBFGS, Adam
from gdlab.problems import MLP, XOR, Rosenbrock


def planned(many, problem, method=None, optimizer=None, steps=2000):
    rule = optimizer or Adam(lr=0.01)
    return plan([Job(i, Experiment(problem, method or Reverse(), rule, steps=steps, seed=i)) for i in range(many)])


@pytest.mark.parametrize(
    "work",
    [
        planned(3, MLP(hidden=(600, 600)), steps=10**6),
        planned(200, Rosenbrock(dim=200), Numeric(), steps=10**6),
        planned(50, XOR(), optimizer=LBFGS(), steps=10**6),
    ],
    ids=["large", "many evaluations", "one by one"],
)
def test_an_estimate_never_takes_long(work):
    begin = time.process_time()
    told = seconds(work.pieces)
    assert time.process_time() - begin < 10 * (ENOUGH + 2 * EACH)  # of a machine that is ten times as slow
    assert told is None or told > 0


def test_an_estimate_is_of_the_right_size():
    work = planned(64, XOR(), steps=4000)
    told = seconds(work.pieces)
    begin = time.perf_counter()
    Drive(engine("here"), lambda chunk: None).run(work.pieces)
    took = time.perf_counter() - begin
    assert told == pytest.approx(took, rel=10)  # the order of magnitude, whatever else the machine does
    assert seconds(work.pieces, 1000) == pytest.approx(told, rel=10)


def test_a_fault_of_lanes_is_named_and_costs_no_cell(monkeypatch):
    def broken(*_, **__):
        raise IndexError("out of lanes")

    monkeypatch.setattr("gdlab.experiment.sweep.work.train_lanes", broken)
    told, chunks = [], []
    assert Drive(engine("here"), chunks.append, Watcher(lost=told.append)).run(planned(6, XOR(), steps=9).pieces)
    assert told == ["cells ran one by one, since side by side: IndexError: out of lanes"]
    assert sorted(cell for chunk in chunks for cell in chunk.cells) == [*range(6)]


def test_lanes_that_want_too_much_memory_are_fewer(monkeypatch):
    widths = []

    def hungry(experiments, callbacks):
        widths.append(len(experiments))
        if len(experiments) > 2:
            raise MemoryError
        return train.train_lanes(experiments, callbacks)

    monkeypatch.setattr("gdlab.experiment.sweep.work.train_lanes", hungry)
    chunks = []
    assert Drive(engine("here"), chunks.append).run(planned(8, XOR(), steps=9).pieces)
    assert sorted(widths) == [2, 2, 2, 2, 4, 4, 8]
    assert sum(map(len, chunks)) == 8
