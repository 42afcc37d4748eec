"""A run that goes on from a checkpoint comes to the same bits as one that never stopped."""

from dataclasses import replace

import numpy as np
import pytest

from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse
from gdlab.errors import CheckpointError
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Batch, Checkpoint, Experiment, Log, Stop
from gdlab.experiment.train import train
from gdlab.optimizers import LBFGS, NAG, Adam, NelderMead, Newton, RandomSearch
from gdlab.optimizers.build import build
from gdlab.problems import XOR, LeastSquares, Rosenbrock

AROUND = build(Adam, {"lr": 0.05, "average": "polyak", "clip_norm": 1.0, "noise": 0.01})
RUNS = {
    "compiled": Experiment(XOR(), Reverse(), Adam(lr=0.05)),
    "look-ahead": Experiment(XOR(), Reverse(), NAG(lr=0.5)),
    "around": Experiment(XOR(), Reverse(), AROUND),
    "dual": Experiment(XOR(), DualNumbers(), Adam(lr=0.05)),
    "numeric": Experiment(XOR(), Numeric(), Adam(lr=0.05)),
    "lbfgs": Experiment(Rosenbrock(dim=20, start=(-1.2, 1.0) * 10), Reverse(), LBFGS()),
    "newton": Experiment(XOR(), Reverse(), Newton(search="armijo")),
    "nelder-mead": Experiment(Rosenbrock(start=(-1.2, 1.0)), Reverse(), NelderMead()),
    "random": Experiment(Rosenbrock(start=(-1.2, 1.0)), Reverse(), RandomSearch()),
    "batches": Experiment(LeastSquares(rows=53), Reverse(), Adam(lr=0.05), batch=Batch(size=8)),
    "batches by hand": Experiment(LeastSquares(rows=53), DualNumbers(), Adam(lr=0.05), batch=Batch(size=8)),
    "shards": Experiment(LeastSquares(rows=53), Reverse(), Adam(lr=0.05), batch=Batch(size=8, shards=2)),
    "replacement": Experiment(LeastSquares(), Reverse(), Adam(), batch=Batch(size=8, sampling="replacement")),
    "target": Experiment(XOR(), Reverse(), Adam(lr=0.05), stop=Stop(target_loss=0.1)),
    "rests": Experiment(Rosenbrock(start=(1.0, 1.0)), Reverse(), RandomSearch()),
}


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("at", [5, 7])
def test_the_same_bits_as_one_that_never_stopped(kind, at):
    run = replace(RUNS[kind], steps=120, seed=3, log=Log(every=4), checkpoint=Checkpoint(every=at))
    rows, kept = [], []
    callbacks = Callbacks(rows=rows.extend, checkpoint=lambda step, all_of_it: kept.append((step, all_of_it)))
    whole = train(run, callbacks)
    assert [step for step, _ in kept] == list(range(at, whole.outcome.step, at))
    assert kept
    for step, all_of_it in (kept[0], kept[-1]):
        more = []
        rest = train(run, Callbacks(rows=more.extend), resumed=all_of_it)
        assert rest.outcome == whole.outcome
        assert (rest.cost, rest.logging) == (whole.cost, whole.logging)
        np.testing.assert_array_equal(rest.w, whole.w)
        np.testing.assert_array_equal(rest.solution, whole.solution)
        assert without_seconds(rest.summary) == without_seconds(whole.summary)
        expected = [row for row in rows if row[0] > step]
        assert [row[:7] + row[8:] for row in more] == [row[:7] + row[8:] for row in expected]


def without_seconds(summary):
    return {name: value for name, value in summary.items() if name != "seconds"}


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("looks", [2, 4])
def test_one_that_is_told_to_stop_goes_on_from_there_to_the_same_bits(kind, looks):
    run = replace(RUNS[kind], steps=120, seed=3, log=Log(every=4), checkpoint=Checkpoint(every=1000))
    rows, kept, asked, first, more = [], [], [], [], []
    whole = train(run, Callbacks(rows=rows.extend))

    def stopped():
        asked.append(True)
        return len(asked) >= looks

    def keep(step, all_of_it):
        kept.append((step, all_of_it, len(first)))

    ended = train(run, Callbacks(rows=first.extend, stopped=stopped, checkpoint=keep))
    ((step, all_of_it, count),) = kept
    assert (ended.outcome.status, ended.outcome.step) == ("interrupted", step)
    assert first[-1][0] == step
    rest = train(run, Callbacks(rows=more.extend), resumed=all_of_it)
    assert (rest.outcome, rest.cost, rest.logging) == (whole.outcome, whole.cost, whole.logging)
    np.testing.assert_array_equal(rest.w, whole.w)
    np.testing.assert_array_equal(rest.solution, whole.solution)
    assert without_seconds(rest.summary) == without_seconds(whole.summary)
    assert [row[:7] + row[8:] for row in [*first[:count], *more]] == [row[:7] + row[8:] for row in rows]


def test_one_without_checkpoints_keeps_nothing_when_it_is_stopped():
    kept = []
    callbacks = Callbacks(stopped=lambda: True, checkpoint=lambda step, all_of_it: kept.append(step))
    assert train(RUNS["compiled"], callbacks).outcome.status == "interrupted"
    assert kept == []


@pytest.mark.parametrize("damage", [{"loop": {}}, {"stepper": {}}, {"watch": {}}, {"rows": {}}, {"loop": None}])
def test_what_another_run_kept_is_refused(damage):
    run = replace(RUNS["compiled"], steps=20, checkpoint=Checkpoint(every=5))
    kept = []
    train(run, Callbacks(checkpoint=lambda step, all_of_it: kept.append(all_of_it)))
    with pytest.raises(CheckpointError, match="is not of this run"):
        train(run, resumed=kept[0] | damage)
