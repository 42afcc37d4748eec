"""A comparison of many runs as a table: a line for the runs that differ in nothing but their seed."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from gdlab.errors import join
from gdlab.report.comparison_table import HINT, ComparisonTable, parts_of, problem_titles, setting_column
from gdlab.report.folded import Folded, Line
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.listing import by_number
from gdlab.report.numbers import ABSENT, count, number, seconds
from gdlab.report.outcomes import outcome
from gdlab.report.seeds import SEED
from gdlab.report.text import head, literal, plural
from gdlab.store.flat import COSTS, COUNTS

LINES = 50  # that are shown, unless it is asked for more

_RANKS = {"n": 2, "ended": 3, "extreme": 4}
_LAST = 9


def tabulate_folds(folded: Folded, limit: int = LINES) -> ComparisonTable:
    """Lay the lines out: what differs in columns, what is common in one line above.

    Args:
        folded: the lines.
        limit: how many of them are shown, at most; 0 for all.
    """
    shown = slice(limit or None)
    lines = folded.lines[shown]
    settings, telling = [line.settings for line in folded.lines], [line.telling for line in folded.lines]
    common: list[str] = []
    columns = [_who(lines)] if all(len(line) == 1 for line in lines) else []
    for part in parts_of(settings):
        if part != SEED:
            columns += setting_column(settings, telling, part, common, shown)
    if not columns:
        columns = [Column("name", [Cell(literal(line.group.runs[0].name)) for line in lines])]
    columns += _results(folded, lines)
    groups = [line.problem for line in lines]
    titles = problem_titles(groups, settings[shown], telling[shown])
    runs = plural(folded.runs, "run")
    line = f"{'All ' if folded.runs > 1 else ''}{runs}: {'; '.join(common)}" if common else runs
    return ComparisonTable(line, Grid(columns, titles, HINT), tuple(_notes(folded, len(lines))))


def _who(lines: Sequence[Line]) -> Column:
    return Column("id", [Cell(literal(line.group.runs[0].id)) for line in lines], rank=_LAST)


def _results(folded: Folded, lines: Sequence[Line]) -> Iterator[Column]:
    metric, several = folded.metric, any(len(line) > 1 for line in lines)
    if several:
        yield Column("n", [Cell(str(len(line))) for line in lines], right=True, rank=_RANKS["n"])
        yield Column("ended", [Cell(by_number(line.ended)) for line in lines], rank=_RANKS["ended"])
    else:
        yield Column("status", [outcome(*line.ended) for line in lines], rank=_RANKS["ended"])
    word = f"median {metric.words}" if several else metric.words
    yield Column(word, _medians(lines), right=True)
    if several:
        yield Column("quartiles", [Cell(_quartiles(line)) for line in lines], rank=1)
        extremes = [Cell(ABSENT if math.isnan(line.extreme) else number(line.extreme)) for line in lines]
        yield Column("lowest" if metric.lowest else "highest", extremes, right=True, rank=_RANKS["extreme"])
    for name, values in folded.numbers.items():
        told = [ABSENT if math.isnan(value) else _written(name, value) for value in values[: len(lines)]]
        if name != metric.column and name in COSTS and len(set(told)) > 1:
            yield Column(head(name), [Cell(text) for text in told], right=True, rank=_LAST)


def _medians(lines: Sequence[Line]) -> list[Cell]:
    """The best in bold and with a star, as in a table of single runs."""
    texts = [number(line.median) if math.isfinite(line.median) or len(line) > 1 else _own(line) for line in lines]
    if not any(line.best for line in lines):
        return [Cell(text) for text in texts]
    marked = zip(texts, lines, strict=True)
    return [Cell(f"{text}*", "bold") if line.best else Cell(f"{text} ") for text, line in marked]


def _own(line: Line) -> str:
    """What a single run that is not in the running ended at is told by its status."""
    return ABSENT if line.ended else number(line.median)


def _quartiles(line: Line) -> str:
    return f"{number(line.lower)} … {number(line.upper)}" if len(line) > 1 else ABSENT


def _written(name: str, value: float) -> str:
    if name == "seconds":
        return seconds(value)
    return count(value) if name in COUNTS else number(value)


def _notes(folded: Folded, shown: int) -> Iterator[str]:
    several = any(len(line) > 1 for line in folded.lines)
    if several:
        yield "runs that differ only in their seed are one line; one that is not in the running counts as the worst"
    if any(line.best for line in folded.lines):
        each = " of each problem" if len({line.problem for line in folded.lines}) > 1 else ""
        word = "lowest" if folded.metric.lowest else "highest"
        yield f"* {word} {'median ' * several}{folded.metric.words}{each}"
    ended: Counter[str] = Counter()
    for line in folded.lines:
        ended.update(line.ended)
    yield f"ended: {join(by_number(ended).split(', '))}"
    hidden = len(folded.lines) - shown
    if hidden > 0:
        yield f"{plural(hidden, 'more line')}; --limit 0 shows all, --format csv has every run"
