"""A table that never cuts a number: whole columns go, or each row becomes a block of lines, when there is no room.

Off a terminal it has its natural width. rich's own table wraps or crops cells where it lacks room, and lays out 2,000
rows in a second; this one writes its lines directly, thirty times as fast.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

GAP = 2
UNLIMITED = 1_000_000
_NUMBER_WIDTH = 13  # the longest that `number` writes, -1.2345e-300, and a mark


def room(options: ConsoleOptions) -> int:
    """How wide a line may be: as wide as the terminal, off a terminal as wide as it likes."""
    return options.max_width if options.is_terminal else UNLIMITED


class Cell(NamedTuple):
    """What stands at one place of a table, and its rich style."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        head: its title.
        cells: one for each row.
        right: whether it is aligned to the right, as numbers are.
        rank: when there is no room for all, those of the lowest rank stay; those of rank 0 always do.
    """

    head: str
    cells: Sequence[Cell]
    right: bool = False
    rank: int = 0

    @cached_property
    def width(self) -> int:
        """Its natural width in cells of the terminal."""
        return max(cell_len(self.head), *(cell_len(cell.text) for cell in self.cells), 1)

    def lines(self, style: Style, look: dict[str, Style]) -> Iterator[tuple[str, Style | None]]:
        """Its head and its cells, padded to its width."""
        width = self.width
        for text, its in [(self.head, style), *((cell.text, look.get(cell.style)) for cell in self.cells)]:
            padding = " " * (width - cell_len(text))
            yield (padding + text if self.right else text + padding), its


@dataclass(frozen=True)
class Grid:
    """A table as a rich renderable.

    Args:
        columns: all of the same length.
        titles: what stands in a line of its own above some rows, by their numbers.
        hint: how to see the columns that are left out, such as `--format csv has them`.
    """

    columns: Sequence[Column]
    titles: Mapping[int, str] = field(default_factory=dict)
    hint: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = room(options)
        shown = self.fitting(width)
        if _width(shown) > width:
            yield from self._blocks(console, width)
            return
        yield from self._table(console, shown, width, "-" if options.ascii_only else "─")
        if len(shown) < len(self.columns):
            hidden = ", ".join(column.head for column in self.columns if column not in shown)
            yield Text(f"no room for: {hidden}{f'; {self.hint}' if self.hint else ''}", style="dim")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = _width(self.columns)
        return Measurement(min(width, options.max_width), width)

    def fitting(self, width: int) -> list[Column]:
        """The columns of rank 0, and of the others in the order of their ranks those for which there is room left."""
        chosen = [column for column in self.columns if column.rank == 0]
        for column in sorted(self.columns, key=lambda column: column.rank):
            if column.rank and _width([*chosen, column]) <= width:
                chosen.append(column)
        return [column for column in self.columns if column in chosen]

    def _table(self, console: Console, shown: Sequence[Column], width: int, dash: str) -> RenderResult:
        look = self._look(console)
        bold, dim = console.get_style("bold"), console.get_style("dim")
        rule = Segment(dash * _width(shown) + "\n", dim)
        rows = zip(*(column.lines(bold, look) for column in shown), strict=True)
        yield from _line(next(rows))
        yield rule
        for number, row in enumerate(rows):
            if number in self.titles:
                if number:
                    yield rule
                yield from _wrapped(console, self.titles[number], width, 0, bold)
            yield from _line(row)

    def _blocks(self, console: Console, width: int) -> RenderResult:
        """Each row as lines of title and value; a value that does not fit beside its title stands below."""
        look = self._look(console)
        bold = console.get_style("bold")
        first, *rest = self.columns
        label = max((len(column.head) for column in rest), default=0) + 2 * GAP
        below = max(0, min(2 * GAP, width - _NUMBER_WIDTH))
        for number, name in enumerate(first.cells):
            if number:
                yield Segment.line()
            if number in self.titles:
                yield from _wrapped(console, self.titles[number], width, 0, bold)
                yield Segment.line()
            yield from _wrapped(console, name.text, width, 0, bold)
            for column in rest:
                text, style = column.cells[number]
                beside = label + max(map(cell_len, text.split() or [""])) <= width
                yield Segment(" " * GAP + column.head)
                yield Segment(" " * (label - GAP - len(column.head)) if beside else "\n" + " " * below)
                yield from _wrapped(console, text.strip(), width, label if beside else below, look.get(style))

    def _look(self, console: Console) -> dict[str, Style]:
        names = {cell.style for column in self.columns for cell in column.cells} - {""}
        return {name: console.get_style(name) for name in names}


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def _line(row: Sequence[tuple[str, Style | None]]) -> RenderResult:
    for text, style in islice(row, len(row) - 1):
        yield Segment(text, style)
        yield Segment(" " * GAP)
    text, style = row[-1]
    yield Segment(text.rstrip(), style)
    yield Segment.line()


def _wrapped(console: Console, text: str, width: int, indent: int, style: Style | None) -> RenderResult:
    for number, line in enumerate(Text(text).wrap(console, max(1, width - indent))):
        yield Segment(" " * indent * (number > 0))
        yield Segment(line.plain.rstrip(), style)
        yield Segment.line()
