"""Runs as CSV, in two files, and as JSON, in one."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gdlab.report.export.curves import curves, known_columns
from gdlab.report.formats import csv_field
from gdlab.store.files import in_words
from gdlab.store.flat import flat_runs
from gdlab.store.run import Run
from gdlab.store.strict_json import dumps

RUNS, CURVES = "runs.csv", "curves.csv"


def write_csv(runs: Sequence[Run], path: Path) -> list[str]:
    """A folder with runs.csv, a line for each run, and curves.csv, a line for each logged row with the id of its run.

    A field without a value is empty; `inf`, `-inf` and `nan` are written as such.

    Returns:
        A line on each file of curves that cannot be read.

    Raises:
        StoreError: if it cannot be written.
    """
    notes: list[str] = []
    rows, names = flat_runs(runs), known_columns(runs)
    with in_words("write", path):
        path.mkdir(parents=True)
        with (path / RUNS).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0])
            writer.writerows(map(csv_field, row.values()) for row in rows)
        with (path / CURVES).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", *names])
            for run, curve in curves(runs, notes):
                if curve:
                    columns = [_written(curve[name].tolist()) if name in curve else None for name in names]
                    many = len(curve["step"])
                    filled = [[""] * many if column is None else column for column in columns]
                    writer.writerows(zip([run.id] * many, *filled, strict=True))
    return notes


def _written(values: Iterable[float]) -> list[Any]:
    """Whole numbers without decimals, NaN as nothing: a curve has no other use for it."""
    return ["" if math.isnan(x) else int(x) if x.is_integer() else x for x in values]


def write_json(runs: Sequence[Run], path: Path) -> list[str]:
    """A list of objects, one a run: what it is, its config as it is stored, what else is known, and its curve.

    Numbers that are not finite are the strings "inf", "-inf" and "nan".

    Returns:
        A line on each file of curves that cannot be read.

    Raises:
        StoreError: if it cannot be written.
    """
    notes: list[str] = []
    rows = flat_runs(runs)
    with in_words("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for number, (row, (run, curve)) in enumerate(zip(rows, curves(runs, notes), strict=True)):
                columns = {name: values.tolist() for name, values in curve.items()}
                plain = {key: value for key, value in row.items() if "." not in key}
                known = {**plain, "key": run.key, **run.details, "config": run.config, "curve": columns}
                file.write(b"[\n" if not number else b",\n")
                file.write(dumps(known, indent=None).rstrip(b"\n"))
            file.write(b"\n]\n" if runs else b"[]\n")
    return notes
