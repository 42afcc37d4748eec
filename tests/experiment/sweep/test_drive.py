"""Cells into pieces, pieces through engines, and what comes back: all of it, once, whatever dies."""

import os
import re
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.autodiff.methods import DualNumbers, Reverse
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Batch, Experiment
from gdlab.experiment.sweep.drive import ATTEMPTS, Drive, Watcher
from gdlab.experiment.sweep.engines import Engine, Here, engine
from gdlab.experiment.sweep.gather import ENOUGH, SOON, Gather, joined
from gdlab.experiment.sweep.plan import IN_A_ROW, LANES, Job, Piece, _cut, plan
from gdlab.experiment.sweep.work import work
from gdlab.experiment.train import columns, train
from gdlab.optimizers import GD, LBFGS, Adam
from gdlab.problems import XOR, LeastSquares, Rosenbrock
from gdlab.store.sweep.chunk import Chunk

LRS = np.geomspace(1e-3, 0.3, 5)


def experiment(seed=0, lr=0.05, **others):
    fields = {"problem": XOR(), "gradient": Reverse(), "optimizer": Adam(lr=float(lr)), "steps": 40, "seed": seed}
    return Experiment(**{**fields, **others})


def jobs(*experiments):
    return [Job(i, one) for i, one in enumerate(experiments)]


MIXED = jobs(
    *[experiment(seed, lr) for lr in LRS for seed in range(3)],
    *[experiment(seed, optimizer=GD(lr=float(lr))) for lr in LRS for seed in range(2)],
    experiment(optimizer=LBFGS()),
    experiment(seed=1, optimizer=LBFGS()),
    experiment(problem=Rosenbrock(start=(-1.2, 1.0)), gradient=DualNumbers()),
    experiment(problem=LeastSquares(), batch=Batch(size=8)),
)


def test_cells_that_share_a_program_go_together():
    found = plan(MIXED)
    assert sorted(job.cell for piece in found.pieces for job in piece.jobs) == list(range(len(MIXED)))
    assert sorted(len(piece) for piece in found.pieces if piece.laned) == [10, 15]
    assert found.laned == 25
    assert set(found.alone) == {
        "lbfgs branches on the values it meets, which differ from run to run",
        "each run draws minibatches of its own, step by step",
        "no other cell shares its program",
    }
    assert sum(found.alone.values()) == 4


