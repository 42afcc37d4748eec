"""A comparison of many runs: those that differ in nothing but their seed are one line, with median and quartiles."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.errors import UsageError, unknown
from gdlab.report.comparison import Metric, chosen_metric, underscored
from gdlab.report.distinction import telling
from gdlab.report.numbers import number
from gdlab.report.outcomes import SOUND
from gdlab.report.seeds import Group, by_settings
from gdlab.report.settings import Settings, describe, identity
from gdlab.report.statistics.failures import charge
from gdlab.report.statistics.quantiles import quantile
from gdlab.store.flat import COSTS, RESULTS, measures
from gdlab.store.run import Run

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Line:
    """What runs with the same settings and different seeds say together.

    Args:
        group: the runs and their settings.
        problem: the number of the problem, ascending.
        median, lower, upper: the quartiles of the metric; a run that cannot be the best counts as the worst there is,
            so that they are infinite where such runs reach into them.
        extreme: the best value of a sound run; NaN if there is none.
        ended: how many ended as what.
        best: whether no median of its problem is better. What reads the same is a tie, and all of a tie are best.
        telling: the settings that tell it from other lines.
    """

    group: Group
    problem: int
    median: float
    lower: float
    upper: float
    extreme: float
    ended: dict[str, int]
    best: bool
    telling: frozenset[str]

    def __len__(self) -> int:
        return len(self.group.runs)

    @property
    def settings(self) -> Settings:
        """The settings that the runs have in common."""
        return self.group.settings


@dataclass(frozen=True)
class Folded:
    """The lines of a comparison, problem by problem.

    Args:
        lines: in order, the best of each problem first unless it was asked otherwise.
        metric: what they are judged by.
        numbers: the other columns by name: the median over the runs of each line, NaN where there is none.
    """

    lines: tuple[Line, ...]
    metric: Metric
    numbers: dict[str, Floats]

    @property
    def runs(self) -> int:
        """How many runs they hold."""
        return sum(map(len, self.lines))


def is_foldable(runs: Sequence[Run]) -> bool:
    """Whether cells of a sweep are among the runs, so that a line for each would be no table to read."""
    return any(run.id != run.folder.name for run in runs)


def fold_runs(runs: Sequence[Run], metric: str = "final_loss", sort: str | None = None) -> Folded:
    """Compare runs by a metric of `METRICS`, those that differ only in their seed as one line.

    Args:
        runs: at least one.
        metric: what they are judged by.
        sort: a column that orders the lines of a problem: the metric or another number at the end of runs, by its
            median, `n`, or a setting; downwards if a `-` precedes it. Unset: the best median first.

    Raises:
        UsageError: the metric or the column does not exist.
    """
    chosen = chosen_metric(metric)
    groups = by_settings(runs)
    values = _values([run for group in groups for run in group.runs], chosen.column)
    if np.isnan(values).all():
        raise UsageError(f"--metric {metric}: none of the runs has a value of {chosen.words}")
    sound = np.array([run.status in SOUND for group in groups for run in group.runs]) & np.isfinite(values)
    sizes = [len(group.runs) for group in groups]
    quartiles = _quartiles(charge(values, ~sound, lowest=chosen.lowest), sizes)
    extremes = _extremes(np.where(sound, values, np.nan), sizes, chosen)
    problems = _problems(groups)
    best = _best(quartiles[:, 1], problems, chosen)
    told = telling([group.settings for group in groups])
    lines = [
        Line(
            group=group,
            problem=problems[i],
            lower=float(quartiles[i, 0]),
            median=float(quartiles[i, 1]),
            upper=float(quartiles[i, 2]),
            extreme=float(extremes[i]),
            ended=dict(Counter([str(run.status) for run in group.runs])),
            best=best[i],
            telling=told[i],
        )
        for i, group in enumerate(groups)
    ]
    names = dict.fromkeys([*RESULTS, *measures(runs), *COSTS])
    ordered = [run for group in groups for run in group.runs]
    numbers = {name: _medians(_values(ordered, name), sizes) for name in names}
    order = _order(lines, numbers, chosen, sort)
    return Folded(tuple(lines[i] for i in order), chosen, {name: column[order] for name, column in numbers.items()})


def _values(runs: Sequence[Run], name: str) -> Floats:
    return np.array([run.summary.get(name, math.nan) for run in runs], dtype=np.float64)


def _blocks(sizes: Sequence[int]) -> list[tuple[Any, Any]]:
    """Groups of the same size together: their numbers, and where their values stand, shape (groups, size)."""
    counts = np.array(sizes)
    begins = np.cumsum(counts) - counts
    wanted = [(np.flatnonzero(counts == size), size) for size in np.unique(counts)]
    return [(which, begins[which][:, None] + np.arange(size)) for which, size in wanted]


def _quartiles(charged: Floats, sizes: Sequence[int]) -> Floats:
    found = np.empty((len(sizes), 3))
    for which, places in _blocks(sizes):
        found[which] = quantile(charged[places], (0.25, 0.5, 0.75))
    return found


def _medians(values: Floats, sizes: Sequence[int]) -> Floats:
    """The median of the known values of each group; NaN if there are none."""
    found = np.full(len(sizes), np.nan)
    if np.isnan(values).all():
        return found
    for which, places in _blocks(sizes):
        block = values[places]
        known = ~np.isnan(block).any(axis=1)
        found[which[known]] = quantile(block[known], 0.5)
        for i in np.flatnonzero(~known):
            some = block[i][~np.isnan(block[i])]
            found[which[i]] = quantile(some, 0.5) if some.size else np.nan
    return found


def _extremes(values: Floats, sizes: Sequence[int], metric: Metric) -> Floats:
    found = np.empty(len(sizes))
    for which, places in _blocks(sizes):
        found[which] = (np.fmin if metric.lowest else np.fmax).reduce(values[places], axis=1)
    return found


def _problems(groups: Sequence[Group]) -> list[int]:
    """The number of each group's problem, in the order of their descriptions."""
    known: dict[int, tuple[str, Any]] = {}
    for group in groups:
        part = id(group.runs[0].config.get("problem"))
        if part not in known:
            known[part] = describe(group.settings, "problem"), identity(group.settings, "problem")
    ranks = {name: rank for rank, name in enumerate(sorted(set(known.values())))}
    return [ranks[known[id(group.runs[0].config.get("problem"))]] for group in groups]


