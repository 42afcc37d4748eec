"""The format of metrics.csv: a head with the names of the columns, then a line for each logged row.

Numbers are the shortest decimals that read back to the same float, `inf`, `-inf` and `nan` as such; a field without a
value is empty. A line counts once its newline is there: 0.8 may be the beginning of 0.85.
"""

import operator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes
from gdlab.store.run import Curve

PASSES = ("evaluations", "dual_passes", "reverse_passes")  # over the function, of each kind
COLUMNS = ("step", "loss", "grad_norm", "lr", *PASSES, "seconds")

Row = Sequence[Any]  # numbers and None

_PLAIN = b"0123456789+-.,\neinfaNo"  # all that Python's own numbers and None are written with
_BREAKS_LINES = frozenset(',"\r\n')


def format_head(columns: Sequence[str]) -> bytes:
    """The first line.

    Raises:
        StoreError: if `step` is not the first column, a name comes twice, or one would break the line.
    """
    if not columns or columns[0] != "step" or len(set(columns)) != len(columns):
        raise StoreError(f"the columns of a run begin with 'step' and each comes once, not {', '.join(columns)}")
    for column in columns:
        if not column.strip() or _BREAKS_LINES & set(column):
            raise StoreError(f"{column!r} cannot name a column: it is empty or has a comma, a quote or a line break")
    return (",".join(columns) + "\n").encode()


def format_rows(rows: Sequence[Row], width: int) -> bytes:
    """One line for each row of `width` numbers; None becomes an empty field.

    Raises:
        ValueError: if a row has another length, or something in it is not a number.
    """
    for row in rows:
        if len(row) != width:
            raise ValueError(f"the row {row!r} has {len(row)} values, not one for each of the {width} columns")
    data = "".join([",".join(map(repr, row)) + "\n" for row in rows]).encode()
    if data.translate(None, _PLAIN):  # something else is among them, such as NumPy's scalars
        data = "".join([",".join(map(_field, row)) + "\n" for row in rows]).encode()
    return data.replace(b"None", b"")


def _field(value: Any) -> str:
    if value is None:
        return ""
    try:
        return repr(operator.index(value))
    except TypeError:
        return repr(float(value))


def read_curve(path: Path) -> Curve:
    """The columns of a metrics.csv, each a float64 array of shape (rows,), NaN where a field is empty.

    A last line without its newline is dropped.

    Raises:
        StoreError: if the file is missing or unreadable, or a row is damaged; names file and line.
    """
    content = read_bytes(path)
    if content is None:
        raise StoreError(f"cannot read {path}: there is no such file")
    text = content[: content.rfind(b"\n") + 1].decode("utf-8", "replace").replace("\r\n", "\n")
    head, _, body = text.partition("\n")
    columns = head.split(",")
    if columns[0] != "step" or len(set(columns)) != len(columns):
        raise StoreError(f"{path}:1: these are not the names of columns: {head[:60]!r}")
    if not body:
        return {column: np.empty(0) for column in columns}
    table = _parse(path, body, len(columns))
    return dict(zip(columns, np.ascontiguousarray(table.T), strict=True))


def _parse(path: Path, body: str, width: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    filled = body
    if ",," in body or ",\n" in body:
        filled = body.replace(",,", ",nan,").replace(",,", ",nan,").replace(",\n", ",nan\n")
    lines = filled[:-1].split("\n")
    try:
        table = np.loadtxt(lines, dtype=np.float64, delimiter=",", comments=None, ndmin=2)
        if table.shape == (len(lines), width) and np.isfinite(table[:, 0]).all():
            return table
    except ValueError:
        pass  # it says less about where than the search below
    raise StoreError(_first_damage(path, body[:-1].split("\n"), width))


def _first_damage(path: Path, lines: Sequence[str], width: int) -> str:
    for number, line in enumerate(lines, start=2):
        fields = line.split(",")
        if len(fields) != width:
            return f"{path}:{number}: damaged row, it has {len(fields)} fields and not {width}: {line[:60]!r}"
        for position, text in enumerate(fields):
            if not _readable(text, finite=position == 0):
                return f"{path}:{number}: damaged row, {text[:60]!r} is not a number"
    return f"{path}: the rows cannot be read"


def _readable(text: str, finite: bool) -> bool:
    try:
        return bool(np.isfinite(float(text))) if finite else not text or bool([float(text)])
    except ValueError:
        return False


def totals(curve: Curve) -> tuple[int, dict[str, float]]:
    """The step of the last row, and the summary that the rows alone tell; what is unknown is absent."""
    if not curve["step"].size:
        return 0, {}
    last = {name: float(values[-1]) for name, values in curve.items() if not np.isnan(values[-1])}
    step = int(last.pop("step"))
    last.pop("lr", None)
    summary = {}
    if "loss" in last:
        summary["final_loss"] = last.pop("loss")
    losses = curve.get("loss")
    if losses is not None and not np.isnan(losses).all():
        best = int(np.nanargmin(losses))
        summary |= {"best_loss": float(losses[best]), "best_step": float(curve["step"][best])}
    return step, summary | last
