"""A stored run, as every reader sees it: one interface over single runs and the cells of sweeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

Curve = dict[str, np.ndarray[Any, np.dtype[np.float64]]]

FORMAT = 1  # of run.json; a reader refuses what is newer than itself
FEW = 32  # parameters up to which the final ones are stored


@dataclass(frozen=True)
class Run:
    """One run, read from disk.

    Args:
        folder: where it is stored.
        id: the name of the folder.
        name: the name of its experiment, such as `adam_xor`.
        config: the fully resolved config, plain data.
        status: how it ended, one of `Status`, or `running`.
        step: steps done.
        reason: one sentence on how it ended.
        summary: numbers at the end: final_loss, best_loss, best_step, grad_norm, evaluations, dual_passes,
            reverse_passes, seconds, and the last value of each measure, such as accuracy. What is unknown is absent.
        seed: the seed of the run.
        started: when, with its time zone.
        tags: words to select runs by.
        load_curve: reads the logged columns; called by `curve`.
        key: the hash of its config, equal for equal configs.
        details: what else is known of it: finished (ISO), duration (seconds), versions, host, platform, cpus, argv, and
            w, the final parameters, if they are few.
    """

    folder: Path
    id: str
    name: str
    config: Mapping[str, Any]
    status: str
    step: int
    reason: str
    summary: Mapping[str, float]
    seed: int
    started: datetime
    tags: tuple[str, ...]
    load_curve: Callable[[], Curve]
    key: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def curve(self) -> Curve:
        """The logged columns, each of shape (rows,): step, loss, grad_norm, …; NaN where there is no value.

        Read from disk at each call.

        Raises:
            StoreError: if the rows cannot be read; names file and line.
        """
        return self.load_curve()
