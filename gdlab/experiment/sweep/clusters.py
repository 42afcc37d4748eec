"""Many machines: the executors that Dask and mpi4py offer."""

import warnings
from concurrent.futures import Executor
from typing import Any

from gdlab.errors import GdlabError, UsageError
from gdlab.experiment.sweep.engines import Engine
from gdlab.experiment.sweep.parcel import differing, versions

PATIENCE = 3.0  # seconds to wait for a scheduler, or for its first worker


def dask(address: str | None) -> Engine:
    """The workers of a Dask scheduler.

    Args:
        address: of the scheduler, such as `tcp://host:8786`.

    Raises:
        UsageError: if Dask is not installed here, there is no scheduler at the address or it has no workers, or they
            have other versions than are here.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("the engine dask needs Dask: pip install 'gdlab[dask]'") from None
    connect: Any = Client  # it has no types
    if not address:
        raise UsageError("the engine dask needs the address of a scheduler: --address tcp://host:8786")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions, which is told below where it matters
            client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = "it does not answer" if isinstance(error, OSError | TimeoutError) else str(error)
        raise UsageError(f"there is no Dask scheduler at {address}: {reason}") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        _check_versions(client, address)
    except TimeoutError:
        client.close()
        raise UsageError(
            f"the Dask scheduler at {address} has no workers; start some: dask worker {address} --nthreads 1"
        ) from None
    except UsageError:
        client.close()
        raise

    def start() -> Executor:
        if client.status != "running":
            raise GdlabError(f"the Dask scheduler at {address} is gone; what is done is stored, run the same again")
        return client.get_executor(pure=False, retries=0)  # type: ignore[no-any-return]

    return Engine(
        max(1, sum(client.nthreads().values())),
        start,
        stop=lambda executor: executor.shutdown(wait=False),
        lost=lambda executor: client.status != "running",
        close=client.close,
    )


def _check_versions(client: Any, address: str) -> None:
    """Hold workers to the versions here, without which numbers, or nothing at all, arrive.

    Raises:
        UsageError: if one differs; names it.
    """
    for worker, answer in client.run(versions, on_error="return").items():
        if isinstance(answer, Exception):
            raise UsageError(f"the Dask worker {worker} has no gdlab that can work; install it there: {answer}")
        difference = differing(versions(), answer)
        if difference:
            raise UsageError(f"the Dask worker {worker} has {difference}; install the same there")


def mpi() -> Engine:
    """The processes of `mpirun -n N python -m mpi4py.futures -m gdlab run …`: one drives, the others work.

    Raises:
        UsageError: if mpi4py or an MPI is not installed, or gdlab was not started in this way.
    """
    try:
        from mpi4py import MPI
        from mpi4py.futures import MPIPoolExecutor
        from mpi4py.futures._core import SharedPool
    except (ImportError, RuntimeError) as error:
        what = "mpi4py: pip install mpi4py" if isinstance(error, ModuleNotFoundError) else f"an MPI: {error}"
        raise UsageError(f"the engine mpi needs {what}; and an MPI, such as Open MPI or MPICH, itself") from None
    workers = MPI.COMM_WORLD.Get_size() - 1
    if workers < 1 or SharedPool is None:
        raise UsageError(
            "the engine mpi needs processes that wait for work; start them as in "
            "mpirun -n 4 python -m mpi4py.futures -m gdlab run CONFIG --engine mpi: one drives, 3 work"
        )
    return Engine(workers, MPIPoolExecutor)
