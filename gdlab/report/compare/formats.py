"""A comparison as text for other programs and for papers.

Nothing slow is imported before one is written, so that the names of the formats can be had at once.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gdlab.errors import UsageError, unknown
from gdlab.report.formats import csv_field
from gdlab.report.text import literal

if TYPE_CHECKING:
    from gdlab.report.compare.comparison import Comparison
    from gdlab.report.compare.line import Line
    from gdlab.report.grid import Cell, Column


def to_csv(comparison: "Comparison", top: int = 0, columns: Sequence[str] = ()) -> str:
    """All columns of all lines with raw numbers; lists as JSON, what a line does not have is empty."""
    found = list(_rows(comparison, top, columns))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(literal, found[0]))
    writer.writerows([csv_field(value) for value in row.values()] for row in found)
    return out.getvalue()


def to_json(comparison: "Comparison", top: int = 0, columns: Sequence[str] = ()) -> str:
    """A list of objects, one a line, with all columns and raw numbers; inf and nan are the strings "inf" and "nan"."""
    from gdlab.store.strict_json import dumps

    return dumps(list(_rows(comparison, top, columns))).decode()


def to_markdown(comparison: "Comparison", top: int = 0, columns: Sequence[str] = ()) -> str:
    """The table as it is shown, the best in bold."""
    from gdlab.report.compare.table import tabulate

    table = tabulate(comparison, top, columns)
    shown = table.grid.columns
    lines = [
        _markdown_row(_markdown(column.head) for column in shown),
        "|" + "|".join(" ---: " if column.right else " --- " for column in shown) + "|",
    ]
    for row in range(len(shown[0].cells)):
        if row in table.grid.titles:
            lines.append(_markdown_row([f"**{_markdown(table.grid.titles[row])}**", *[""] * (len(shown) - 1)]))
        lines.append(_markdown_row(_cell(column, row, _markdown, "**{}**") for column in shown))
    notes = [f"{_markdown(note)}  " for note in (*table.notes, *map(_caution, table.cautions))]
    return "\n".join([_markdown(table.common), "", *lines, *(("", *notes) if notes else ())]) + "\n"


def to_latex(comparison: "Comparison", top: int = 0, columns: Sequence[str] = ()) -> str:
    r"""The table for a paper, with the rules of the package booktabs; notes are comments.

    Needs `\usepackage{booktabs}`, and an engine that reads UTF-8, as all of today's do.
    """
    from gdlab.report.compare.table import tabulate

    table = tabulate(comparison, top, columns)
    shown = table.grid.columns
    lines = [
        *_comments([table.common]),
        f"\\begin{{tabular}}{{{''.join('r' if column.right else 'l' for column in shown)}}}",
        r"\toprule",
        _latex_row(_latex(column.head) for column in shown),
    ]
    for row in range(len(shown[0].cells)):
        if row == 0 or row in table.grid.titles:
            lines.append(r"\midrule")
        if row in table.grid.titles:
            lines.append(f"\\multicolumn{{{len(shown)}}}{{l}}{{\\textbf{{{_latex(table.grid.titles[row])}}}}} \\\\")
        lines.append(_latex_row(_cell(column, row, _latex, r"\textbf{{{}}}") for column in shown))
    notes = _comments([*table.notes, *map(_caution, table.cautions)])
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", *notes]) + "\n"


def _caution(text: str) -> str:
    return f"caution: {text}"


def _rows(comparison: "Comparison", top: int, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    from gdlab.report.compare.table import first_lines

    rows = _all_columns(comparison, first_lines(comparison, top))
    if not columns:
        yield from rows
        return
    for row in rows:
        yield {name: row[name] for name in _named(columns, row)}


def _named(columns: Sequence[str], row: Mapping[str, Any]) -> list[str]:
    """The columns that are meant by their names, or the ends of them."""
    found = []
    for word in columns:
        name = word.replace(" ", "_")
        ends = [key for key in row if name in (key, key.rpartition(".")[2], key.removesuffix("_loss"))]
        if not ends:
            raise UsageError(unknown("--cols", word, row))
        found.append(ends[0])
    return found


def _all_columns(comparison: "Comparison", lines: "Sequence[Line]") -> Iterator[dict[str, Any]]:
    from gdlab.store.flat import flat_runs

    if not comparison.is_folded:
        for line, row in zip(lines, flat_runs([line.runs[0] for line in lines]), strict=True):
            yield row | _metrics(comparison, line, row) | {"is_best": line.is_best}
        return
    for line, row in zip(lines, _common_fields(lines), strict=True):
        yield row | _metrics(comparison, line, {}) | _standing(line, _reference(comparison, line))


def _common_fields(lines: "Sequence[Line]") -> Iterator[dict[str, Any]]:
    """What all runs of a line have in common, without what is of one run only."""
    from gdlab.report.compare.ordering import common_value
    from gdlab.store.flat import COSTS, RESULTS, flat_runs

    own = {"id", "reason", "started", "folder", "step", "status", "seed", *RESULTS, *COSTS}
    firsts = flat_runs([line.runs[0] for line in lines])
    names = [name for name in firsts[0] if name not in own and name not in lines[0].runs[0].summary]
    for line, first in zip(lines, firsts, strict=True):
        if line.group.named:  # of other lines all runs have the same settings
            yield {name: common_value(line, name) if name in first else None for name in names}
        else:
            yield {name: first[name] for name in names}


def _metrics(comparison: "Comparison", line: "Line", known: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for metric in comparison.metrics:
        name = metric.name if metric.kind != "end" else metric.column
        if metric.kind in ("cost", "ert"):
            name = "ert" if metric.kind == "ert" else f"{metric.name}_to_target"
        if name in known:
            continue
        one = line.figures[metric.name]
        told[name] = _number(one.value)
        if comparison.is_folded and metric.kind != "rank":
            told |= {f"{name}_lower": _number(one.lower), f"{name}_upper": _number(one.upper)}
    return told


def _reference(comparison: "Comparison", line: "Line") -> str | None:
    """The first run of what a line is compared with."""
    found = (one.runs[0].id for one in comparison.lines if one.block == line.block and one.is_reference)
    return None if line.is_reference else next(found, None)


def _standing(line: "Line", reference: str | None) -> dict[str, Any]:
    from gdlab.report.compare.written import FEWEST_BETWEEN

    told: dict[str, Any] = {
        "n": line.n,
        "failures": line.fold.failures,
        "successes": line.fold.successes,
        "success_rate": line.fold.rate,
        "success_low": line.fold.rate_low,
        "success_high": line.fold.rate_high,
        "independent": line.independent,
        "reference": reference,
        "is_reference": line.is_reference,
        "is_best": line.is_best,
    }
    found = line.verdict
    for name in ("answer", "p", "wins", "ties", "losses", "is_paired", "is_ratio", "effect", "low", "high", "why"):
        value = None if found is None else getattr(found, name)
        if found is not None and name in ("low", "high") and found.n < FEWEST_BETWEEN:
            value = None
        told[f"effect_{name}" if name in ("low", "high") else name] = _number(value) if name != "why" else value
    return told


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _cell(column: "Column", row: int, escape: Callable[[str], str], bold: str) -> str:
    cell: Cell = column.cells[row]
    if cell.text.endswith("*") and cell.style == "bold":
        return bold.format(escape(cell.text[:-1]))
    return escape(cell.text.strip())


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is; an underscore within a word is none of its marks."""
    return re.sub(r"[\\`*<>|\[\]$~#]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


def _latex_row(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"$\sim$",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    "−": r"$-$",
    "…": r"\ldots{}",
    "∞": r"$\infty$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
    '"': r"\textquotedbl{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def _latex(text: str) -> str:
    """Text that LaTeX prints as it is; a leading bracket would be an option of the line break before it."""
    escaped = "".join(_LATEX.get(sign, sign) for sign in text)
    return f"{{{escaped}}}" if escaped.startswith(("[", "*")) else escaped


def _comments(texts: Iterable[str]) -> list[str]:
    return [f"% {text}" for text in texts]


FORMATS = {"csv": to_csv, "md": to_markdown, "json": to_json, "latex": to_latex}
