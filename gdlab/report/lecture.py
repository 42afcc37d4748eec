"""The items of the lecture for people and for programs: expected beside obtained."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from gdlab.experiment.lecture.item import Item, Result
from gdlab.report.grid import room
from gdlab.report.text import plural

Run = tuple[Item, Sequence[Result]]

_INDENT = 4
_GAP = 2
_HEAD = ("", "expected", "obtained")


@dataclass(frozen=True)
class Lecture:
    """Items with their numbers as a rich renderable: side by side where there is room, else below each other."""

    runs: Sequence[Run]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = room(options)
        bold, dim, red = (console.get_style(name) for name in ("bold", "dim", "red"))
        for number, (item, results) in enumerate(self.runs):
            if number:
                yield Segment.line()
            yield from _wrapped(console, f"{item.number:>2}  {item.title}", width, _INDENT, bold, first=0)
            if item.errs:
                yield from _wrapped(console, item.errs, width, _INDENT, dim)
            rows = [
                (r.line.what, shown(r.line.expected), shown(r.obtained) + ("" if r.ok else "  differs"))
                for r in results
            ]
            looks = [None if result.ok else red for result in results]
            yield from _beside(rows, looks, dim) if _fits(rows, width) else _below(console, rows, looks, width)
            if item.missing:
                yield from _wrapped(console, f"It {item.missing}.", width, _INDENT, dim)
            if item.see:
                yield from _wrapped(console, f"see: {item.see}", width, _INDENT, dim)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(cell_len(cell) for cell in column) for column in zip(_HEAD, *rows, strict=True)]


def _fits(rows: Sequence[Sequence[str]], width: int) -> bool:
    return _INDENT + sum(_widths(rows)) + 2 * _GAP <= width


def _beside(rows: Sequence[tuple[str, str, str]], looks: Sequence[Style | None], dim: Style) -> Iterator[Segment]:
    if not rows:
        return
    what, expected, _ = _widths(rows)
    for cells, look in zip([_HEAD, *rows], [dim, *looks], strict=True):
        padded = f"{cells[0]:<{what}}{' ' * _GAP}{cells[1]:<{expected}}{' ' * _GAP}{cells[2]}"
        yield Segment(" " * _INDENT + padded.rstrip(), look)
        yield Segment.line()


def _below(
    console: Console, rows: Sequence[tuple[str, str, str]], looks: Sequence[Style | None], width: int
) -> Iterator[Segment]:
    for (what, expected, obtained), look in zip(rows, looks, strict=True):
        yield from _wrapped(console, what, width, _INDENT, None)
        for head, value in ((_HEAD[1], expected), (_HEAD[2], obtained)):
            beside = 2 * _GAP + _INDENT + len(head)
            fits = max(map(cell_len, value.split()), default=0) <= width - beside
            yield Segment(" " * (_INDENT + _GAP) + head + (" " * _GAP if fits else "\n"), look)
            indent = beside if fits else _INDENT + 2 * _GAP
            yield from _wrapped(console, value, width, indent, look, 0 if fits else indent)


def _wrapped(
    console: Console, text: str, width: int, indent: int, style: Style | None, first: int | None = None
) -> Iterator[Segment]:
    """Lines of a text, indented, the first one by another amount if given."""
    start = indent if first is None else first
    for number, line in enumerate(Text(text).wrap(console, max(1, width - indent))):
        yield Segment(" " * (indent if number else start))
        yield Segment(line.plain.rstrip(), style)
        yield Segment.line()


def summary(runs: Sequence[Run]) -> str:
    """How many numbers there were, how many differ, and which items are not shown by any."""
    results = [result for _, of_item in runs for result in of_item]
    wrong = sum(not result.ok for result in results)
    told = "all as expected" if not wrong else f"{wrong} {'differs' if wrong == 1 else 'differ'} from what is expected"
    missing = "".join(f"; item {item.number} {item.missing}" for item, _ in runs if item.missing)
    if not results and missing:
        return f"{plural(len(runs), 'item')}, no result{missing}"
    return f"{plural(len(runs), 'item')}, {plural(len(results), 'result')}: {told}{missing}"


def data(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """All of it as plain data."""
    return [
        {
            "item": item.number,
            "title": item.title,
            "errs": item.errs,
            "see": item.see,
            "missing": item.missing,
            "results": [
                {
                    "what": result.line.what,
                    "expected": shown(result.line.expected),
                    "obtained": shown(result.obtained),
                    "ok": result.ok,
                }
                for result in results
            ],
        }
        for item, results in runs
    ]


def shown(value: Any) -> str:
    """A number with all its digits, a row of them, a matrix row by row, a text as it is, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) or np.ndim(value):
        parts = [shown(part) for part in value]
        return ("; " if any(_is_row(part) for part in value) else ", ").join(parts)
    if isinstance(value, float | int | np.number):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)


def _is_row(value: Any) -> bool:
    return not isinstance(value, str) and bool(np.ndim(value))
