"""A comparison as a table for people: what differs in columns, what is common in one line above."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gdlab.errors import join
from gdlab.report.compare.columns import lay_out
from gdlab.report.compare.comparison import Comparison
from gdlab.report.compare.judging import seeds_needed
from gdlab.report.compare.line import Line
from gdlab.report.compare.named import Named
from gdlab.report.grid import Grid
from gdlab.report.numbers import number
from gdlab.report.outcomes import SOUND_WORDS
from gdlab.report.settings import describe
from gdlab.report.statistics.verdicts import LEVEL
from gdlab.report.text import literal, plural

HINT = "a wider terminal shows them, --format csv has all"
TOP = 40  # lines of a problem that are shown, unless it is asked for more


@dataclass(frozen=True)
class Table:
    """What is shown of a comparison.

    Args:
        common: what all runs have in common, in one line.
        grid: the table of what differs.
        notes: what the marks mean.
        cautions: what makes lines less comparable than they look.
        columns: those of the grid, with the words they are asked for by.
    """

    common: str
    grid: Grid
    notes: tuple[str, ...]
    cautions: tuple[str, ...]
    columns: tuple[Named, ...]


def tabulate(comparison: Comparison, top: int = TOP, columns: Sequence[str] = ()) -> Table:
    """Lay a comparison out.

    Args:
        comparison: it.
        top: how many lines of each problem are shown, at most; 0 for all.
        columns: which are shown, by name; unset: all that say something.

    Raises:
        UsageError: a column is not known.
    """
    blocks = [[*block] for _, block in groupby(comparison.lines, key=lambda line: line.block)]
    shown = first_lines(comparison, top)
    layout = lay_out(comparison, shown, columns)
    runs = plural(len(comparison.runs), "run")
    many = len(comparison.runs) > 1
    line = f"{'All ' if many else ''}{runs}: {'; '.join(layout.common)}" if layout.common else runs
    grid = Grid([named.column for named in layout.columns], _titles(shown), HINT)
    notes = (*_notes(comparison, blocks), *_hidden(len(comparison.lines) - len(shown)))
    return Table(line, grid, notes, comparison.cautions, tuple(layout.columns))


def first_lines(comparison: Comparison, top: int) -> list[Line]:
    """The first lines of each problem, and the baseline wherever it stands; all if `top` is 0."""
    if not top:
        return [*comparison.lines]
    blocks = groupby(comparison.lines, key=lambda line: line.block)
    return [line for _, block in blocks for line in _top([*block], top)]


def _top(block: Sequence[Line], top: int) -> list[Line]:
    return [line for i, line in enumerate(block) if i < top or (line.is_reference and line.group.is_baseline)]


def _titles(shown: Sequence[Line]) -> dict[int, str]:
    """Above the first line of each problem what tells it from the others, if there are several."""
    starts = [row for row, line in enumerate(shown) if row == 0 or shown[row - 1].block != line.block]
    if len(starts) < 2:
        return {}
    return {row: describe(shown[row].settings, "problem", shown[row].telling) for row in starts}


def _notes(comparison: Comparison, blocks: Sequence[Sequence[Line]]) -> Iterator[str]:
    if len(comparison.lines) > 1 or comparison.is_folded:
        if comparison.is_folded:
            yield "median and quartiles over seeds; a run that did not end well counts as the worst"
        yield from _proof(comparison, blocks)
        yield from _overall(comparison, blocks)
    ended: Counter[str] = Counter()
    for line in comparison.lines:
        ended.update(line.ended)
    broken = [f"{many} {literal(how)}" for how, many in ended.most_common() if how not in SOUND_WORDS]
    if broken and len(comparison.lines) > 1:
        yield f"not in the running: {join(broken)}"


def _proof(comparison: Comparison, blocks: Sequence[Sequence[Line]]) -> Iterator[str]:
    if all(len(block) < 2 for block in blocks):
        return
    metric = comparison.metric
    each = " of its problem" if len(blocks) > 1 else ""
    if any(line.is_best for line in comparison.lines):
        title = "cost to the target" if metric.needs_target else metric.title
        word = "lower" if metric.lowest else "higher"
        yield f"* {word} {title} than every other{each}, proven at {100 * LEVEL:g} %"
    if any(line.verdict for line in comparison.lines):
        word = "baseline" if comparison.question.baseline else "leader"
        yield f"~ not told apart from the {word}; × ratio to it and − difference, with its 95 % interval"
        if not any(line.is_best for line in comparison.lines):
            yield "no best is proven"
    yield from _too_few(comparison, blocks)


def _too_few(comparison: Comparison, blocks: Sequence[Sequence[Line]]) -> Iterator[str]:
    """How many seeds it takes on the problem that has most lines, if no line there has them."""
    block = max(blocks, key=len)
    has_baseline = bool(comparison.question.baseline)
    needed, there = seeds_needed(len(block), has_baseline=has_baseline), max(line.independent for line in block)
    if there >= needed or any(line.shared for line in block):
        return
    told = f"{len(block)} lines need {needed} seeds each before anything can be proven; there {_are(there)}"
    beside_one = seeds_needed(len(block), has_baseline=True)
    yield told + (f". With --baseline RUN they need {beside_one}" if beside_one < needed else "")


def _are(amount: int) -> str:
    return "is 1" if amount == 1 else f"are {amount}"


def _overall(comparison: Comparison, blocks: Sequence[Sequence[Line]]) -> Iterator[str]:
    """The ranks over all problems, if each has the same lines."""
    rank = next((metric.name for metric in comparison.metrics if metric.kind == "rank"), None)
    if rank is None or len(blocks) < 2:
        return
    tables = [{_label(line): line.figures[rank].value for line in block} for block in blocks]
    if len(tables[0]) < 2 or any(table.keys() != tables[0].keys() for table in tables):
        return
    means = {label: sum(table[label] for table in tables) / len(tables) for label in tables[0]}
    told = [f"{label} {number(mean, 3)}" for label, mean in sorted(means.items(), key=lambda item: item[1])]
    yield f"mean rank over {len(blocks)} problems: {', '.join(told)}"


def _label(line: Line) -> str:
    if line.group.named:
        return " ".join(value for _, value in line.group.named)
    return describe(line.settings, "optimizer", line.telling)


def _hidden(hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"{plural(hidden, 'more line')}: --top 0 shows all"
