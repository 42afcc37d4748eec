"""Where work is done: what travels to other processes, what they are given, and what is left when something dies."""

import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import MISSING
from pathlib import Path

import numpy as np
import pytest

from gdlab.autodiff.methods import METHODS, Reverse
from gdlab.errors import UsageError
from gdlab.experiment.spec import Experiment, Stop
from gdlab.experiment.sweep import parcel, processes
from gdlab.experiment.sweep.drive import ATTEMPTS, Drive, Watcher
from gdlab.experiment.sweep.engines import ENGINES, engine
from gdlab.experiment.sweep.parcel import Parcel, differing, versions
from gdlab.experiment.sweep.plan import Job, Piece
from gdlab.experiment.sweep.work import work
from gdlab.optimizers import OPTIMIZERS, Adam
from gdlab.optimizers.around import AVERAGES, Around, Noise
from gdlab.optimizers.own import load_rule
from gdlab.optimizers.schedules import SCHEDULES
from gdlab.problems import PROBLEMS, XOR
from gdlab.problems.formula import Formula
from gdlab.problems.own import load_problem

OWN = """
    import multiprocessing
    import os
    from dataclasses import dataclass

    import numpy as np

    import gdlab


    def bowl(w, steep=2.0):
        return steep * (w * w).sum()


    bowl.start = [1.0, 2.0]


    def power(degree=2):
        def loss(w):
            return (w**degree).sum()

        loss.start = [1.0, 1.0]
        return loss


    def deadly(w, fatal=False):
        if fatal and multiprocessing.parent_process() is not None:
            os._exit(3)
        return (w * w).sum()


    deadly.start = [1.0]


    @dataclass(frozen=True)
    class Hill(gdlab.Problem):
        height: float = 1.0

        def loss(self, w, rows=None):
            return self.height * (w * w).sum()

        def initial(self, rng):
            return np.ones(2)


    @dataclass(frozen=True)
    class Mine(gdlab.Optimizer):
        lr: float = 0.1

        def init(self, w):
            return ()

        def step(self, objective, w, state):
            return w - self.lr * objective.gradient(w), state


    @dataclass(frozen=True)
    class Derived(Mine):
        scale: float = 0.5
"""


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(textwrap.dedent(OWN))
    return file


def experiment(seed=0, **others):
    fields = {"problem": XOR(), "gradient": Reverse(), "optimizer": Adam(lr=0.05), "steps": 30, "seed": seed}
    return Experiment(**{**fields, **others})


def jobs(*experiments):
    return tuple(Job(i, one) for i, one in enumerate(experiments))


def statuses(chunks):
    return {cell: chunk.status[i] for chunk in chunks for i, cell in enumerate(chunk.cells.tolist())}


# -- what travels -------------------------------------------------------------------------------------------------


def opened(content):
    return pickle.loads(content)  # noqa: S301 - made a moment ago


def sent(thing):
    return opened(pickle.dumps(thing))


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_travels_with_what_a_seed_draws(name):
    problem = PROBLEMS[name]()
    drawn = problem.drawn(np.random.default_rng(3))
    for one in (problem, drawn):
        w = one.initial(np.random.default_rng(0))
        value = one.loss(w)
        arrived = sent(one)
        assert arrived == one
        assert arrived.loss(w) == value
        assert list(arrived.measures()) == list(one.measures())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_travels(name):
    rule = OPTIMIZERS[name]()
    assert sent(rule) == rule
    assert sent(rule).traceable == rule.traceable


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_travels_and_what_is_around_a_rule_with_it(name):
    needed = {"every": 5, "factor": 0.5, "peak": 0.2, "steps": 5, "then": SCHEDULES["cosine"](0.1)}
    names = [
        p.name for p in SCHEDULES[name].parameters() if p.default is MISSING or (name, p.name) == ("step", "every")
    ]
    schedule = SCHEDULES[name](**{key: needed.get(key, 0.1) for key in names})
    rule = Around(Adam(), {"lr": schedule}, clip_norm=1.0, noise=Noise(0.1), weight_decay=0.01, restart=7).fitted(20, 3)
    arrived = sent(rule)
    assert arrived == rule
    assert arrived.name == rule.name
    assert arrived.lr_at(3) == rule.lr_at(3)


