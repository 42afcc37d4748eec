"""Which of several runs is best, asked only among those that can be compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdlab.errors import UsageError, join, unknown
from gdlab.report.distinction import telling
from gdlab.report.numbers import number
from gdlab.report.outcomes import SOUND
from gdlab.report.settings import Settings, describe, identity, settings_of
from gdlab.report.text import head
from gdlab.store.flat import COSTS, RESULTS, FlatRun, flat_runs, measures
from gdlab.store.run import Run

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Metric:
    """What runs are judged by.

    Args:
        column: a number at the end of a run.
        lowest: whether the lowest value is the best.
    """

    column: str
    lowest: bool = True

    @property
    def words(self) -> str:
        """How it is called in a sentence."""
        return head(self.column)


METRICS = {
    "final_loss": Metric("final_loss"),
    "best_loss": Metric("best_loss"),
    "accuracy": Metric("accuracy", lowest=False),
}


@dataclass(frozen=True)
class Comparison:
    """Runs in order, problem by problem, the best of each marked. All sequences have one item for each run.

    Args:
        runs: the runs.
        rows: the same as flat rows.
        settings: their settings, written.
        groups: the number of the problem, ascending. Runs are of one problem if all its settings are the same.
        sound: whether the run can be the best: it did not diverge or fail, and its metric is a finite number.
        best: whether no other of its problem is better. What reads the same is a tie, and all of a tie are best;
            a run that is alone with its problem is not.
        metric: what they are judged by.
        telling: the settings that tell the run from the others.
    """

    runs: tuple[Run, ...]
    rows: tuple[FlatRun, ...]
    settings: tuple[Settings, ...]
    groups: tuple[int, ...]
    sound: tuple[bool, ...]
    best: tuple[bool, ...]
    metric: Metric
    telling: tuple[frozenset[str], ...]


def compare(runs: Sequence[Run], metric: str = "final_loss", sort: str | None = None) -> Comparison:
    """Compare runs by a metric of `METRICS`.

    Args:
        runs: at least one.
        metric: what they are judged by.
        sort: the column that orders the runs of a problem, downwards if a `-` precedes it; unset: the best first, those
            that cannot be the best last.

    Raises:
        UsageError: the metric or the column does not exist.
    """
    chosen = chosen_metric(metric)
    told = settings_of([run.config for run in runs])
    rows = flat_runs(runs)
    table = _table(rows, ("step", "steps", "seed", *RESULTS, *COSTS, *measures(runs)))
    if chosen.column not in table:
        raise UsageError(f"--metric {metric}: none of the runs has a value of {chosen.words}")
    apart = telling(told)
    judged = _judged(table, _groups(told), chosen)
    order = _order(table, judged, sort)
    return Comparison(
        runs=tuple(runs[i] for i in order),
        rows=tuple(rows[i] for i in order),
        settings=tuple(told[i] for i in order),
        groups=tuple(judged["group"].iloc[order].tolist()),
        sound=tuple(judged["sound"].iloc[order].tolist()),
        best=tuple(judged["best"].iloc[order].tolist()),
        metric=chosen,
        telling=tuple(apart[i] for i in order),
    )


def underscored(title: str) -> str:
    """The name of the column with that title."""
    return title.strip().replace(" ", "_")


def chosen_metric(name: str) -> Metric:
    """The metric with that name or title.

    Raises:
        UsageError: if there is none.
    """
    if underscored(name) not in METRICS:
        raise UsageError(unknown("--metric", name, METRICS))
    return METRICS[underscored(name)]


def _table(rows: Sequence[FlatRun], numeric: Sequence[str]) -> "pd.DataFrame":
    """The runs as a table, numbers as floats, NaN where there is none."""
    import pandas as pd

    table = pd.DataFrame.from_records(rows)
    table[list(numeric)] = table[list(numeric)].astype("float64")
    return table


def _groups(told: Sequence[Settings]) -> list[int]:
    """The number of each run's problem, in the order of their descriptions."""
    problems = [identity(one, "problem") for one in told]
    names = {problem: describe(one, "problem") for problem, one in zip(problems, told, strict=True)}
    ranks = {problem: rank for rank, problem in enumerate(sorted(names, key=lambda problem: (names[problem], problem)))}
    return [ranks[problem] for problem in problems]


def _judged(table: "pd.DataFrame", groups: Sequence[int], metric: Metric) -> "pd.DataFrame":
    """For each run its group, its value (the lower the better), whether it is sound, and whether it is the best."""
    judged = table[["name", "id"]].assign(group=list(groups))
    judged["value"] = table[metric.column] * (1 if metric.lowest else -1)
    judged["sound"] = table["status"].isin(list(SOUND)) & judged["value"].abs().lt(math.inf)
    sound = judged["value"].where(judged["sound"])
    lowest = sound.groupby(judged["group"]).transform("min")
    alone = judged.groupby("group")["group"].transform("size") == 1
    judged["best"] = judged["sound"] & ~alone & (sound.map(number) == lowest.map(number))
    return judged


def _order(table: "pd.DataFrame", judged: "pd.DataFrame", sort: str | None) -> list[int]:
    from pandas.api.types import is_numeric_dtype

    if sort is None:
        first, key, up = ~judged["sound"], judged["value"], True
    else:
        name = sort.removeprefix("-")
        column = table[_column(table, name)]
        first, key, up = column.isna(), column if is_numeric_dtype(column) else column.map(str), name == sort
    by = {"group": True, "first": True, "key": up, "name": True, "id": True}
    ordered = judged.assign(first=first, key=key).sort_values(list(by), ascending=list(by.values()))
    return [int(i) for i in ordered.index]


def _column(table: "pd.DataFrame", name: str) -> str:
    """The column meant by its name, its title, or the last part of its name: `final_loss`, `final loss`, `lr`."""
    allowed = list(table.columns)
    wanted = underscored(name)
    if wanted in allowed:
        return wanted
    ends = [column for column in allowed if column.rpartition(".")[2] == wanted]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UsageError(f"--sort {name}: there are several, say which: {join(ends, 'or')}")
    raise UsageError(unknown("--sort", name, allowed))
