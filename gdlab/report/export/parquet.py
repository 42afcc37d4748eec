"""Runs as Parquet, in two files, by pyarrow where it is installed."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import UsageError
from gdlab.report.export.curves import curves, known_columns
from gdlab.store.files import in_words
from gdlab.store.flat import flat_runs
from gdlab.store.run import Curve, Run
from gdlab.store.strict_json import dumps

RUNS, CURVES = "runs.parquet", "curves.parquet"
_AT_ONCE = 500  # runs whose curves are in memory together


def check_parquet() -> None:
    """Hold that pyarrow is there.

    Raises:
        UsageError: if it is not; says how to install it.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise UsageError(
            "Parquet is written by pyarrow, which is not installed: pip install 'gdlab[parquet]'; or use --to csv"
        ) from None


def write_parquet(runs: Sequence[Run], path: Path) -> list[str]:
    """A folder with runs.parquet, a row for each run, and curves.parquet, a row for each logged row.

    Returns:
        A line on each file of curves that cannot be read.

    Raises:
        UsageError: if pyarrow is not installed.
        StoreError: if it cannot be written.
    """
    check_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    notes: list[str] = []
    rows, names = flat_runs(runs), known_columns(runs)
    schema = pa.schema([("id", pa.string()), *((name, pa.float64()) for name in names)])
    with in_words("write", path):
        path.mkdir(parents=True)
        pq.write_table(pa.table({name: _column([row[name] for row in rows]) for name in rows[0]}), path / RUNS)
        with pq.ParquetWriter(path / CURVES, schema) as writer:
            read = curves(runs, notes)
            while some := [(run, curve) for run, curve in islice(read, _AT_ONCE)]:
                logged = [(run, curve) for run, curve in some if curve]
                ids = [run.id for run, curve in logged for _ in curve["step"]]
                columns = {name: _joined([_filled(curve, name) for _, curve in logged]) for name in names}
                writer.write_table(pa.table({"id": ids, **columns}, schema=schema))
    return notes


def _filled(curve: Curve, name: str) -> Any:
    """A column, NaN if the run has not logged it."""
    return curve.get(name, np.full(len(curve["step"]), np.nan))


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate(parts) if parts else np.empty(0)


def _column(values: Sequence[Any]) -> list[Any]:
    """Values of one kind, as a column must have: of a setting that is a number here and a word there, words."""
    kinds = {float if type(value) is int else type(value) for value in values if value is not None}
    if kinds <= {float}:
        return [None if value is None else float(value) for value in values] if float in kinds else [*values]
    if kinds <= {str} or kinds <= {bool}:
        return [*values]
    return [None if value is None else dumps(value, indent=None).decode().strip() for value in values]
