"""A comparison as a table for people: what differs in columns, what is common in one line above."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from gdlab.errors import join
from gdlab.report.comparison import Comparison
from gdlab.report.distinction import at_default
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import ABSENT, UNSET, count, number, seconds
from gdlab.report.outcomes import SOUND, outcome
from gdlab.report.settings import Settings, describe
from gdlab.report.text import head, literal, plural
from gdlab.store.flat import COSTS, measures
from gdlab.store.run import Run

HINT = "a wider terminal shows them, --format csv has all"

# Which columns stay when there is no room for all, the lowest first; those that are not named here always do.
_RANKS = {"optimizer": 1, "accuracy": 3, "final_loss": 3, "best_loss": 4, "step": 5, "seed": 6}
_RANKS |= {"seconds": 7, "gradient": 8, "evaluations": 9, "reverse_passes": 10, "dual_passes": 11, "steps": 12}


@dataclass(frozen=True)
class ComparisonTable:
    """What is shown of a comparison.

    Args:
        common: what all runs have in common, in one line; empty if nothing.
        grid: the table of what differs.
        notes: what the marks mean.
    """

    common: str
    grid: Grid
    notes: tuple[str, ...]


def tabulate(comparison: Comparison) -> ComparisonTable:
    """Lay a comparison out: the columns in which all rows agree go to the common line."""
    common: list[str] = []
    columns = [_who(comparison.runs)]
    for key in parts_of(comparison.settings):
        columns += setting_column(comparison.settings, comparison.telling, key, common)
    for key, write in _results(comparison):
        columns += _result_column(comparison, key, write, common)
    runs = plural(len(comparison.runs), "run")
    line = f"{'All ' if len(comparison.runs) > 1 else ''}{runs}: {'; '.join(common)}" if common else runs
    titles = problem_titles(comparison.groups, comparison.settings, comparison.telling)
    return ComparisonTable(line, Grid(columns, titles, HINT), _notes(comparison, columns))


def _who(runs: Sequence[Run]) -> Column:
    """The names of the runs, or their ids if two share a name: each of them selects its run."""
    word = "name" if len({run.name for run in runs}) == len(runs) else "id"
    return Column(word, [Cell(literal(getattr(run, word))) for run in runs])


def parts_of(every: Sequence[Settings]) -> tuple[str, ...]:
    """The parts that settings are of, such as `optimizer`."""
    return tuple(dict.fromkeys(key.partition(".")[0] for key in dict.fromkeys(chain.from_iterable(every))))


def problem_titles(
    groups: Sequence[int], every: Sequence[Settings], telling: Sequence[frozenset[str]]
) -> dict[int, str]:
    """Above the first row of each problem what tells it from the others, if there are several."""
    starts = [row for row, group in enumerate(groups) if row == 0 or groups[row - 1] != group]
    return {row: describe(every[row], "problem", telling[row]) for row in starts} if len(starts) > 1 else {}


def setting_column(
    every: Sequence[Settings],
    telling: Sequence[frozenset[str]],
    part: str,
    common: list[str],
    shown: slice = slice(None),
) -> Iterator[Column]:
    """A column of what differs in a part of the config; what does not differ goes to the common line.

    Args:
        every: the settings of all rows.
        telling: those that tell a row from the others.
        part: of the config, such as `optimizer`.
        common: takes what does not differ.
        shown: the rows that are shown.
    """
    mine = {key for key in dict.fromkeys(chain.from_iterable(every)) if key.partition(".")[0] == part}
    same = {key for key in mine if len({one.get(key) for one in every}) == 1}
    title = head(part)
    plain = {key for key in same if every[0][key] == UNSET or (part == "gradient" and at_default(every[0], key))}
    told = describe(every[0], part, same - plain)
    if told:
        common.append(f"{title} {told}")
    if mine != same and part != "problem":  # problems that differ are titles
        told_apart = zip(every[shown], telling[shown], strict=True)
        texts = [describe(one, part, apart) or ABSENT for one, apart in told_apart]
        numeric = all(text.isdigit() for text in texts)
        yield Column(title, [Cell(text) for text in texts], numeric, _RANKS.get(part, max(_RANKS.values())))


def _results(comparison: Comparison) -> Iterator[tuple[str, Callable[[Any], str]]]:
    yield "status", str
    yield "step", count
    for name in ("final_loss", "best_loss", *measures(comparison.runs)):
        yield name, number
    for name in COSTS:
        yield name, seconds if name == "seconds" else count


def _result_column(
    comparison: Comparison, key: str, write: Callable[[Any], str], common: list[str]
) -> Iterator[Column]:
    values = [row[key] for row in comparison.rows]
    texts = [write(value) for value in values]
    judged = key == comparison.metric.column
    if all(value is None for value in values):
        return
    if len(values) > 1 and len(set(map(repr, values))) == 1:
        common.append(f"{head(key)} {texts[0]}")
    elif key == "status":
        yield Column(head(key), [outcome(text) for text in texts])
    else:
        cells = _marked(texts, comparison.best) if judged else [Cell(text) for text in texts]
        yield Column(head(key), cells, right=True, rank=0 if judged else _RANKS.get(key, _RANKS["accuracy"]))


def _marked(texts: Sequence[str], best: Sequence[bool]) -> list[Cell]:
    """The best in bold and with a star, which outlives a pipe; the digits stay below each other."""
    if not any(best):
        return [Cell(text) for text in texts]
    return [Cell(f"{text}*", "bold") if mark else Cell(f"{text} ") for text, mark in zip(texts, best, strict=True)]


def _notes(comparison: Comparison, columns: Sequence[Column]) -> tuple[str, ...]:
    if len(comparison.runs) == 1:
        return ()
    metric = comparison.metric
    each = " of each problem" if len(set(comparison.groups)) > 1 else ""
    unsound = [run.status for run, sound in zip(comparison.runs, comparison.sound, strict=True) if not sound]
    why = Counter(f"without a finite {metric.words}" if status in SOUND else literal(status) for status in unsound)
    told = join([f"{amount} {reason}" for reason, amount in why.most_common()])
    if any(cell.text.endswith("*") for column in columns for cell in column.cells):
        star = f"* {'lowest' if metric.lowest else 'highest'} {metric.words}{each}"
        return (f"{star}; not in the running: {told}" if told else star,)
    return (f"{'not in the running' if any(comparison.best) else 'no best'}: {told}",) if told else ()
