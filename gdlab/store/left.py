"""Runs that were left before their end, and can go on from a checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdlab.errors import StoreError
from gdlab.store.checkpoint import FILE, read_checkpoint
from gdlab.store.run import Run
from gdlab.store.selection import read_shown
from gdlab.store.status import Status


@dataclass(frozen=True)
class Left:
    """A run that can go on.

    Args:
        folder: where it is.
        step: of its checkpoint.
        kept: what its checkpoint holds.
    """

    folder: Path
    step: int
    kept: Mapping[str, Any]


def find_left(root: Path | str, key: str) -> Left | None:
    """The run of a config that was left last, with a checkpoint that can be read; None if there is none.

    Args:
        root: the runs folder.
        key: of the config.

    Raises:
        StoreError: if the root cannot be read.
    """
    for run in reversed(read_shown(root=root).items):
        if not isinstance(run, Run) or run.key != key or run.status != Status.INTERRUPTED:
            continue
        if not (run.folder / FILE).exists():
            continue
        try:
            kept = read_checkpoint(run.folder)
        except StoreError:
            continue  # it begins again, which costs time and nothing else
        if kept is not None:
            return Left(run.folder, int(kept["loop"]["counts"][0]), kept)
    return None
