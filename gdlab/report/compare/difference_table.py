"""The difference between two runs as a table: names down, the two side by side, and by how much."""

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from gdlab.report.compare.difference import Difference, Part, change, listed_titles, sentences
from gdlab.report.compare.written import value_text
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import ABSENT, setting
from gdlab.report.text import head, literal


def show_difference(found: Difference) -> list[RenderableType]:
    """What is printed: a table for each part that differs, and what is the same in a word."""
    shown: list[RenderableType] = []
    for part in found.parts:
        if part.differ:
            shown += [_grid(part, listed_titles(found.titles)), Text("")]
    return [*shown, *(Text(line) for line in sentences(found))]


def _grid(part: Part, titles: tuple[str, str]) -> Grid:
    is_config = part.title == "config"
    names = [*part.differ]
    columns = [Column(part.title, [Cell(literal(name) if is_config else head(name)) for name in names])]
    for number, title in enumerate(titles):
        cells = [Cell(_written(part, name, part.differ[name][number])) for name in names]
        columns.append(Column(literal(title), cells))
    if part.title == "result":
        told = [change(*part.differ[name]) for name in names]
        if any(text != ABSENT for text in told):
            columns.append(Column("change", [Cell(text) for text in told], right=True, rank=1))
    return Grid(columns)


def _written(part: Part, name: str, value: Any) -> str:
    if value is None:
        return ABSENT
    return setting(value) if part.title == "config" else value_text(value, name)