@given(st.integers(1, 5000), st.integers(1, 8))
def test_pieces_are_equal_and_none_is_too_large(cells, workers):
    for most in (LANES, IN_A_ROW):
        parts = _cut(range(cells), workers, most)
        assert [i for part in parts for i in part] == list(range(cells))
        assert max(map(len, parts)) <= most
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
        assert len(parts) >= min(workers, cells // 2)


def run(found, place, **options):
    chunks = []
    drive = Drive(place, chunks.append, **options)
    done = drive.run(found.pieces)
    return done, chunks, drive


def by_cell(chunks):
    found = {}
    for chunk in chunks:
        for i, cell in enumerate(chunk.cells.tolist()):
            assert cell not in found
            found[cell] = (chunk, i)
    return found


def test_each_cell_comes_to_what_it_comes_to_by_itself():
    done, chunks, _ = run(plan(MIXED), engine("here"))
    assert done
    found = by_cell(chunks)
    assert sorted(found) == list(range(len(MIXED)))
    for job in MIXED:
        chunk, i = found[job.cell]
        rows = []
        alone = train(job.experiment, Callbacks(rows=rows.extend))
        assert (chunk.status[i], chunk.step[i], chunk.reason[i]) == (
            alone.outcome.status,
            alone.outcome.step,
            alone.outcome.reason,
        )
        assert tuple(chunk.curves) == columns(job.experiment)
        assert chunk.rows[i] == len(rows)
        losses = chunk.curves["loss"]
        np.testing.assert_allclose((losses[:, i] if losses.ndim == 2 else losses)[: len(rows)], [r[1] for r in rows])
        for name, value in alone.summary.items():
            if name != "seconds":
                assert chunk.summary[name][i] == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_two_processes_come_to_the_same():
    here, there = (by_cell(run(plan(MIXED, workers=2), place)[1]) for place in (engine("here"), engine("processes", 2)))
    assert sorted(here) == sorted(there)
    for cell, (chunk, i) in there.items():
        mine, at = here[cell]
        assert (chunk.status[i], chunk.step[i]) == (mine.status[at], mine.step[at])
        assert chunk.summary["final_loss"][i] == pytest.approx(mine.summary["final_loss"][at], rel=1e-9)
        assert chunk.host["pid"] != os.getpid()


def test_a_cell_that_goes_wrong_fails_and_the_others_go_on():
    broken = XOR()
    object.__setattr__(broken, "hidden", None)  # as if there were a fault in the problem
    cells = jobs(experiment(), experiment(problem=broken), experiment(seed=1))
    chunks = work(Piece(tuple(cells), laned=False))
    found = by_cell(chunks)
    assert [found[i][0].status[found[i][1]] for i in range(3)] == ["max_steps", "failed", "max_steps"]
    chunk, i = found[1]
    assert "hidden = None" in chunk.reason[i]


def test_fail_fast_stops_there():
    broken = XOR()
    object.__setattr__(broken, "hidden", None)
    cells = jobs(*[experiment(seed, problem=broken if seed == 0 else XOR()) for seed in range(3)])
    pieces = [Piece((cell,), laned=False) for cell in cells]
    drive = Drive(engine("here"), lambda chunk: None, fail_fast=True)
    assert drive.run(pieces) is False
    assert drive.failed == 1


def test_stopping_leaves_what_is_done():
    chunks, asked = [], []

    def stopped():
        asked.append(True)
        return len(chunks_done) > 0

    chunks_done = []
    watcher = Watcher(done=chunks_done.append, stopped=stopped)
    drive = Drive(engine("here"), chunks.append, watcher)
    assert drive.run([Piece((job,), laned=False) for job in MIXED[:4]]) is False
    assert sum(map(len, chunks)) == 1


class Dying(Executor):
    """Does the work here, and breaks like a pool at the numbers that are given."""

    def __init__(self, deaths):
        self.deaths = deaths
        self.count = 0
        self.broken = False

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.count += 1
        if self.broken or self.deaths(self.count, args[0]):
            self.broken = True
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_worker_that_dies_costs_a_retry():
    told, died = [], []

    def deaths(count, piece):
        if not died and count == 2:
            died.append(True)
            return True
        return False

    place = Engine(2, lambda: Dying(deaths))
    chunks = []
    done = Drive(place, chunks.append, Watcher(lost=told.append)).run(plan(MIXED, 2).pieces)
    assert done
    assert sorted(by_cell(chunks)) == list(range(len(MIXED)))
    (sentence,) = told
    assert re.fullmatch(r"a worker died; \d+ cells are run again", sentence)


def test_a_cell_that_kills_its_workers_fails_and_the_others_do_not():
    place = Engine(2, lambda: Dying(lambda count, piece: any(job.cell == 7 for job in piece.jobs)))
    chunks = []
    drive = Drive(place, chunks.append)
    assert drive.run(plan(MIXED, 2).pieces)
    found = by_cell(chunks)
    assert sorted(found) == list(range(len(MIXED)))
    chunk, i = found[7]
    assert chunk.status[i] == "failed"
    assert f"{ATTEMPTS} times" in chunk.reason[i]
    assert drive.failed == 1


@pytest.mark.parametrize(("error", "cause"), [(OSError("no pipe"), "OSError: no pipe"), (EOFError(), "EOFError")])
def test_what_a_worker_said_when_it_died_is_told_with_the_cell(error, cause):
    class Ending(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            future.set_exception(error)
            return future

    told, chunks = [], []
    assert Drive(Engine(1, Ending), chunks.append, Watcher(lost=told.append)).run(plan(MIXED[:1]).pieces)
    died, again = f"a worker died ({cause})", "one cell is run again"
    assert told == [f"{died}; {again}", f"{died}; {again}", f"{died}; its cell fails"]
    assert chunks[0].reason == [f"the process that ran it died, {ATTEMPTS} times; {cause}"]


def test_what_goes_wrong_in_this_process_is_no_death():
    def within(share):
        raise BrokenPipeError("nobody listens")

    watcher = Watcher(within=within)
    with pytest.raises(BrokenPipeError, match="nobody listens"):
        Drive(engine("here"), lambda chunk: None, watcher).run(plan(MIXED[:2]).pieces)


def kill(folder, piece):
    """Die at the first call in any process."""
    try:
        os.close(os.open(folder / "killed", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return work(piece)
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_real_process_that_is_killed_costs_a_retry(tmp_path, monkeypatch):
    class Killing(Executor):
        def __init__(self):
            self.inner = ProcessPoolExecutor(1)
            self._processes = self.inner._processes

        def submit(self, fn, /, *args, **kwargs):
            return self.inner.submit(kill, tmp_path, *args)

        def shutdown(self, wait=True, *, cancel_futures=False):
            self.inner.shutdown(wait, cancel_futures=cancel_futures)

    chunks = []
    assert Drive(Engine(1, Killing), chunks.append).run(plan(MIXED[:6]).pieces)
    assert (tmp_path / "killed").exists()
    assert sorted(by_cell(chunks)) == list(range(6))


def test_small_chunks_are_stored_together_and_wait_no_longer_than_they_should():
    clock, written = [0.0], []
    gather = Gather(written.append, lambda: clock[0])
    chunk = work(Piece((Job(0, experiment()),), laned=False))[0]
    for i in range(10):
        gather.add(replace(chunk, cells=np.array([i])))
        clock[0] += SOON / 20
    assert not written
    clock[0] += SOON
    gather.look()
    assert [len(part) for part in written] == [10]
    for i in range(ENOUGH):
        gather.add(replace(chunk, cells=np.array([i])))
    assert [len(part) for part in written] == [10, ENOUGH]
    gather.flush()
    assert len(written) == 2


def test_joining_pads_what_ended_early():
    short = work(Piece((Job(0, experiment(steps=3)),), laned=False))[0]
    long = work(Piece((Job(1, experiment(steps=9)),), laned=False))[0]
    both = joined([short, long])
    assert list(both.rows) == [4, 10]
    assert both.curves["loss"].shape == (10, 2)
    np.testing.assert_array_equal(both.curves["loss"][:4, 0], short.curves["loss"][:, 0])
    assert np.isnan(both.curves["loss"][4:, 0]).all()
    np.testing.assert_array_equal(both.curves["loss"][:, 1], long.curves["loss"][:, 0])


def test_some_cells_of_a_chunk():
    chunk = joined([work(Piece((Job(i, experiment(i)),), laned=False))[0] for i in range(3)])
    part = chunk.only(np.array([True, False, True]))
    assert isinstance(part, Chunk)
    assert list(part.cells) == [0, 2]
    np.testing.assert_array_equal(part.curves["loss"], chunk.curves["loss"][:, [0, 2]])
    np.testing.assert_array_equal(part.w, chunk.w[:, [0, 2]])


def test_work_here_is_done_at_once():
    assert Here().submit(max, 1, 2).result() == 2
    assert isinstance(Here().submit(int, "x").exception(), ValueError)
