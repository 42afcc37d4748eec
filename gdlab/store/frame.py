"""Stored runs as a table for notebooks."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from gdlab.store.flat import columns, flat_runs
from gdlab.store.selection import read_runs

if TYPE_CHECKING:
    import pandas as pd


def load_runs(*selectors: str | Path, root: Path | str = "runs") -> "pd.DataFrame":
    """Read runs into a pandas DataFrame, one row a run, the oldest first.

    The columns are those of `gdlab compare --format csv`: id, name, problem, gradient, optimizer, status, reason, step,
    steps, seed; the summary, such as `final_loss`; started (UTC), tags and folder; and every setting with a dot for
    each level, such as `optimizer.lr`. What a run does not have is missing (NaN) in its row. Damaged runs are left out
    and named in one warning.

        gdlab.load_runs("runs").groupby("optimizer")["final_loss"].median()

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
    known = [{name: value for name, value in row.items() if value is not None} for row in flat_runs(selection.runs)]
    # Tuples, unlike lists, can be grouped by.
    rows = [{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()} for row in known]
    frame = pd.DataFrame(rows, columns=list(columns(selection.runs)))
    frame["started"] = pd.to_datetime(frame["started"], utc=True)  # summer and winter time cannot share a column
    return frame
