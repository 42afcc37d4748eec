"""Stored runs as the panels and the lines of a picture."""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeVar

from gdlab.errors import UsageError, unknown
from gdlab.report.compare.written import shortened
from gdlab.report.distinction import is_default, telling
from gdlab.report.numbers import ABSENT, UNSET
from gdlab.report.outcomes import BROKEN, SOUND
from gdlab.report.plots.looks import SOLID, Look, looks, shades
from gdlab.report.plots.ramps import FEWEST, Ramp, as_number, ramps
from gdlab.report.settings import Settings, describe, identity, settings, varying
from gdlab.report.text import literal
from gdlab.report.view import Array
from gdlab.store.run import Run

_HASH = ".sha256"  # of a file: tells readers nothing

MOST_MARKED = 16  # series in a panel: with more, markers would hide the lines

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Line:
    """What is drawn of a run: its finite points, at least one, x and y of shape (points,)."""

    run: Run
    x: Array
    y: Array


@dataclass(frozen=True)
class Series:
    """Runs that differ in nothing but their seed: folded, one entry in the legend."""

    label: str
    look: Look
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Panel:
    """The series of one problem, the best first, and the ramps that some of them are."""

    title: str
    series: tuple[Series, ...]
    ramps: tuple[Ramp, ...] = ()
    problem: Hashable = None


def panels(lines: Sequence[Line], facet: str | None = None) -> list[Panel]:
    """One panel for each problem, or for each value of a setting, in the order of their titles.

    Args:
        lines: of all runs.
        facet: the setting, such as `gradient` or `optimizer.lr`, or the end of its name, such as `lr`.

    Raises:
        UsageError: if no run has such a setting.
    """
    told = {id(line): settings(line.run.config) for line in lines}
    chosen = looks([told[id(line)].get("optimizer", "") for line in lines])
    key = None if facet is None else facet_key(told.values(), facet)
    problems = grouped(lines, lambda line: identity(told[id(line)], "problem"))
    titles = problem_titles([told[id(problem[0])] for problem in problems.values()])
    made = []
    for title, (problem, members) in zip(titles, problems.items(), strict=True):
        parts = grouped(members, lambda line: "" if key is None else told[id(line)].get(key, ABSENT))
        short = dict(zip(parts, (one[""] for one in shortened([{"": value} for value in parts])), strict=True))
        for value, part in sorted(parts.items(), key=lambda item: (_float(item[0]), item[0])):
            words = [title] * (key is None or len(problems) > 1 or key == "problem")
            words += [] if key in (None, "problem") else [f"{key.rpartition('.')[2]} = {short[value]}"]
            made.append(_panel(" · ".join(words), part, told, chosen, problem))
    return sorted(made, key=lambda panel: panel.title) if key is None else made


def facet_key(every: Iterable[Settings], word: str) -> str:
    """The setting that a word means: the whole of its name, or the end.

    Raises:
        UsageError: if it is none; names those that differ from run to run.
    """
    known = list(every)
    keys = dict.fromkeys(key for one in known for key in one)
    if word in keys:
        return word
    ending = [key for key in keys if key.endswith(f".{word}")]
    if ending:
        return ending[0]
    raise UsageError(unknown("--facet", word, [key for key in keys if key in varying(known)] or keys))


def problem_titles(problems: Sequence[Settings]) -> list[str]:
    """One problem is described by all that is not at its default, several by what tells them apart."""
    written = shortened(problems)
    if len(problems) == 1:
        (one,) = problems
        shown = {key for key in one if not is_default(one, key) and one[key] != UNSET and not key.endswith(_HASH)}
        return [describe(written[0], "problem", shown)]
    pairs = zip(written, telling(problems), strict=True)
    return [
        describe(one, "problem", {"problem", *(key for key in keys if not key.endswith(_HASH))}) for one, keys in pairs
    ]


