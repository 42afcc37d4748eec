"""The columns of a comparison: what tells lines apart, how they did, and how they stand to each other."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.errors import UsageError, unknown
from gdlab.report.compare.comparison import Comparison
from gdlab.report.compare.fields import Fields
from gdlab.report.compare.line import Line
from gdlab.report.compare.metrics import Metric
from gdlab.report.compare.named import LATER, RANKS, Named
from gdlab.report.compare.ordering import middle_value
from gdlab.report.compare.setting_columns import setting_columns
from gdlab.report.compare.written import (
    failures_text,
    figure_text,
    range_text,
    score_text,
    success_text,
    value_text,
    verdict_text,
)
from gdlab.report.grid import Cell, Column
from gdlab.report.numbers import ABSENT
from gdlab.report.outcomes import outcome
from gdlab.report.text import head, literal, plural
from gdlab.store.flat import COSTS, measures


@dataclass
class Layout:
    """The columns of a comparison, and what all lines have in common.

    Args:
        columns: in order.
        common: phrases.
    """

    columns: list[Named]
    common: list[str]


def lay_out(comparison: Comparison, shown: Sequence[Line], chosen: Sequence[str] = ()) -> Layout:
    """Make the columns.

    Args:
        comparison: all of it, which decides what is common.
        shown: the lines that are shown.
        chosen: names of columns, or of fields that are none; unset: all that say something.

    Raises:
        UsageError: a name is not known.
    """
    common: list[str] = []
    columns = [*setting_columns(comparison, shown, common), *_counts(comparison, shown, common)]
    for metric in comparison.metrics:
        columns += _metric(comparison, shown, metric)
    columns += _standing(comparison, shown)
    columns += _extra(comparison, shown, common)
    who = _who(comparison, shown, [named for named in columns if named.name != "status"])
    columns = [*who, *columns]
    return Layout(columns if not chosen else _chosen(comparison, shown, columns, chosen), common)


def _who(comparison: Comparison, shown: Sequence[Line], columns: Sequence[Named]) -> list[Named]:
    """Names of single runs, or their ids if two share a name, and of other lines if nothing else tells them apart."""
    lines = comparison.lines
    if comparison.group_by:
        return []
    single = all(line.n == 1 for line in lines)
    if not single and _are_told_apart(comparison, columns, shown):
        return []
    names = [line.runs[0].name for line in lines]
    if len(set(names)) == len(lines):
        return [Named("name", Column("name", [Cell(literal(line.runs[0].name)) for line in shown]))]
    ids = [line.runs[0].id if line.n == 1 else line.runs[0].folder.name for line in shown]
    return [Named("id", Column("id", [Cell(literal(one)) for one in ids]))]


def _are_told_apart(comparison: Comparison, columns: Sequence[Named], shown: Sequence[Line]) -> bool:
    parts = [named.column.cells for named in columns if named.column.rank <= LATER and named.name in _PARTS]
    told = {(line.block, *(cells[i].text for cells in parts)) for i, line in enumerate(shown)}
    return bool(parts) and len(told) == len(shown)


_PARTS = frozenset({"optimizer", "gradient", "steps", "batch", "stop", "checkpoint", "problem"})


def _counts(comparison: Comparison, shown: Sequence[Line], common: list[str]) -> Iterator[Named]:
    """How many runs, how many of them did what was asked, and how the others ended, where that differs."""
    lines, target = comparison.lines, comparison.question.target
    columns = _how_many(shown, "reached" if target else "success")
    if not comparison.is_folded:
        statuses = {str(line.runs[0].status) for line in lines}
        if len(statuses) == 1 and len(lines) > 1:
            common.append(f"status {literal(*statuses)}")
        else:
            yield columns["status"]
        return
    sizes = {line.n for line in lines}
    if len(sizes) == 1:
        common.append(f"{plural(max(sizes), 'run')} each")
    else:
        yield columns["n"]
    if all(line.fold.successes == line.n for line in lines):
        common.append("all reached the target" if target else "all ended well")
    else:
        yield columns["success"]
    if any(cell.text != ABSENT for cell in columns["failures"].column.cells):
        yield columns["failures"]


def _how_many(shown: Sequence[Line], success: str) -> dict[str, Named]:
    numbers, rates = [Cell(str(line.n)) for line in shown], [Cell(success_text(line)) for line in shown]
    failures = [Cell(failures_text(line)) for line in shown]
    ended = [outcome(next(iter(line.ended))) if len(line.ended) == 1 else Cell("several") for line in shown]
    columns = {
        "n": Column("n", numbers, right=True, rank=RANKS["n"]),
        "success": Column(success, rates, right=True, rank=RANKS["success"]),
        "failures": Column("failures", failures, rank=RANKS["failures"]),
        "status": Column("status", ended, rank=RANKS["status"]),
    }
    return {name: Named(name, column) for name, column in columns.items()}


def _metric(comparison: Comparison, shown: Sequence[Line], metric: Metric) -> Iterator[Named]:
    texts = [figure_text(line, metric) for line in shown]
    decides = metric is comparison.metric
    cells = _marked(texts, [line.is_best for line in shown]) if decides else [Cell(text) for text in texts]
    yield Named(metric.name, Column(metric.title, cells, right=True, rank=0 if decides else 1))
    ranges = [range_text(line.figures[metric.name], metric.column) for line in shown]
    if any(text != ABSENT for text in ranges):
        word = "10–90 %" if metric.kind == "ert" else "quartiles"
        yield Named(f"{metric.name}_range", Column(word, [Cell(text) for text in ranges], rank=RANKS["range"]))


def _marked(texts: Sequence[str], best: Sequence[bool]) -> list[Cell]:
    """The best in bold and with a star, which outlives a pipe; the digits stay below each other."""
    if not any(best):
        return [Cell(text) for text in texts]
    return [Cell(f"{text}*", "bold") if mark else Cell(f"{text} ") for text, mark in zip(texts, best, strict=True)]


def _standing(comparison: Comparison, shown: Sequence[Line]) -> Iterator[Named]:
    if all(line.verdict is None for line in comparison.lines):
        return
    word = "baseline" if comparison.question.baseline else "leader"
    verdicts = [Cell(verdict_text(line, word)) for line in shown]
    yield Named("verdict", Column(f"vs {word}", verdicts, rank=RANKS["verdict"]))
    scores = [Cell(score_text(line)) for line in shown]
    yield Named("score", Column("win/tie/loss", scores, right=True, rank=RANKS["score"]))


def _extra(comparison: Comparison, shown: Sequence[Line], common: list[str]) -> Iterator[Named]:
    """Other numbers at the end of runs, of several runs the median: those that are not the same everywhere."""
    asked = {metric.column for metric in comparison.metrics if metric.kind == "end"}
    names = [*([] if comparison.is_folded else ["step", "best_loss"]), *measures(comparison.runs), *COSTS]
    read: Mapping[str, Callable[[Line], float]] = {
        "step": lambda line: float(np.median([run.step for run in line.runs]))
    }
    for name in names:
        if name in asked:
            continue
        of = read.get(name, lambda line, name=name: _median(line, name))
        values = [of(line) for line in comparison.lines]
        if all(math.isnan(value) for value in values):
            continue
        if len({*values}) == 1 and len(values) > 1:
            if not comparison.is_folded and (values[0] or name not in COSTS):  # a cost of 0 says nothing
                common.append(f"{head(name)} {value_text(values[0], name)}")
            continue
        cells = [Cell(value_text(None if math.isnan(value) else value, name)) for value in map(of, shown)]
        yield Named(name, Column(head(name), cells, right=True, rank=RANKS.get(name, LATER)))


def _median(line: Line, name: str) -> float:
    known = [run.summary[name] for run in line.runs if name in run.summary]
    if len(known) < 2:
        return known[0] if known else math.nan
    known.sort()
    low, high = known[(len(known) - 1) // 2], known[len(known) // 2]
    return low if low == high else low / 2 + high / 2


def _chosen(
    comparison: Comparison, shown: Sequence[Line], columns: Sequence[Named], words: Sequence[str]
) -> list[Named]:
    known = _how_many(shown, "reached" if comparison.question.target else "success")
    by_name = {**known, **{named.name: named for named in columns}}
    by_title = {named.column.head.replace(" ", "_"): named for named in columns}
    fields = Fields(comparison.runs)
    found = []
    for word in words:
        key = word.strip().replace(" ", "_")
        named = by_name.get(key) or by_title.get(key)
        found.append(named or _field(shown, word, fields, [*by_name]))
    return found


def _field(shown: Sequence[Line], word: str, fields: Fields, columns: Sequence[str]) -> Named:
    try:
        name = fields.resolve(word, "--cols")
    except UsageError as error:
        if "several" in str(error):
            raise
        raise UsageError(unknown("--cols", word, dict.fromkeys([*columns, *fields.names]))) from None
    values = [middle_value(line, name) for line in shown]
    texts = [value_text(value, name) if isinstance(value, float) else value_text(value, "") for value in values]
    right = all(isinstance(value, int | float) for value in values)
    return Named(name, Column(head(name), [Cell(text) for text in texts], right, LATER))
