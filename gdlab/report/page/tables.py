"""Tables of the page: a head for each column and each row, and never more rows than anybody reads."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from gdlab.report.grid import Cell, Column
from gdlab.report.page.html import Html, element, escaped
from gdlab.report.text import plural

MOST_ROWS = 400

_MANY = 12  # columns, from which on they are written small on paper

_CLASSES = {
    "bold": "best",
    "green": "good",
    "blue": "soft",
    "dim": "soft",
    "yellow": "odd",
    "magenta": "far",
    "red": "bad",
    "bold red": "bad best",
}


def table(
    columns: Sequence[Column],
    caption: str,
    titles: Mapping[int, str] | None = None,
    *,
    wordy: frozenset[str] = frozenset(),
    most: int = MOST_ROWS,
) -> Html:
    """A table; the first cell of a row is its head.

    Args:
        columns: all of the same length.
        caption: what it is of, above it.
        titles: what stands above some rows, by their numbers.
        wordy: heads of the columns whose cells are sentences, which may be broken.
        most: rows that are shown; how many more there are stands below.
    """
    rows = len(columns[0].cells)
    shown = min(rows, most)
    starts = sorted({0, *(row for row in titles or {} if row < shown), shown}) if shown else []
    bodies = [_body(columns, range(first, last), (titles or {}).get(first), wordy) for first, last in pairwise(starts)]
    head = element("tr", *(element("th", one.head, scope="col", class_=_class(one)) for one in columns))
    many = "many" if len(columns) > _MANY else None
    whole = element("table", element("caption", caption), element("thead", head), *bodies, class_=many)
    wide = element("div", whole, class_="wide", role="region", aria_label=caption, tabindex=0)
    left = [element("p", f"and {plural(rows - shown, 'more row')}", class_="soft")] if rows > shown else []
    return Html("\n".join([wide, *left]))


def _body(columns: Sequence[Column], rows: range, title: str | None, wordy: frozenset[str]) -> Html:
    told = [element("tr", element("th", title, scope="rowgroup", colspan=len(columns)))] if title else []
    return element("tbody", *told, *(_row(columns, row, wordy) for row in rows))


def _row(columns: Sequence[Column], row: int, wordy: frozenset[str]) -> Html:
    first, *rest = columns
    head = element("th", _text(first.cells[row]), scope="row", class_=_class(first, first.cells[row]))
    cells = [
        element("td", _text(one.cells[row]), class_=_class(one, one.cells[row], wordy=one.head in wordy))
        for one in rest
    ]
    return element("tr", head, *cells)


def _text(cell: Cell) -> str:
    return escaped(cell.text.strip())


def _class(column: Column, cell: Cell | None = None, *, wordy: bool = False) -> str | None:
    """The classes of a cell: numbers stand to the right, outcomes have their colour, sentences may be broken."""
    found = ["n"] if column.right else ["why"] if wordy else []
    if cell is not None and cell.style in _CLASSES:
        found.append(_CLASSES[cell.style])
    return " ".join(found) or None
