"""Engines: where pieces of work are done. Each is an executor as `concurrent.futures` has them, and nothing else."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from gdlab.errors import UsageError, unknown

ENGINES = ("here", "processes", "dask", "mpi")


def shut_down(executor: Executor) -> None:
    """End an executor without waiting for what it does."""
    executor.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Engine:
    """A place to work.

    Args:
        workers: how many work at once.
        start: makes an executor; called again if its workers have died. A `GdlabError` says that there is none.
        here: whether the work is done in this process, so that it can be asked to stop in between.
        stop: ends an executor at once, whatever its workers are doing.
        lost: whether workers have died without the executor having noticed; asked a few times a second.
        close: lets go of what the engine holds, when nothing more is to be done.
    """

    workers: int
    start: Callable[[], Executor]
    here: bool = False
    stop: Callable[[Executor], None] = shut_down
    lost: Callable[[Executor], bool] = lambda executor: False
    close: Callable[[], None] = lambda: None


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
            from gdlab.experiment.sweep.processes import processes

            return processes(workers)
        case "dask":
            from gdlab.experiment.sweep.clusters import dask

            return dask(address)
        case "mpi":
            from gdlab.experiment.sweep.clusters import mpi

            return mpi()
    raise UsageError(unknown("engine", name, ENGINES))
