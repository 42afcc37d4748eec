"""Who drives a sweep: stored in its record, told to whoever else wants to, and how long all drivers took."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes
from gdlab.store.record import FILE
from gdlab.store.status import RUNNING
from gdlab.store.strict_json import loads
from gdlab.store.surroundings import surroundings


def driver() -> dict[str, Any]:
    """Who drives a sweep, to be told to whoever else wants to."""
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    here = surroundings()
    return {**here, "driver": {"pid": os.getpid(), "host": here["host"], "since": since}}


def spent(record: Mapping[str, Any], last: float) -> float:
    """The seconds that all drivers so far took; of one that was killed, those until it stored its last chunk.

    Args:
        record: of the sweep.
        last: when that was, in seconds since 1970.
    """
    seconds = float(record.get("duration") or 0)
    since = record.get("driver", {}).get("since")
    if record["status"] != RUNNING or since is None:
        return seconds
    return seconds + max(0.0, last - datetime.fromisoformat(since).timestamp())


def holder(folder: Path) -> str:
    """Who drives a sweep, in words."""
    try:
        driver = loads(read_bytes(folder / FILE) or b"{}").get("driver", {})
        return f"process {driver['pid']} on {driver['host']} has been running it since {driver['since']}"
    except (StoreError, ValueError, KeyError, AttributeError, TypeError):
        return "another process is running it"