@pytest.mark.parametrize("name", AVERAGES)
def test_every_average_travels(name):
    rule = Around(Adam(), average=AVERAGES[name]())
    assert sent(rule) == rule


@pytest.mark.parametrize("name", METHODS)
def test_every_gradient_method_travels(name):
    method = METHODS[name]()
    assert sent(method) == method


def test_a_formula_travels():
    problem = Formula("x**2*y + y + 2 + a*x", {"x": 1.0, "y": 2.0, "a": 0.5})
    arrived = sent(problem)
    w = np.array([1.0, 2.0, 0.5])
    assert arrived == problem
    assert arrived.loss(w) == problem.loss(w)


def test_what_is_the_users_own_travels_to_a_process_that_never_saw_its_file(own):
    problems = [load_problem(own, "bowl")(steep=3.0), load_problem(own, "power")(degree=4), load_problem(own, "Hill")()]
    rules = [load_rule(own, "Mine")(lr=0.2), load_rule(own, "Derived")(scale=0.25), Around(load_rule(own, "Mine")())]
    cells = jobs(*[experiment(problem=problem, optimizer=rule, steps=5) for problem in problems for rule in rules])
    piece = Piece(cells, laned=False)
    chunks = []
    assert Drive(engine("processes", 1), chunks.append).run([piece])
    assert chunks[0].host["pid"] != os.getpid()
    here = {cell: losses[i] for losses, cell, i in each_loss(work(piece))}
    there = {cell: losses[i] for losses, cell, i in each_loss(chunks)}
    assert here == there
    assert sorted(there) == list(range(9))


def each_loss(chunks):
    for chunk in chunks:
        for i, cell in enumerate(chunk.cells.tolist()):
            assert chunk.status[i] == "max_steps", chunk.reason[i]
            yield chunk.summary["final_loss"], cell, i


def test_own_records_come_back_as_what_they_are(own):
    records = [load_problem(own, "bowl")(steep=3.0), load_problem(own, "power")(), load_rule(own, "Derived")(scale=0.1)]
    assert sent(records) == records
    assert load_rule(own, "Derived").origin.name == "Derived"
    assert load_rule(own, "Mine").origin.name == "Mine"


def test_another_content_of_a_file_is_refused_and_not_run(own, tmp_path):
    piece = Piece(jobs(experiment(problem=load_problem(own, "bowl")())), laned=False)
    content = pickle.dumps(piece)
    own.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + own.read_text())
    with pytest.raises(UsageError, match=r"cannot do the work: .*mine\.py has another content here than where bowl"):
        work(opened(content))
    assert not (tmp_path / "ran").exists()
    with pytest.raises(UsageError, match="has another content here"):
        Drive(engine("processes", 1), [].append).run([piece])


def test_a_file_that_is_not_there_is_named(own):
    content = pickle.dumps(Piece(jobs(experiment(optimizer=load_rule(own, "Mine")())), laned=False))
    own.unlink()
    with pytest.raises(UsageError, match=r"cannot do the work: .*mine\.py cannot be read: there is no such file"):
        work(opened(content))


def test_other_versions_are_refused(monkeypatch):
    content = pickle.dumps(Piece(jobs(experiment()), laned=False))
    monkeypatch.setattr(parcel, "versions", lambda: {**versions(), "gdlab": "0.0.1"})
    with pytest.raises(UsageError, match=r"a worker on .* has gdlab 0\.0\.1, here it is .*; install the same there"):
        work(opened(content))
    assert differing({"numpy": "2.1"}, {"numpy": "2.1"}) == ""


def test_what_cannot_travel_is_named():
    problem = XOR()
    object.__setattr__(problem, "note", lambda: None)
    with pytest.raises(UsageError, match="xor with adam cannot be sent to another process, run it in this one"):
        Parcel.of(problem, "xor with adam")
    with pytest.raises(UsageError, match="xor with adam cannot be sent to another process, run it in this one"):
        Drive(engine("processes", 1), [].append).run([Piece(jobs(experiment(problem=problem)), laned=False)])