def _panel(
    title: str, lines: Sequence[Line], told: dict[int, Settings], chosen: dict[str, Look], problem: Hashable
) -> Panel:
    groups = list(grouped(lines, lambda line: without_seed(line.run, told[id(line)])).values())
    every = [told[id(group[0])] for group in groups]
    drawn = _looks(every, chosen)
    names = labels([group[0].run for group in groups], every)
    order = sorted(range(len(groups)), key=lambda i: _rank(groups[i]))
    series = tuple(Series(names[i] + _amount(groups[i]), drawn[i], tuple(groups[i])) for i in order)
    return Panel(title, series, ramps([every[i] for i in order], [drawn[i].color for i in order]), problem)


def _looks(every: Sequence[Settings], chosen: dict[str, Look]) -> list[Look]:
    """The look of each series: those of one optimizer share a colour, from dark to light in the order of settings."""
    result: dict[int, Look] = {}
    for name, members in grouped(range(len(every)), lambda i: every[i].get("optimizer", "")).items():
        ordered = sorted(members, key=lambda i: _natural(every[i]))
        look = chosen[name]
        if len(ordered) >= FEWEST and not any(
            other.color == look.color for one, other in chosen.items() if one != name
        ):
            look = replace(
                look, dashes=SOLID
            )  # the dashes of many lines close to each other make patterns of their own
        result.update(zip(ordered, shades(look, len(ordered), marked=len(every) <= MOST_MARKED), strict=True))
    return [result[i] for i in range(len(every))]


def labels(runs: Sequence[Run], every: Sequence[Settings]) -> list[str]:
    """The names of the runs; where a name repeats, with the settings in which its runs differ.

    A name that all share, as the cells of one sweep do, tells nothing: the optimizer stands in its place.
    """
    mates = grouped(range(len(runs)), lambda i: runs[i].name)
    differ = {name: varying([every[i] for i in members]) for name, members in mates.items() if len(members) > 1}
    found = []
    for run, one, written in zip(runs, every, shortened(every), strict=True):
        its = differ.get(run.name, frozenset())
        told = [_short(key) + value for key, value in written.items() if key in its and not key.endswith(_HASH)]
        front = (
            [literal(run.name)] if len(mates) > 1 or not told else [one.get("optimizer", "")] * ("optimizer" not in its)
        )
        found.append(" ".join(part for part in [*front, *told] if part))
    return found


def _short(key: str) -> str:
    part, dot, name = key.partition(".")
    return f"{name}=" if dot else "" if part in ("optimizer", "gradient") else f"{part}="


def without_seed(run: Run, one: Settings) -> Hashable:
    """What runs share that differ in their seed alone."""
    return run.name, frozenset((key, value) for key, value in one.items() if key != "seed")


def _amount(lines: Sequence[Line]) -> str:
    if len(lines) == 1:
        return ""
    seeds = len({line.run.seed for line in lines}) == len(lines)
    broken = sum(line.run.status in BROKEN for line in lines)
    short = sum(line.run.status not in (*BROKEN, *SOUND) for line in lines)
    lost = (f", {broken} broke" if broken else "") + (f", {short} did not end" if short else "")
    return f" (n = {len(lines)}{'' if seeds else ' runs'}{lost})"


def _rank(lines: Sequence[Line]) -> tuple[bool, float, str]:
    """The order of the legend is that of the table: by final loss, what cannot be the best last."""
    finals = [line.run.summary.get("final_loss", math.nan) for line in lines if line.run.status in SOUND]
    finals = [value for value in finals if math.isfinite(value)]
    return not finals, median(finals) if finals else 0.0, lines[0].run.name


def _natural(one: Settings) -> list[tuple[float, str]]:
    """Settings in the order of their numbers, the learning rate before all others."""
    keys = sorted(one, key=lambda key: (key != "optimizer.lr", key))
    return [(_float(one[key]), one[key]) for key in keys]


def _float(text: str) -> float:
    value = as_number(text)
    return math.inf if value is None else value


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The items by their key, in the order of their first appearance."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