def _best(medians: Floats, problems: Sequence[int], metric: Metric) -> list[bool]:
    of_problem = np.array(problems)
    found = np.zeros(len(medians), dtype=bool)
    for problem in np.unique(of_problem):
        mine = of_problem == problem
        best = float(medians[mine].min() if metric.lowest else medians[mine].max())
        if mine.sum() > 1 and math.isfinite(best):
            close = mine & np.isclose(medians, best, rtol=1e-3, atol=0)
            found[close] = [number(value) == number(best) for value in medians[close]]
    return found.tolist()


def _order(lines: Sequence[Line], numbers: dict[str, Floats], metric: Metric, sort: str | None) -> list[int]:
    name = underscored(sort.removeprefix("-")) if sort else metric.column
    down = sort.startswith("-") if sort else not metric.lowest
    if name == metric.column:
        keys: list[Any] = [line.median for line in lines]
    elif name == "n":
        keys = [len(line) for line in lines]
    elif name in numbers:
        keys = numbers[name].tolist()
    else:
        column = _setting(lines, name, sort or "", numbers)
        keys = [_natural(line.settings.get(column)) for line in lines]
    absent = [key is None or (isinstance(key, float) and math.isnan(key)) for key in keys]
    places = sorted((i for i in range(len(lines)) if not absent[i]), key=lambda i: keys[i], reverse=down)
    places += [i for i in range(len(lines)) if absent[i]]
    return sorted(places, key=lambda i: lines[i].problem)


def _setting(lines: Sequence[Line], name: str, sort: str, numbers: dict[str, Floats]) -> str:
    """The setting meant by its name or the last part of its name."""
    known = dict.fromkeys(key for line in lines for key in line.settings)
    ends = [key for key in known if name in (key, key.rpartition(".")[2])]
    if not ends:
        raise UsageError(unknown("--sort", sort.removeprefix("-"), ["n", *numbers, *known]))
    varied = [key for key in ends if len({line.settings.get(key) for line in lines}) > 1]
    return (varied or ends)[0]


def _natural(text: str | None) -> Any:
    """Numbers before words, by their size."""
    if text is None:
        return None
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text)
