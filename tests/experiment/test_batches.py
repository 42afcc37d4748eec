"""Steps on batches of rows, against loops written out by hand."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse, Symbolic
from gdlab.errors import ParameterError
from gdlab.experiment.batch_stepper import CompiledBatchStepper, PythonBatchStepper
from gdlab.experiment.batches import Batches
from gdlab.experiment.result import Callbacks
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Batch, Experiment, Log, Stop
from gdlab.experiment.stepper import make_stepper
from gdlab.experiment.trace import trace
from gdlab.experiment.train import columns, train
from gdlab.optimizers import GD, LBFGS, NAG, SGD, Adam, GaussNewton, NelderMead
from gdlab.optimizers.build import build
from gdlab.problems import LeastSquares, Logistic, Perceptron, Rosenbrock
from gdlab.problems.data import DataFile, Or, Xor
from gdlab.store.status import Status

PROBLEM = LeastSquares(rows=103, dim=4)
METHODS = [Reverse(), DualNumbers(), Symbolic(), Numeric()]
BATCHES = st.builds(
    Batch,
    size=st.integers(1, 40),
    sampling=st.sampled_from(["epoch", "replacement"]),
    shuffle=st.booleans(),
    partial=st.sampled_from(["weighted", "mean", "drop"]),
)


def experiment(batch, method=None, optimizer=None, steps=60, problem=PROBLEM, **others):
    return Experiment(problem, method or Reverse(), optimizer or GD(lr=0.05), steps=steps, batch=batch, **others)


def by_hand(batch, steps, seed=0):
    """Gradient descent on batches, in so many words."""
    x, y = PROBLEM.data
    rng = Streams.of(seed).batches
    w, path, order = np.zeros(4), [], []
    for _ in range(steps):
        if not order:
            order = list(rng.permutation(103)) if batch.shuffle else list(range(103))
        rows, order = order[: batch.size], order[batch.size :]
        share = len(rows) / batch.size if batch.partial == "weighted" else 1
        w = w - 0.05 * share * np.mean([2 * (x[i] @ w - y[i]) * x[i] for i in rows], axis=0)
        path.append(w)
    return np.array(path)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
@pytest.mark.parametrize("partial", ["weighted", "mean"])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [1, 8, 100, 103])
def test_a_run_on_batches_is_the_loop_written_out(method, partial, shuffle, size):
    batch = Batch(size=size, partial=partial, shuffle=shuffle)
    result = train(experiment(batch, method, steps=40), record_points=True)
    np.testing.assert_allclose(result.points[1:], by_hand(batch, 40), rtol=0, atol=1e-8)


def test_rows_are_drawn_with_replacement_from_a_stream_of_their_own():
    rng = Streams.of(5).batches
    batches = Batches(Batch(size=7, sampling="replacement"), 10, Streams.of(5).batches)
    for _ in range(4):
        np.testing.assert_array_equal(batches.next(), rng.integers(10, size=7))
    assert batches.sizes == (7,)


@given(BATCHES, st.integers(40, 90), st.integers(0, 200))
def test_rows_are_counted(batch, rows, steps):
    batches = Batches(batch, rows, np.random.default_rng(0))
    taken = [batches.next() for _ in range(steps)]
    assert sum(map(len, taken)) == batches.seen(steps)
    assert {len(part) for part in taken} <= set(batches.sizes)
    assert all(0 <= row < rows for part in taken for row in part)


@given(BATCHES.filter(lambda b: b.sampling == "epoch" and b.partial != "drop"), st.integers(40, 90))
def test_an_epoch_looks_at_each_row_once(batch, rows):
    batches = Batches(batch, rows, np.random.default_rng(0))
    for epoch in range(3):
        taken = np.concatenate([batches.next() for _ in range(batches.per_epoch)])
        assert sorted(taken) == list(range(rows))
        assert (list(taken) == list(range(rows))) or batch.shuffle
        assert batches.epoch((epoch + 1) * batches.per_epoch) == epoch + 1


def test_the_rest_can_be_left_out():
    batches = Batches(Batch(size=40, partial="drop", shuffle=False), 103, np.random.default_rng(0))
    assert [batches.next()[0] for _ in range(4)] == [0, 40, 0, 40]
    assert (batches.per_epoch, batches.epoch(2), batches.seen(3)) == (2, 1, 120)


@pytest.mark.parametrize("partial", ["weighted", "mean"])
def test_compiled_steps_are_the_steps_in_python(partial):
    batch, start = Batch(size=9, partial=partial), np.ones(4)
    compiled = make_stepper(PROBLEM, Reverse(), Adam(lr=0.1), start.copy(), batch, seed=3)
    python = make_stepper(PROBLEM, Reverse(retrace=False), Adam(lr=0.1), start.copy(), replace(batch, shards=2), seed=3)
    assert isinstance(compiled, CompiledBatchStepper)
    assert isinstance(python, PythonBatchStepper)
    for step in range(50):
        assert compiled.next() == pytest.approx(python.next(), rel=1e-12)
        np.testing.assert_allclose(compiled.w, python.w, rtol=1e-11)
        assert compiled.cost(step).evaluations == pytest.approx(python.cost(step).evaluations)


def test_weighted_batches_of_an_epoch_without_moving_add_up_to_the_whole():
    """With lr = 0 nothing moves: the mean of the batches' losses, each weighted by its size, is the loss."""
    rows = []
    run = experiment(Batch(size=10), optimizer=GD(lr=1e-300), steps=11, log=Log(every=11))
    train(run, Callbacks(rows=rows.extend))
    names = columns(run)
    first, last = (dict(zip(names, row, strict=True)) for row in rows)
    assert first["batch_loss"] is None
    assert last["batch_loss"] == pytest.approx(last["loss"], rel=1e-12)
    assert (first["epoch"], last["epoch"]) == (0, 1)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
