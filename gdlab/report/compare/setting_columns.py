"""The columns of what tells lines apart."""

from collections.abc import Iterator, Sequence
from itertools import chain

from gdlab.errors import join
from gdlab.report.compare.comparison import Comparison
from gdlab.report.compare.fields import Fields
from gdlab.report.compare.groups import SEED
from gdlab.report.compare.line import Line
from gdlab.report.compare.named import LATER, RANKS, Named
from gdlab.report.compare.written import (
    shortened,
)
from gdlab.report.distinction import is_default
from gdlab.report.grid import Cell, Column
from gdlab.report.numbers import ABSENT, UNSET
from gdlab.report.settings import describe
from gdlab.report.text import head

_HASH = ".sha256"  # of a file: tells readers nothing


def setting_columns(comparison: Comparison, shown: Sequence[Line], common: list[str]) -> Iterator[Named]:
    """A column for each part of the config that differs; what does not goes to the common line.

    Args:
        comparison: all of it, which decides what is common.
        shown: the lines that are shown.
        common: takes phrases.
    """
    if comparison.group_by:
        common += [*_common_problem(comparison), *_mixed(comparison)]
        yield from _grouping(comparison, shown)
        return
    every = shortened([line.settings for line in comparison.lines])
    places = {id(line): i for i, line in enumerate(comparison.lines)}
    at = [places[id(line)] for line in shown]
    keys = dict.fromkeys(chain.from_iterable(every))
    for part in dict.fromkeys(key.partition(".")[0] for key in keys):
        mine = {key for key in keys if key.partition(".")[0] == part}
        same = {key for key in mine if len({one.get(key) for one in every}) == 1}
        silent = {key for key in same if every[0][key] == UNSET or is_default(comparison.lines[0].settings, key)}
        told = describe(every[0], part, {key for key in same - silent if not key.endswith(_HASH)})
        if told:
            common.append(f"{head(part)} {told}")
        if mine != same and part != "problem":  # problems that differ are titles
            texts = [describe(every[i], part, comparison.lines[i].telling) or ABSENT for i in at]
            right = all(text.isdigit() for text in texts)
            yield Named(part, Column(head(part), [Cell(text) for text in texts], right, RANKS.get(part, LATER)))
    if comparison.is_folded:
        return
    seeds = [line.runs[0].seed for line in comparison.lines]
    if len(set(seeds)) == 1:
        common.append(f"seed {seeds[0]}")
    else:
        cells = [Cell(str(line.runs[0].seed)) for line in shown]
        yield Named(SEED, Column(SEED, cells, right=True, rank=RANKS[SEED]))


def _common_problem(comparison: Comparison) -> list[str]:
    if len({line.block for line in comparison.lines}) > 1:
        return []
    settings = comparison.lines[0].settings
    shown = {key for key in settings if not is_default(settings, key) and settings[key] != UNSET}
    shown = {key for key in shown if not key.endswith(_HASH)}
    return [f"problem {describe(settings, 'problem', shown)}"]


def _mixed(comparison: Comparison) -> Iterator[str]:
    """The settings that differ within lines."""
    keys = dict.fromkeys(chain.from_iterable(line.settings for line in comparison.lines))
    fields = [Fields(line.runs) for line in comparison.lines if line.n > 1]
    mixed = [key for key in keys if any(len({*map(repr, one.column(key))}) > 1 for one in fields)]
    if mixed:
        yield f"each line over several {join([key.rpartition('.')[2] for key in mixed])}"


def _grouping(comparison: Comparison, shown: Sequence[Line]) -> Iterator[Named]:
    told = shortened([dict(line.group.named) for line in shown])
    for name in comparison.group_by:
        cells = [
            Cell(one[name] + (" (baseline)" if line.group.is_baseline else ""))
            for one, line in zip(told, shown, strict=True)
        ]
        title = name.rpartition(".")[2] if name != "optimizer" else name
        yield Named(name, Column(head(title), cells, right=all(_is_number(cell.text) for cell in cells), rank=0))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
