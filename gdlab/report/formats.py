"""A comparison as text for other programs: CSV, JSON and Markdown.

Nothing slow is imported before one is written, so that the names of the formats can be had at once.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gdlab.report.text import literal
from gdlab.store.strict_json import dumps

if TYPE_CHECKING:
    from gdlab.report.comparison import Comparison
    from gdlab.report.grid import Cell, Column
    from gdlab.store.flat import FlatRun


def to_csv(comparison: "Comparison") -> str:
    """All columns of all runs with raw numbers; lists as JSON, what a run does not have is empty."""
    rows = list(_rows(comparison))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(literal, rows[0]))
    writer.writerows([csv_field(value) for value in row.values()] for row in rows)
    return out.getvalue()


def to_json(comparison: "Comparison") -> str:
    """A list of objects, one a run, with all columns and raw numbers; inf and nan are the strings "inf" and "nan"."""
    return dumps(list(_rows(comparison))).decode()


def to_markdown(comparison: "Comparison") -> str:
    """The table as it is shown, the best in bold."""
    from gdlab.report.comparison_table import tabulate

    table = tabulate(comparison)
    columns = table.grid.columns
    lines = [
        _markdown_row(column.head for column in columns),
        "|" + "|".join(" ---: " if column.right else " --- " for column in columns) + "|",
    ]
    for row in range(len(comparison.runs)):
        if row in table.grid.titles:
            lines.append(_markdown_row([f"**{_escaped(table.grid.titles[row])}**", *[""] * (len(columns) - 1)]))
        lines.append(_markdown_row(_markdown_cell(column, row) for column in columns))
    notes = [_escaped(note) for note in table.notes]
    return "\n".join([_escaped(table.common), "", *lines, *(("", *notes) if notes else ())]) + "\n"


def _rows(comparison: "Comparison") -> "Iterator[FlatRun]":
    for row, best in zip(comparison.rows, comparison.best, strict=True):
        yield row | {"is_best": best}


def csv_field(value: Any) -> Any:
    """A value as a field of CSV: lists as JSON, and text that cannot steer a terminal."""
    if isinstance(value, str):
        return literal(value)
    return json.dumps(value) if isinstance(value, bool | list | dict) else value


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown_cell(column: "Column", row: int) -> str:
    cell: Cell = column.cells[row]
    if cell.text.endswith("*") and cell.style == "bold":
        return f"**{cell.text[:-1]}**"
    return _escaped(cell.text.strip())


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is; an underscore within a word is none of its marks."""
    return re.sub(r"[\\`*<>|\[\]$~#]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


FORMATS = {"csv": to_csv, "json": to_json, "md": to_markdown}
