"""trace.csv: the first steps of a run with their numbers, one line for each step and coordinate."""

from collections.abc import Sequence
from pathlib import Path

from gdlab.store.files import create
from gdlab.store.metrics import Row, format_head, format_rows, read_curve
from gdlab.store.run import Curve

FILE = "trace.csv"


def write_trace(folder: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Store the trace of a run, in the format of metrics.csv.

    Args:
        folder: of the run.
        columns: `step` first.
        rows: numbers, or None where there is none.

    Raises:
        StoreError: if it cannot be written, or there is one already.
    """
    create(folder / FILE, format_head(columns) + format_rows(rows, len(columns)))


def read_trace(folder: Path) -> Curve:
    """The columns of a stored trace, each of shape (rows,), NaN where there is no number.

    Raises:
        StoreError: if the run has none, or it is damaged.
    """
    return read_curve(folder / FILE)