# -- processes ----------------------------------------------------------------------------------------------------

ONE_THREAD = """(lambda ctypes, os: [
    getattr(ctypes.CDLL(path), name)()
    for path in {line.split()[-1] for line in open('/proc/self/maps') if 'openblas' in line}
    for name in ('openblas_get_num_threads', 'scipy_openblas_get_num_threads64_', 'openblas_get_num_threads64_')
    if hasattr(ctypes.CDLL(path), name)
])(__import__('ctypes'), __import__('os'))"""


def test_a_worker_uses_one_blas_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    place = engine("processes", 2)
    pool = place.start()
    try:
        seen = pool.submit(
            eval, f"{{name: __import__('os').environ.get(name) for name in {processes.THREADS}}}"
        ).result()
        threads = pool.submit(eval, ONE_THREAD).result() if Path("/proc/self/maps").exists() else []
    finally:
        place.stop(pool)
    assert seen == dict.fromkeys(processes.THREADS, "1")
    assert set(threads) <= {1}
    assert os.environ["OMP_NUM_THREADS"] == "2"  # only theirs changed


def test_stopping_ends_a_worker_at_once_whatever_it_does():
    place = engine("processes", 2)
    pool = place.start()
    workers = list(pool._processes.values())
    pool.submit(time.sleep, 100)
    begin = time.monotonic()
    place.stop(pool)
    assert time.monotonic() - begin < 30
    assert len(workers) == 2
    assert all(worker.exitcode is not None for worker in workers)


def test_a_loss_that_ends_its_process_fails_as_one_cell(own):
    problem = load_problem(own, "deadly")
    cells = jobs(*[experiment(problem=problem(fatal=cell == 2), steps=5) for cell in range(5)])
    chunks, told = [], []
    drive = Drive(engine("processes", 2), chunks.append, Watcher(lost=told.append))
    assert drive.run([Piece(cells[:4], laned=False), Piece(cells[4:], laned=False)])
    assert statuses(chunks) == {0: "max_steps", 1: "max_steps", 2: "failed", 3: "max_steps", 4: "max_steps"}
    reason = next(chunk.reason[i] for chunk in chunks for i, cell in enumerate(chunk.cells) if cell == 2)
    assert f"died, {ATTEMPTS} times" in reason
    assert drive.failed == 1
    assert told
    assert all("a worker died" in text for text in told)


class Spied:
    """An engine of processes whose pools are at hand."""

    def __init__(self, workers):
        self.engine = engine("processes", workers)
        self.pools = []

    def start(self):
        self.pools.append(self.engine.start())
        return self.pools[-1]

    def __getattr__(self, name):
        return getattr(self.engine, name)


def test_a_worker_that_is_killed_costs_its_piece_a_retry():
    place, killed = Spied(2), []

    def kill(chunk):
        if not killed:
            killed.extend(place.pools[0]._processes)
            os.kill(killed[0], signal.SIGKILL)

    chunks, told = [], []
    pieces = [Piece((job,), laned=False) for job in jobs(*[experiment(seed, steps=300) for seed in range(8)])]
    assert Drive(place, chunks.append, Watcher(done=kill, lost=told.append)).run(pieces)
    assert statuses(chunks) == dict.fromkeys(range(8), "max_steps")
    assert sum(map(len, chunks)) == 8
    assert len(place.pools) == 2
    assert len(told) == 1


HALF = """
import os, signal
from multiprocessing.connection import Connection

def half(self, buffer, write=os.write):
    write(self._handle, bytes(buffer)[: len(buffer) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

Connection._send = half
"""


def test_a_worker_that_dies_while_it_sends_its_result_is_noticed():
    place = engine("processes", 1)
    pool = place.start()
    try:
        future = pool.submit(exec, HALF)
        for _ in range(200):
            if place.lost(pool):
                break
            time.sleep(0.05)
        assert place.lost(pool)
    finally:
        place.stop(pool)
    with pytest.raises((BrokenProcessPool, EOFError)):
        future.result(timeout=30)


