"""Whether the process that writes a run is still there.

A writer holds an exclusive `flock` on the run's log.txt. The kernel lets go of it when the process ends, however it
ends, so that nothing can be left behind that looks alive. The lock goes over to children that a process forks: a pool
of workers is started before the run is created, or with `spawn`.

Where there are no such locks (Windows, some network file systems), a run counts as alive for a minute after the
last change of its files. A run that logs less often is then shown as interrupted until it logs again.
"""

import errno
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

LOCKED_FILE = "log.txt"
FRESH = 60.0  # seconds
_TRIES, _PAUSE = 20, 0.01  # to take a lock that a reader may hold for an instant


def hold(file: IO[bytes]) -> None:
    """Declare the run alive, until the file is closed or the process ends."""
    with suppress(OSError):  # without locks, readers go by the age of the files
        _lock(file.fileno(), exclusive=True)


def take_over(file: IO[bytes]) -> bool:
    """Declare a run that was left alive again; false if another process has it."""
    for _ in range(_TRIES):
        try:
            _lock(file.fileno(), exclusive=True, wait=False)
        except BlockingIOError:  # a reader, which lets go at once, or a writer, which does not
            time.sleep(_PAUSE)
        except OSError:
            return True  # without locks there is nothing to ask
        else:
            return True
    return False


def is_alive(folder: Path) -> bool:
    """Whether a process is writing the run in this folder."""
    try:
        descriptor = os.open(folder / LOCKED_FILE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        _lock(descriptor, exclusive=False)
    except BlockingIOError:
        return True
    except OSError:
        return time.time() - _last_change(folder) < FRESH
    else:
        return False
    finally:
        os.close(descriptor)


def _lock(descriptor: int, exclusive: bool, wait: bool = True) -> None:
    """Lock a file: exclusively, when it is free or if it is free now; or shared, if it is free now.

    Raises:
        BlockingIOError: if another has it.
        OSError: if there are no locks here.
    """
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    # A reader holds its lock for an instant only, so the writer of a new run can wait for it.
    at_once = 0 if exclusive and wait else fcntl.LOCK_NB
    fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | at_once)


def _last_change(folder: Path) -> float:
    times = [0.0]
    for name in (LOCKED_FILE, "metrics.csv", "run.json"):
        with suppress(OSError):
            times.append((folder / name).lstat().st_mtime)
    return max(times)
