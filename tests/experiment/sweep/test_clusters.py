"""Dask with a real scheduler and real workers on loopback, and MPI with a real mpirun, where they are installed."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from gdlab.autodiff.methods import Reverse
from gdlab.errors import GdlabError, UsageError
from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.drive import Drive, Watcher
from gdlab.experiment.sweep.engines import engine
from gdlab.experiment.sweep.plan import Job, Piece, plan
from gdlab.optimizers import Adam
from gdlab.problems import XOR

HAS_DASK = importlib.util.find_spec("distributed") is not None
HAS_MPI = importlib.util.find_spec("mpi4py") is not None and shutil.which("mpirun") is not None
needs_dask = pytest.mark.skipif(not HAS_DASK, reason="Dask is not installed: pip install 'gdlab[dask]'")
needs_mpi = pytest.mark.skipif(not HAS_MPI, reason="mpi4py or mpirun is not installed")
quiet = pytest.mark.filterwarnings("ignore")  # of Dask itself and of what it is built on
SOON = 30.0  # seconds within which a process must have started

WORKER = "from distributed.cli.dask_worker import main; main()"
SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
OTHER_VERSION = """
import gdlab.experiment.sweep.parcel as parcel
mine = parcel.versions()
parcel.versions = lambda: {**mine, "gdlab": "0.0.1"}
parcel.versions.__module__, parcel.versions.__qualname__ = parcel.__name__, "versions"
"""
WITHOUT_GDLAB = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "gdlab":
            raise ModuleNotFoundError("No module named 'gdlab'", name="gdlab")

sys.meta_path.insert(0, Blocked())
"""


