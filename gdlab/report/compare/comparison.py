"""Which of several groups of runs is best, asked only among those of one problem."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdlab.errors import UsageError, join
from gdlab.report.compare.cautions import cautions
from gdlab.report.compare.fields import Fields
from gdlab.report.compare.groups import Group, grouped
from gdlab.report.compare.line import Line
from gdlab.report.compare.lines import judged_lines
from gdlab.report.compare.measured import InfimumOf, Measured, measure
from gdlab.report.compare.metrics import Metric, chosen_metrics
from gdlab.report.compare.ordering import ordered
from gdlab.report.compare.target import Target, parse_target
from gdlab.report.distinction import telling
from gdlab.report.settings import describe
from gdlab.report.text import plural
from gdlab.store.run import Run

_NAMED = 5  # runs in a message


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        metrics: the names of what runs are judged by; the first decides.
        target: the loss to reach, such as `1e-3`, or `+1e-3` above the known minimum.
        group_by: fields whose values make a line; unset: all settings but the seed.
        each: a line for each run.
        sort: a column that orders the lines of a problem, downwards if a `-` precedes it; unset: the best first.
        baseline: folder and id of the runs that the others are compared with.
        infimum_of: tells the known infimum of the problem of a run.
        host_of: tells where a run took place.
    """

    metrics: tuple[str, ...] = ()
    target: str | None = None
    group_by: tuple[str, ...] = ()
    each: bool = False
    sort: str | None = None
    baseline: frozenset[tuple[str, str]] = frozenset()
    infimum_of: InfimumOf = lambda run: None
    host_of: Callable[[Run], str] = lambda run: str(run.details.get("host", ""))


@dataclass(frozen=True)
class Comparison:
    """Lines in order, problem by problem.

    Args:
        lines: at least one.
        metrics: what they are judged by; the first decides.
        question: what was asked.
        cautions: what makes lines less comparable than they look, in sentences.
        group_by: the fields that lines were made by, if it was asked for.
    """

    lines: tuple[Line, ...]
    metrics: tuple[Metric, ...]
    question: Question
    cautions: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()

    @property
    def metric(self) -> Metric:
        """What decides."""
        return self.metrics[0]

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All runs."""
        return tuple(run for line in self.lines for run in line.runs)

    @cached_property
    def is_folded(self) -> bool:
        """Whether any line is of several runs."""
        return any(line.n > 1 for line in self.lines)


def compare(runs: Sequence[Run], question: Question | None = None) -> Comparison:
    """Compare runs.

    Args:
        runs: at least one.
        question: what is asked; unset: which final loss is lowest.

    Raises:
        UsageError: a metric, a target or a column does not exist.
    """
    asked = question or Question()
    fields = Fields(runs)
    target = None if asked.target is None else parse_target(asked.target)
    metrics = chosen_metrics(asked.metrics, runs, asked.target)
    by = tuple(fields.resolve(word, "--group-by") for word in asked.group_by)
    groups = grouped(runs, by, each=asked.each, baseline=asked.baseline)
    measured = measure(runs, metrics, target, asked.infimum_of)
    _check(runs, metrics, measured, asked, target)
    blocks = _blocks(runs, groups)
    hosts = _hosts(runs, metrics, asked)
    told = telling([group.settings for group in groups])
    lines: list[Line] = []
    for number, block in enumerate(blocks):
        members = [groups[i] for i in block]
        apart = [told[i] for i in block]
        judged = judged_lines(runs, members, measured, metrics, number, apart, hosts)
        lines += ordered(judged, metrics[0], fields, asked.sort)
    hosts_differ = hosts is not None and len(set(hosts.values())) > 1
    trials = len(runs) - sum(line.n for line in lines)
    found = cautions(lines, metrics[0], hosts_differ, len(measured.intervals) > 1, trials) + measured.unread
    return Comparison(tuple(lines), metrics, asked, tuple(found), by)


def _check(
    runs: Sequence[Run], metrics: Sequence[Metric], measured: Measured, asked: Question, target: Target | None
) -> None:
    """Say what cannot be known of any run, rather than show a column of nothing."""
    for metric in metrics:
        if asked.metrics and metric.kind != "rank" and np.isnan(measured.values[metric.name]).all():
            why = ", for the minimum of its problem is not known" if metric.kind == "suboptimality" else ""
            one = f"none of {plural(len(runs), 'run')}" if len(runs) > 1 else f"{runs[0].id}: it"
            raise UsageError(f"--metric {metric.name}: {one} has {'no' if len(runs) == 1 else 'a'} value of it{why}")
        if some := measured.uncounted.get(metric.name):
            raise UsageError(_uncounted(metric, some, len(runs)))
    if target is not None and np.isnan(measured.levels).all():
        raise UsageError(
            f"--target {asked.target} is above the minimum, and that is not known; give the loss itself, without the +"
        )


def _uncounted(metric: Metric, some: Sequence[Run], of: int) -> str:
    names = [*dict.fromkeys(run.name for run in some)]
    told = join(names if len(names) <= _NAMED else [*names[:_NAMED], f"{len(names) - _NAMED} more"])
    return (
        f"--metric {metric.name}: {len(some)} of {plural(of, 'run')} count no {metric.column.replace('_', ' ')}, and "
        f"would cost nothing ({told}); --metric passes counts evaluations, dual and reverse passes"
    )


def _blocks(runs: Sequence[Run], groups: Sequence[Group]) -> list[list[int]]:
    """The groups of each problem by name and age, problems in the order of their descriptions."""
    firsts = [runs[group.members[0]] for group in groups]
    problems: dict[Hashable, list[int]] = {}
    for i in sorted(range(len(groups)), key=lambda i: (firsts[i].name, firsts[i].started, i)):
        problems.setdefault(groups[i].problem, []).append(i)
    return sorted(problems.values(), key=lambda some: describe(groups[some[0]].settings, "problem"))


def _hosts(runs: Sequence[Run], metrics: Sequence[Metric], asked: Question) -> dict[str, str] | None:
    """Where each run took place, if it matters: only seconds of one machine can be compared."""
    if all(metric.column != "seconds" for metric in metrics):
        return None
    return {run.id: asked.host_of(run) for run in runs}