def test_a_pool_that_cannot_start_says_so(monkeypatch):
    def refuse(*_):
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", Refusing)
    with pytest.raises(UsageError, match="3 processes could not be started: Resource temporarily unavailable"):
        engine("processes", 3).start()
    with pytest.raises(UsageError, match="0 processes cannot do any work; give at least 1"):
        engine("processes", 0)


class Refusing:
    """A pool of a machine that has no more processes to give."""

    _processes = None
    _result_queue = None
    _executor_manager_thread = None

    def __init__(self, *_, **__):
        pass

    def submit(self, *_):
        raise OSError("Resource temporarily unavailable")

    def shutdown(self, **_):
        pass


def test_a_script_that_starts_processes_as_it_is_imported_is_told(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from gdlab.experiment.sweep.engines import engine\nengine('processes', 1).start()\n")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert 'below `if __name__ == "__main__":`' in ended.stderr


DRIVER = """
    import os
    import signal
    from gdlab.autodiff.methods import Reverse
    from gdlab.experiment.spec import Experiment
    from gdlab.experiment.sweep.drive import Drive, Watcher
    from gdlab.experiment.sweep.engines import engine
    from gdlab.experiment.sweep.plan import Job, Piece
    from gdlab.optimizers import Adam
    from gdlab.problems import XOR

    def main():
        asked = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.append(True))
        cells = [Job(i, Experiment(XOR(), Reverse(), Adam(lr=1e-6), steps=10**8, seed=i)) for i in range(4)]
        watcher = Watcher(stopped=lambda: bool(asked), lost=lambda text: print(text, flush=True))
        place = engine("processes", 2)
        start = place.start

        def started():
            pool, ready = start(), set()
            while ready != {*pool._processes}:
                ready |= {told.result() for told in [pool.submit(os.getpid) for _ in range(8)]}
            print("pids", *ready, flush=True)
            return pool

        object.__setattr__(place, "start", started)
        done = Drive(place, lambda chunk: None, watcher).run([Piece((cell,), False) for cell in cells])
        print("done" if done else "stopped", flush=True)

    if __name__ == "__main__":
        main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize(
    ("number", "everyone"), [("SIGINT", True), ("SIGTERM", False), ("SIGTERM", True), ("SIGKILL", False)]
)
def test_no_worker_outlives_its_driver(tmp_path, number, everyone):
    """Whether the signal goes to the driver alone, or, as from a terminal or a batch system, to its workers too."""
    script = tmp_path / "driver.py"
    script.write_text(textwrap.dedent(DRIVER))
    driver = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        word, *pids = driver.stdout.readline().split()
        assert word == "pids", driver.stderr.read()
        (os.killpg if everyone else os.kill)(driver.pid, getattr(signal, number))
        said, complaints = driver.communicate(timeout=60)
    finally:
        driver.kill()
        driver.wait()
    if number != "SIGKILL":
        assert said.split() == ["stopped"]
        assert complaints == ""
    assert len(pids) == 2
    for _ in range(100):
        left = [pid for pid in pids if alive(int(pid))]
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return not stat.parent.parent.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_is_the_same_for_all_lanes_is_sent_once_and_what_one_has_for_itself_is_not():
    cells = [
        experiment(seed, optimizer=Adam(lr=lr), stop=Stop(target_loss=0.2)) for seed in range(3) for lr in (0.05, 0.3)
    ]
    (chunk,) = work(Piece(jobs(*cells), laned=True))
    assert len(set(chunk.rows.tolist())) > 1  # some end before others
    for name in ("step", "evaluations", "reverse_passes"):
        assert chunk.curves[name].ndim == (1 if name != "step" or chunk.rows.max() == len(chunk.curves[name]) else 2)
    assert chunk.curves["loss"].ndim == 2


# -- names --------------------------------------------------------------------------------------------------------


def test_an_unknown_engine_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match=re.escape("unknown engine 'proceses': did you mean 'processes'?")):
        engine("proceses")
    assert set(ENGINES) == {"here", "processes", "dask", "mpi"}
