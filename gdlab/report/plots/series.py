"""Stored runs as the panels and the lines of a picture."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from gdlab.report.distinction import telling
from gdlab.report.outcomes import SOUND
from gdlab.report.plots.style import Look, looks, shades
from gdlab.report.settings import Settings, describe, identity, settings, varying
from gdlab.report.text import literal
from gdlab.report.view import Array
from gdlab.store.run import Run

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
    """Runs that differ in nothing but their seed: drawn alike, one entry in the legend."""

    label: str
    look: Look
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Panel:
    """The series of one problem, the best first."""

    title: str
    series: tuple[Series, ...]


def panels(lines: Sequence[Line]) -> list[Panel]:
    """One panel for each problem, in the order of their titles."""
    told = {id(line): settings(line.run.config) for line in lines}
    chosen = looks([told[id(line)].get("optimizer", "") for line in lines])
    problems = list(_grouped(lines, lambda line: identity(told[id(line)], "problem")).values())
    titles = _titles([told[id(problem[0])] for problem in problems])
    made = [Panel(title, _series(problem, told, chosen)) for title, problem in zip(titles, problems, strict=True)]
    return sorted(made, key=lambda panel: panel.title)


def _titles(problems: Sequence[Settings]) -> list[str]:
    """One problem is described in full, several by what tells them apart."""
    if len(problems) == 1:
        return [describe(problems[0], "problem")]
    pairs = zip(problems, telling(problems), strict=True)
    return [describe(one, "problem", {"problem", *shown}) for one, shown in pairs]


def _series(lines: Sequence[Line], told: dict[int, Settings], chosen: dict[str, Look]) -> tuple[Series, ...]:
    groups = list(_grouped(lines, lambda line: _without_seed(line, told[id(line)])).values())
    drawn = _looks([told[id(group[0])] for group in groups], chosen)
    labels = _labels([group[0].run for group in groups], [told[id(group[0])] for group in groups])
    order = sorted(range(len(groups)), key=lambda i: _rank(groups[i]))
    return tuple(Series(labels[i] + _amount(groups[i]), drawn[i], tuple(groups[i])) for i in order)


def _looks(every: Sequence[Settings], chosen: dict[str, Look]) -> list[Look]:
    """The look of each series: those of one optimizer share a colour, from dark to light in the order of settings."""
    result: dict[int, Look] = {}
    for name, members in _grouped(range(len(every)), lambda i: every[i].get("optimizer", "")).items():
        ordered = sorted(members, key=lambda i: _natural(every[i]))
        result.update(zip(ordered, shades(chosen[name], len(ordered), marked=len(every) <= MOST_MARKED), strict=True))
    return [result[i] for i in range(len(every))]


def _labels(runs: Sequence[Run], every: Sequence[Settings]) -> list[str]:
    """The names of the runs; where a name repeats, with the settings in which its runs differ."""
    often = Counter(run.name for run in runs)
    labels = []
    for run, one in zip(runs, every, strict=True):
        label = literal(run.name)
        if often[run.name] > 1:
            differ = varying(other for mate, other in zip(runs, every, strict=True) if mate.name == run.name)
            label += "".join(f" {_short(key)}{value}" for key, value in one.items() if key in differ)
        labels.append(label)
    return labels


def _short(key: str) -> str:
    part, dot, name = key.partition(".")
    return f"{name}=" if dot else "" if part in ("optimizer", "gradient") else f"{part}="


def _without_seed(line: Line, one: Settings) -> tuple[Any, ...]:
    return line.run.name, tuple(sorted((key, value) for key, value in one.items() if key != "seed"))


def _amount(lines: Sequence[Line]) -> str:
    if len(lines) == 1:
        return ""
    seeds = len({line.run.seed for line in lines}) == len(lines)
    return f" ({len(lines)} {'seeds' if seeds else 'runs'})"


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
    try:
        value = float(text)
    except ValueError:
        return math.inf
    return value if not math.isnan(value) else math.inf


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
