"""Titles with bodies, and rows of words: what is not a table of numbers."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from gdlab.report.grid import GAP, room
from gdlab.report.text import literal

_LEAST = 24  # columns that the last cell of a row gets, or it goes below the others


@dataclass(frozen=True)
class Sections:
    """Titles and what stands indented below them, as a rich renderable; off a terminal nothing is wrapped.

    Args:
        head: the lines above the first title.
        sections: titles and bodies.
    """

    head: Sequence[Text]
    sections: Sequence[tuple[str, RenderableType]]

    @classmethod
    def of(cls, head: Sequence[str], bodies: Mapping[str, RenderableType]) -> Self:
        """Sections with a first line in bold; strings are shown as they are."""
        lines = [Text(literal(line), style="" if number else "bold") for number, line in enumerate(head)]
        return cls(lines, [(title, _plain(body) if isinstance(body, str) else body) for title, body in bodies.items()])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = room(options)
        for line in self.head:
            yield from _indented(console, options, line, width, indent=0)
        for title, body in self.sections:
            yield Segment(f"\n{title}\n", console.get_style("bold"))
            yield from _indented(console, options, body, width, indent=2)


@dataclass(frozen=True)
class Rows:
    """Rows of cells side by side, as a rich renderable; only the last cell wraps, so that no number is cut."""

    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        *widths, _ = (max(len(literal(cell)) for cell in column) for column in zip(*self.rows, strict=True))
        margin = sum(widths) + GAP * len(widths)
        beside = options.max_width - margin >= _LEAST
        if not beside:  # below, that is
            margin = GAP
        for *cells, last in self.rows:
            head = "".join(literal(cell).ljust(width + GAP) for cell, width in zip(cells, widths, strict=True))
            body = textwrap.wrap(literal(last), max(1, options.max_width - margin))
            lines = [head + "".join(body[:1]), *body[1:]] if beside else [head.rstrip(), *body]
            yield Text(f"\n{' ' * margin}".join(lines))


def _plain(text: str) -> Text:
    return Text("\n".join(map(literal, text.split("\n"))))


def _indented(
    console: Console, options: ConsoleOptions, body: RenderableType, width: int, indent: int
) -> Iterator[Segment]:
    for line in console.render_lines(body, options.update(width=max(1, width - indent)), pad=False):
        yield Segment(" " * indent)
        yield from line
        yield Segment.line()