@pytest.mark.parametrize("shards", [2, 4, 103])
def test_shards_add_up_to_the_whole(method, shards):
    """The gradient of the mean is the mean of the gradients."""
    whole = train(experiment(Batch(), method), record_points=True)
    parts = train(experiment(Batch(shards=shards), method), record_points=True)
    np.testing.assert_allclose(parts.points, whole.points, rtol=0, atol=1e-8 if method.name == "numeric" else 1e-13)
    for name in ("evaluations", "dual_passes", "reverse_passes"):
        assert getattr(parts.cost, name) == pytest.approx(getattr(whole.cost, name))


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
@pytest.mark.parametrize("rows", [12, 13, 14, 15])
def test_shards_of_a_batch(method, rows):
    """The last batch may have fewer rows than there are shards."""
    run = experiment(Batch(size=4), method, problem=LeastSquares(rows=rows, dim=4))
    whole = train(run, record_points=True)
    parts = train(replace(run, batch=Batch(size=4, shards=4)), record_points=True)
    np.testing.assert_allclose(parts.points, whole.points, rtol=0, atol=1e-8 if method.name == "numeric" else 1e-13)


ENDS = {
    "all steps": {},
    "a timeout": {"stop": Stop(max_seconds=0.02), "steps": 10**9},
    "a target": {"stop": Stop(target_loss=0.5)},
    "rest": {"optimizer": GD(lr=1e-300)},
    "divergence": {"optimizer": GD(lr=1e3)},
}


@pytest.mark.parametrize("batch", [Batch(), Batch(size=10), Batch(size=10, shards=2)], ids=["all", "some", "shards"])
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=lambda m: m.name)
@pytest.mark.parametrize("end", [*ENDS, "an interrupt"])
@pytest.mark.parametrize("look_ahead", [False, True])
def test_the_last_loss_is_that_of_the_last_point_however_it_ends(batch, method, end, look_ahead):
    rows, options = [], {"steps": 5_000, **ENDS.get(end, {})}
    if look_ahead:
        options["optimizer"] = NAG(lr=getattr(options.get("optimizer"), "lr", 0.01))
    asked = iter([False] * 3 + [True] * 10**6)
    stopped = (lambda: next(asked)) if end == "an interrupt" else lambda: False
    if end == "an interrupt":
        options["steps"] = 10**9
    run = experiment(batch, method, log=Log(every=10**6), **options)
    result = train(run, Callbacks(rows=rows.extend, stopped=stopped), start=np.ones(4))
    with np.errstate(all="ignore"):
        expected = PROBLEM.loss(result.w)
    assert result.summary["final_loss"] == pytest.approx(expected, rel=1e-9, nan_ok=True)
    assert rows[-1][1] == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_a_batch_is_charged_its_share():
    result = train(experiment(Batch(size=10), steps=11))
    assert (result.cost.evaluations, result.cost.reverse_passes) == (pytest.approx(1), pytest.approx(1))
    result = train(experiment(Batch(size=10), Numeric(scheme="forward"), steps=22))
    assert result.cost.evaluations == pytest.approx(2 * 5)


@pytest.mark.parametrize("optimizer", [NelderMead(), LBFGS()], ids=lambda o: o.name)
def test_any_optimizer_takes_batches(optimizer):
    result = train(experiment(Batch(size=50), optimizer=optimizer, steps=30))
    assert result.summary["final_loss"] < PROBLEM.loss(np.zeros(4))


def test_a_target_is_judged_over_all_rows_where_it_is_logged():
    rows = []
    run = experiment(Batch(size=10), steps=500, stop=Stop(target_loss=0.02), log=Log(every=7))
    result = train(run, Callbacks(rows=rows.extend))
    assert result.outcome.status == Status.CONVERGED
    assert result.outcome.step % 7 == 0
    assert PROBLEM.loss(result.w) <= 0.02
    assert rows[-1][1] == pytest.approx(PROBLEM.loss(result.w), rel=1e-12)
    assert all(row[1] > 0.02 for row in rows[:-1])


def test_a_diverging_run_on_batches_ends_early():
    result = train(experiment(Batch(size=10), optimizer=GD(lr=10), steps=100_000))
    assert result.outcome.status in (Status.DIVERGED, Status.NON_FINITE)
    assert result.outcome.step < 1_000