class Cluster:
    """A scheduler and workers, each a process of its own on this machine."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        place = folder / "scheduler.json"
        self.run(SCHEDULER, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", place)
        self.address = json.loads(until(lambda: place.exists() and place.read_text()))["address"]

    def run(self, program, *arguments):
        log = (self.folder / f"log{len(self.started)}.txt").open("w")
        with log:
            one = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=log, stderr=log, cwd=self.folder)
        self.started.append(one)
        return one

    def worker(self, before=""):
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--memory-limit", "0")
        return self.run(before + WORKER, self.address, *options)

    def wait_for(self, workers):
        from distributed import Client

        with Client(self.address, timeout=SOON, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=SOON)

    def close(self):
        for one in reversed(self.started):
            one.kill()
            one.wait()


def until(true):
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it took too long")


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.close()


def cells(many, steps=40):
    return [Job(i, Experiment(XOR(), Reverse(), Adam(lr=0.05), steps=steps, seed=i)) for i in range(many)]


def numbers(chunks):
    return sorted(cell for chunk in chunks for cell in chunk.cells.tolist())


@needs_dask
@quiet
def test_two_dask_workers_do_all_and_one_that_is_killed_costs_nothing(cluster):
    workers = [cluster.worker(), cluster.worker()]
    cluster.wait_for(2)
    place = engine("dask", address=cluster.address)
    try:
        assert place.workers == 2
        whole, chunks = plan(cells(30), place.workers), []
        assert Drive(place, chunks.append).run(whole.pieces)
        assert numbers(chunks) == list(range(30))
        assert {chunk.host["pid"] for chunk in chunks} <= {worker.pid for worker in workers}

        seen = set()

        def kill(chunk):
            seen.add(chunk.host["pid"])
            if workers[0].poll() is None:
                os.kill(workers[0].pid, signal.SIGKILL)
                workers[0].wait()

        chunks = []
        pieces = [Piece((job,), laned=False) for job in cells(16, steps=3000)]
        assert Drive(place, chunks.append, Watcher(done=kill)).run(pieces)
        assert numbers(chunks) == list(range(16))
        assert all(status == "max_steps" for chunk in chunks for status in chunk.status)
        assert workers[1].pid in seen
    finally:
        place.close()


@needs_dask
@quiet
def test_a_scheduler_that_goes_away_midway_is_told(cluster):
    cluster.worker()
    cluster.wait_for(1)
    place = engine("dask", address=cluster.address)
    try:
        pieces = [Piece((job,), laned=False) for job in cells(50, steps=3000)]
        watcher = Watcher(done=lambda chunk: cluster.started[0].kill())
        with pytest.raises(
            GdlabError, match=f"the Dask scheduler at {cluster.address} is gone; what is done is stored"
        ):
            Drive(place, [].append, watcher).run(pieces)
    finally:
        place.close()


@needs_dask
@quiet
def test_a_scheduler_without_workers_is_told(cluster):
    begin = time.monotonic()
    with pytest.raises(UsageError, match=f"the Dask scheduler at {cluster.address} has no workers; start some: dask"):
        engine("dask", address=cluster.address)
    assert time.monotonic() - begin < SOON


@needs_dask
@quiet
@pytest.mark.parametrize(
    ("before", "message"),
    [
        (OTHER_VERSION, r"the Dask worker tcp://.* has gdlab 0\.0\.1, here it is .*; install the same there"),
        (WITHOUT_GDLAB, r"the Dask worker tcp://.* has no gdlab that can work; .*No module named .?.gdlab"),
    ],
)
def test_a_worker_with_something_else_installed_is_told(cluster, before, message):
    cluster.worker(before)
    cluster.wait_for(1)
    with pytest.raises(UsageError, match=message):
        engine("dask", address=cluster.address)


@needs_dask
@quiet
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x"])
def test_no_scheduler_is_told_soon(address):
    begin = time.monotonic()
    with pytest.raises(UsageError, match=f"there is no Dask scheduler at {re.escape(address)}: ") as caught:
        engine("dask", address=address)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - begin < SOON


@needs_dask
def test_dask_asks_for_an_address():
    with pytest.raises(UsageError, match="the engine dask needs the address of a scheduler: --address tcp://host:8786"):
        engine("dask")


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"the engine dask needs Dask: pip install 'gdlab\[dask\]'"):
        engine("dask", address="tcp://127.0.0.1:8786")


# -- MPI ----------------------------------------------------------------------------------------------------------

MPI_DRIVER = """
    import json
    from gdlab.autodiff.methods import Reverse
    from gdlab.experiment.spec import Experiment
    from gdlab.experiment.sweep.drive import Drive
    from gdlab.experiment.sweep.engines import engine
    from gdlab.experiment.sweep.plan import Job, plan
    from gdlab.optimizers import Adam
    from gdlab.problems import XOR

    if __name__ == "__main__":
        place = engine("mpi")
        cells = [Job(i, Experiment(XOR(), Reverse(), Adam(lr=0.05), steps=40, seed=i)) for i in range(40)]
        chunks = []
        done = Drive(place, chunks.append).run(plan(cells, place.workers).pieces)
        found = sorted(cell for chunk in chunks for cell in chunk.cells.tolist())
        print(json.dumps([done, place.workers, found == list(range(40))]))
"""


def mpirun(folder, *arguments):
    script = folder / "driver.py"
    script.write_text(textwrap.dedent(MPI_DRIVER))
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    local = {"OMPI_MCA_btl": "self,vader", "OMPI_MCA_plm_rsh_agent": "", "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    return subprocess.run(
        ["mpirun", "-n", "3", sys.executable, *arguments, script],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, **allowed, **local},
    )


@needs_mpi
def test_mpi_processes_do_all(tmp_path):
    ended = mpirun(tmp_path, "-m", "mpi4py.futures")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [True, 2, True]


@needs_mpi
def test_mpirun_without_its_futures_is_told_how(tmp_path):
    ended = mpirun(tmp_path)
    assert ended.returncode != 0
    assert "mpirun -n 4 python -m mpi4py.futures -m gdlab run CONFIG --engine mpi" in ended.stderr


def test_without_mpi_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    with pytest.raises(
        UsageError, match=r"the engine mpi needs mpi4py: pip install mpi4py; and an MPI, such as Open MPI"
    ):
        engine("mpi")
