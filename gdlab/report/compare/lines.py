"""The lines of one problem: measured, folded and compared two by two."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gdlab.report.compare.figures import Figure, figure, rank_figure, running_time, single
from gdlab.report.compare.groups import Group
from gdlab.report.compare.independence import shared
from gdlab.report.compare.judging import Judgement, judge, ranks, turned
from gdlab.report.compare.line import Line
from gdlab.report.compare.measured import Measured
from gdlab.report.compare.metrics import Metric
from gdlab.report.statistics.effects import Tolerance
from gdlab.report.statistics.failures import Floats
from gdlab.report.statistics.folding import Fold, fold
from gdlab.report.statistics.rates import wilson
from gdlab.report.statistics.samples import Sample
from gdlab.store.run import Run

_ROUNDING = 2.2e-16  # of a loss of size 1: near an infimum of 0 smaller differences are nobody's merit


def judged_lines(
    runs: Sequence[Run],
    groups: Sequence[Group],
    measured: Measured,
    metrics: Sequence[Metric],
    number: int,
    apart: Sequence[frozenset[str]],
    hosts: Mapping[str, str] | None,
) -> list[Line]:
    """Make the lines of a problem.

    Args:
        runs: of all problems.
        groups: of this one.
        measured: the values of all runs.
        metrics: the first decides.
        number: of the problem.
        apart: for each group the settings that tell it from the others.
        hosts: where each run took place, by its id, if it matters: seconds of several machines are not compared.
    """
    first = metrics[0]
    values = measured.values[first.name]
    timed = first.column == "seconds"
    one = [shared([runs[i] for i in group.members], timed=timed) for group in groups]
    samples = [
        _sample(runs, group, values, measured, first, is_one=bool(why)) for group, why in zip(groups, one, strict=True)
    ]
    told = [_figures(group, measured, metrics) for group in groups]
    judgement = _judgement(runs, groups, samples, first, hosts, _first_by_running_time(told, first))
    for metric in metrics:
        if metric.kind == "rank":
            told = [{**one, metric.name: rank_figure(rank)} for one, rank in zip(told, ranks(samples), strict=True)]
    verdicts = [turned(one) if one and not first.lowest else one for one in judgement.verdicts]
    return [
        Line(
            runs=tuple([runs[i] for i in group.members]),
            group=group,
            block=number,
            figures=told[i],
            fold=_fold(values, group, measured, first),
            telling=apart[i],
            verdict=verdicts[i],
            is_reference=judgement.reference == i and any(verdicts),
            is_best=judgement.winner == i and _is_sound(group, measured),
            shared=one[i],
        )
        for i, group in enumerate(groups)
    ]


def _judgement(
    runs: Sequence[Run],
    groups: Sequence[Group],
    samples: Sequence[Sample],
    metric: Metric,
    hosts: Mapping[str, str] | None,
    leader: int | None,
) -> Judgement:
    """Nothing is judged by seconds of several machines, nor of single runs."""
    is_timed = hosts is not None and metric.column == "seconds"
    here = {hosts[runs[i].id] for group in groups for i in group.members} if hosts and is_timed else set()
    if len(here) > 1 or all(len(group.members) == 1 for group in groups):
        return Judgement(None, (None,) * len(groups), None)
    baseline = next((i for i, group in enumerate(groups) if group.is_baseline), None)
    return judge(samples, baseline, _tolerance(metric), leader)


def _first_by_running_time(told: Sequence[Mapping[str, Figure]], metric: Metric) -> int | None:
    """Who leads by ERT, which counts failures that a median does not see; None for any other metric."""
    if metric.kind != "ert":
        return None
    finite = [i for i, one in enumerate(told) if math.isfinite(one[metric.name].value)]
    return min(finite, key=lambda i: told[i][metric.name].value, default=None)


def _is_sound(group: Group, measured: Measured) -> bool:
    """Whether most runs ended well, which a cost to a target does not tell."""
    return 2 * int(measured.failed[list(group.members)].sum()) < len(group.members)


def _fold(values: Floats, group: Group, measured: Measured, metric: Metric) -> Fold:
    if len(group.members) > 1:
        members = list(group.members)
        failed, succeeded = measured.failed_by(metric)[members], measured.succeeded_by(metric)[members]
        return fold(values[members], failed, succeeded, lowest=metric.lowest)
    place = group.members[0]
    sound = bool(np.isfinite(values[place])) and not measured.failed_by(metric)[place]
    successes = int(sound and bool(measured.succeeded_by(metric)[place]))
    value = float(values[place]) if sound else math.inf if metric.lowest else -math.inf
    return Fold(1, int(not sound), value, value, value, successes, float(successes), *wilson(successes, 1))


def _sample(
    runs: Sequence[Run], group: Group, values: Floats, measured: Measured, metric: Metric, *, is_one: bool
) -> Sample:
    members = list(group.members)
    sign = 1 if metric.lowest else -1
    seeds = [runs[i].seed for i in members]
    floors = measured.above[metric.name][members] if metric.needs_target else None
    every = Sample(sign * values[members], seeds, measured.failed_by(metric)[members], floors)
    return Sample([every.median], seeds[:1]) if is_one else every


def _tolerance(metric: Metric) -> Tolerance:
    is_loss = metric.kind in ("end", "suboptimality") and metric.column in ("final_loss", "best_loss")
    return Tolerance(absolute=_ROUNDING if is_loss else 0.0)


def _figures(group: Group, measured: Measured, metrics: Sequence[Metric]) -> dict[str, Figure]:
    members = list(group.members)
    told = {}
    for metric in metrics:
        if metric.kind == "rank":
            continue
        values, failed = measured.values[metric.name][members], measured.failed_by(metric)[members]
        if metric.kind == "ert":
            told[metric.name] = running_time(values, measured.spent[metric.name][members], failed)
        elif len(members) == 1:
            told[metric.name] = single(float(values[0]))
        else:
            told[metric.name] = figure(values, failed, lowest=metric.lowest)
    return told