def test_a_run_at_rest_is_noticed_without_the_loss_over_all_rows():
    result = train(experiment(Batch(size=10), optimizer=GD(lr=1e-300), steps=100_000), start=np.ones(4))
    assert result.outcome.status == Status.STALLED
    assert result.outcome.step < 1_000


def test_a_batch_that_does_not_move_w_is_no_rest():
    """The perceptron's rule moves w only for rows that are wrong; it is at rest once none is, for a whole epoch."""
    rule = Experiment(Perceptron(data=Or()), Reverse(), SGD(lr=1.0), steps=2_000, batch=Batch(size=1))
    result = train(rule)
    assert result.summary["accuracy"] == 1
    assert result.outcome.status == Status.CONVERGED
    assert result.outcome.step > 5
    assert train(replace(rule, problem=Perceptron(data=Xor()))).outcome.status == Status.MAX_STEPS


def test_the_trace_takes_the_batches_of_the_run():
    batch = Batch(size=10)
    steps = trace(experiment(batch), 5).steps
    path = by_hand(batch, 5)
    np.testing.assert_allclose([step.vectors["w"] for step in steps[1:]], path[:4], rtol=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_the_same_seed_takes_the_same_batches_whatever_the_optimizer_and_the_method(seed):
    steppers = [
        make_stepper(PROBLEM, method, optimizer, np.ones(4), Batch(size=8), seed)
        for method, optimizer in [(Reverse(), Adam()), (DualNumbers(), GD()), (Reverse(), LBFGS())]
    ]
    for _ in range(20):
        a, *others = [stepper.batches.next() for stepper in steppers]
        for other in others:
            np.testing.assert_array_equal(a, other)


@pytest.mark.parametrize(
    ("batch", "problem", "optimizer", "message"),
    [
        (Batch(size=104), PROBLEM, GD(), "batch: size = 104 is not allowed, the data have 103 rows"),
        (Batch(shards=104), PROBLEM, GD(), "batch: shards = 104 is not allowed, there are 103 rows to share out"),
        (Batch(size=2, shards=3), PROBLEM, GD(), "batch: shards = 3 is not allowed, there are 2 rows to share out"),
        (Batch(size=1), Rosenbrock(), GD(), "batch: problem 'rosenbrock' has no rows of data to take a batch from"),
        (Batch(size=8), PROBLEM, GaussNewton(), "batch: optimizer 'gauss_newton' works on the residuals of all rows"),
    ],
)
def test_batches_that_cannot_be_taken(batch, problem, optimizer, message):
    with pytest.raises(ParameterError, match=message):
        Experiment(problem, Reverse(), optimizer, batch=batch)


@pytest.mark.parametrize(
    ("steps", "size", "every"), [(1000, 103, 1), (1000, 10, 11), (100, 10, 5), (20_000, 10, 20), (10, 10, 1)]
)
def test_a_row_costs_a_look_at_all_rows_and_comes_about_once_an_epoch(steps, size, every):
    assert experiment(Batch(size=size), steps=steps).every == every


def test_data_on_disk_are_never_loaded_whole(tmp_path):
    """A table of 160 MB is trained on, and its loss over all rows logged, in a few MB."""
    rows = 1_000_000
    table = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float64, (rows, 20))
    table[:1000] = np.random.default_rng(0).standard_normal((1000, 20))
    np.save(tmp_path / "y.npy", np.arange(rows) % 2)
    del table
    data = DataFile(file=str(tmp_path / "x.npy"), target="y.npy", classes=True, memory=1)
    problem = Logistic(data=data)
    run = Experiment(problem, Reverse(), Adam(), steps=4, batch=Batch(size=64), log=Log(every=4))
    tracemalloc.start()
    try:
        result = train(run)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.summary["final_loss"] == pytest.approx(np.log(2), rel=1e-2)
    assert peak < 80e6


@pytest.mark.parametrize("batch", [Batch(), Batch(size=32), Batch(shards=2)], ids=["all", "some", "shards"])
def test_rows_that_stay_in_their_file_are_taken_some_at_a_time(tmp_path, batch):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "x.npy", rng.standard_normal((500, 400)))
    np.save(tmp_path / "y.npy", np.arange(500) % 2)
    on_disk, in_memory = (
        Logistic(data=DataFile(file=str(tmp_path / "x.npy"), target="y.npy", classes=True, test=0.2, memory=memory))
        for memory in (1, 100)
    )
    assert not on_disk.resident
    assert in_memory.resident
    average = build(Adam, {"lr": 0.01, "average": "polyak"})
    results = [train(experiment(batch, optimizer=average, steps=20, problem=p)) for p in (on_disk, in_memory)]
    np.testing.assert_allclose(results[0].w, results[1].w, rtol=1e-9, atol=1e-12)
    for name in ("final_loss", "average_loss", "accuracy", "test_loss", "test_accuracy"):
        assert results[0].summary[name] == pytest.approx(results[1].summary[name], rel=1e-9)
