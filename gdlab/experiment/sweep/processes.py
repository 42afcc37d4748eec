"""Fresh processes on this machine, one BLAS thread each, that end with the one that started them."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any

from gdlab.errors import UsageError
from gdlab.experiment.sweep.engines import Engine

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # that BLAS libraries go by
TRIES = 3  # to start processes
SOON = 5.0  # seconds within which a pool without processes has cleared up


def processes(workers: int) -> Engine:
    """A pool of processes, started afresh, since a fork would inherit locks and threads.

    Args:
        workers: how many.

    Raises:
        UsageError: if that is none.
    """
    if workers < 1:
        raise UsageError(f"{workers} processes cannot do any work; give at least 1")
    return Engine(workers, lambda: _start(workers), stop=_stop, lost=_lost)


def _start(workers: int) -> Executor:
    for _ in range(TRIES - 1):
        with suppress(BrokenExecutor):  # a process that is killed while it starts costs another start
            return _try(workers)
    try:
        return _try(workers)
    except BrokenExecutor as error:
        raise _none(workers, error) from None


def _none(workers: int, error: Exception) -> UsageError:
    return UsageError(
        f"{workers} processes could not be started: {' '.join(str(error).split())} (a script of your own that "
        'starts them must do so below `if __name__ == "__main__":`)'
    )


def _try(workers: int) -> Executor:
    """A pool whose processes are ready.

    Raises:
        BrokenExecutor: if one died while it started.
        UsageError: if the system has no room for them.
    """
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)
    try:
        with one_thread_each(), _undisturbed():
            ready = [pool.submit(_warm) for _ in range(workers)]  # each starts a process
        for future in ready:
            future.result()
    except OSError as error:
        _stop(pool)
        raise _none(workers, error) from None
    except BaseException:
        _stop(pool)
        raise
    return pool


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that start within use one BLAS thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that start within leave Ctrl-C to this one from their first moment on."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Leave Ctrl-C to the driver, which ends its workers itself; if it is killed, end without it."""
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def _warm() -> None:
    """Import what the work needs."""
    import gdlab.experiment.sweep.work  # noqa: F401


def _of(pool: Any) -> list[Any]:
    return list((pool._processes or {}).values())


def _lost(pool: Executor) -> bool:
    """Whether a process is gone. The pool itself does not see it if it died while it wrote half a result."""
    return any(worker.exitcode is not None for worker in _of(pool))


def _stop(pool: Any) -> None:
    workers, results, manager = _of(pool), pool._result_queue, pool._executor_manager_thread
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join()
    if results is not None:
        results._writer.close()  # no one writes any more, so that the pool does not wait for the rest of a result
    if manager is not None:
        manager.join(SOON)
