"""Stored runs as a table for notebooks."""

import warnings
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.store.selection import read_runs

if TYPE_CHECKING:
    import pandas as pd

_FIXED = ("id", "name", "status", "step", "reason", "seed", "started", "tags")


def load_runs(*selectors: str | Path, root: Path | str = "runs") -> "pd.DataFrame":
    """Read runs into a pandas DataFrame, one row a run, the oldest first.

    Columns: id, name, status, step, reason, seed, started (UTC), tags; then the config with a dot for each level, such
    as `optimizer.lr`; then the summary, such as `final_loss`. What a run does not have is missing (NaN) in its row.
    Damaged runs are left out and named in one warning.

        gdlab.load_runs("runs").groupby("optimizer.name")["final_loss"].median()

    Args:
        selectors: runs folders, run folders, ids or the beginning of one, names, globs, or `latest`; all in the root if
            there are none.
        root: the runs folder.

    Raises:
        UsageError: if a selector matches nothing, or is the beginning of several ids.
        StoreError: if the root cannot be read.
    """
    import pandas as pd

    selection = read_runs(selectors, root)
    if selection.damaged:
        damaged = "; ".join(map(str, selection.damaged))
        warnings.warn(f"left out {len(selection.damaged)} damaged: {damaged}", stacklevel=2)
    configs = [_flat(run.config) for run in selection.runs]
    rows = [
        # Where the same word comes twice, the first of run, config and summary has it.
        dict(run.summary) | config | {field: getattr(run, field) for field in _FIXED}
        for run, config in zip(selection.runs, configs, strict=True)
    ]
    columns = dict.fromkeys([*_FIXED, *chain(*configs), *chain(*(run.summary for run in selection.runs))])
    frame = pd.DataFrame(rows, columns=list(columns))
    frame["started"] = pd.to_datetime(frame["started"], utc=True)  # summer and winter time cannot share a column
    return frame


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = tuple(value) if isinstance(value, list) else value  # tuples can be grouped by
    return flat
