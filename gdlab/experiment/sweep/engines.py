"""Engines: where pieces of work are done. Each is an executor as `concurrent.futures` has them, and nothing else."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from gdlab.errors import UsageError

ENGINES = ("here", "processes", "dask", "mpi")
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # that BLAS libraries go by


@dataclass(frozen=True)
class Engine:
    """A place to work.

    Args:
        workers: how many work at once.
        start: makes an executor; called again if its workers have died.
        here: whether the work is done in this process, so that it can be asked to stop in between.
    """

    workers: int
    start: Callable[[], Executor]
    here: bool = False


class Here(Executor):
    """Does the work in this process, when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Do it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            future.set_exception(error)
        return future


def engine(name: str, workers: int = 1, address: str | None = None) -> Engine:
    """An engine by its name.

    Args:
        name: `here`, `processes` on this machine, `dask`, or `mpi`.
        workers: for `processes`, how many.
        address: for `dask`, of the scheduler, such as `tcp://host:8786`.

    Raises:
        UsageError: if there is none of this name, or what it needs is not installed or not there.
    """
    match name:
        case "here":
            return Engine(1, Here, here=True)
        case "processes":
            return Engine(workers, lambda: _processes(workers))
        case "dask":
            return _dask(address)
        case "mpi":
            return _mpi()
    raise UsageError(f"unknown engine {name!r}; there are {', '.join(ENGINES)}")


def _processes(workers: int) -> Executor:
    """A pool of fresh processes, each with one BLAS thread; fresh, since a fork would inherit locks and threads."""
    with one_thread_each():
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)
        # The processes start with the first piece of work each, while the environment says one thread.
        for future in [pool.submit(_warm) for _ in range(workers)]:
            future.result()
    return pool


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that start within use one BLAS thread."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _prepare() -> None:
    """Leave Ctrl-C to the driver, which ends its workers itself."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _warm() -> None:
    """Import what the work needs."""
    import gdlab.experiment.sweep.work  # noqa: F401


def _dask(address: str | None) -> Engine:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("the engine dask needs Dask: pip install 'gdlab[dask]'") from None
    if address is None:
        raise UsageError("the engine dask needs the address of a scheduler: --address tcp://host:8786")
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"there is no Dask scheduler at {address}: {error}") from None
    workers = sum(client.nthreads().values())
    if not workers:
        raise UsageError(f"the Dask scheduler at {address} has no workers yet; start some with: dask worker {address}")
    return Engine(workers, lambda: client.get_executor(pure=False, retries=0))


def _mpi() -> Engine:
    try:
        from mpi4py import MPI
        from mpi4py.futures import MPICommExecutor, MPIPoolExecutor  # noqa: F401
    except ImportError:
        raise UsageError("the engine mpi needs mpi4py: pip install mpi4py, and an MPI such as Open MPI") from None
    workers = max(1, MPI.COMM_WORLD.Get_size() - 1)
    return Engine(workers, MPIPoolExecutor)
