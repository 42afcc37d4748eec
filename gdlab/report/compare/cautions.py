"""What makes lines less comparable than they look."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from gdlab.errors import join
from gdlab.report.compare.groups import TRIALS
from gdlab.report.compare.line import Line
from gdlab.report.compare.metrics import Metric
from gdlab.report.numbers import ABSENT, UNSET
from gdlab.report.text import literal, plural
from gdlab.store.status import RUNNING, Status

TUNED = "tuned"

_SHOWN = 4
_ONE = {
    "seed": "the seed changes nothing {where}: {runs} are one",
    "clock": "cells that ran side by side share one clock {where}: by seconds {runs} are one; compare passes, or runs "
    "made one at a time",
}
_GRIDS = (
    "losses are logged at different steps, and a target may have been reached at any step since the row before: costs "
    "whose rows overlap are ties; give all runs the same log.every, such as 1"
)
_FREE = frozenset({"cost", "ert"})  # metrics that do not depend on the budget


def cautions(
    lines: Sequence[Line], metric: Metric, hosts_differ: bool, grids_differ: bool, trials: int
) -> tuple[str, ...]:
    """Sentences on what is not alike among the lines of a problem, each once.

    Args:
        lines: in blocks of one problem.
        metric: what they are judged by.
        hosts_differ: whether seconds are asked for, and are of several machines.
        grids_differ: whether costs to a target are asked for, and were logged at different steps.
        trials: how many runs that settings were chosen by are left out of lines with others.
    """
    found = []
    for _, block in groupby(lines, key=lambda line: line.block):
        found += [*_of_problem([*block], metric)]
    if hosts_differ:
        found.append("seconds are of several machines, so that nothing is judged by them")
    if grids_differ:
        found.append(_GRIDS)
    if trials:
        found.append(
            f"{plural(trials, 'run')} tagged {TRIALS} chose the settings, and count in no line with other runs"
        )
    return tuple(dict.fromkeys(found))


def _of_problem(lines: Sequence[Line], metric: Metric) -> Iterator[str]:
    if len(lines) > 1:
        yield from _budgets(lines, metric)
        yield from _landings(lines, metric)
        yield from _tuning(lines)
        yield from _batches(lines)
        yield from _seeds(lines)
    yield from _replicas(lines)
    unended = sum(run.status in (RUNNING, Status.INTERRUPTED) for line in lines for run in line.runs)
    if unended:
        yield f"{unended} {'run has' if unended == 1 else 'runs have'} not ended, and count as failed"


def _budgets(lines: Sequence[Line], metric: Metric) -> Iterator[str]:
    steps = _values(lines, lambda line: line.settings.get("steps", ABSENT))
    if len(steps) > 1 and metric.kind not in _FREE:
        yield (
            f"budgets differ: {_listed(steps)} steps; a cost to a target does not depend on them, such as "
            "--metric passes --target 1e-3"
        )
    stops = _values(lines, _stop)
    if len(stops) > 1:
        yield f"runs stop at different things: {_listed(stops)}"


def _tuning(lines: Sequence[Line]) -> Iterator[str]:
    tuned = [line for line in lines if all(TUNED in run.tags for run in line.runs)]
    if 0 < len(tuned) < len(lines):
        yield f"tuned beside untuned: {len(tuned)} of {len(lines)} lines {_are(len(tuned))} tagged {TUNED}"

    trials = [line for line in lines if all(TRIALS in run.tags for run in line.runs)]
    if 0 < len(trials) < len(lines):
        yield (
            f"{len(trials)} of {len(lines)} lines {_are(len(trials))} tagged {TRIALS}: on their seeds settings were "
            "chosen, which flatters what was chosen"
        )


def _landings(lines: Sequence[Line], metric: Metric) -> Iterator[str]:
    """Runs that stopped where they were told to: who lands a little lower is no better."""
    if metric.kind not in ("end", "suboptimality") or metric.column not in ("final_loss", "best_loss"):
        return
    runs = [run for line in lines for run in line.runs]
    aims = [(run.config.get("stop") or {}).get("target_loss") for run in runs]
    landed = [
        aim
        for run, aim in zip(runs, aims, strict=True)
        if aim is not None and run.summary.get("final_loss", math.inf) <= aim
    ]
    if landed:
        yield (
            f"{len(landed)} of {len(runs)} runs stopped at their target_loss, and how far below it they landed is no "
            f"merit: compare what it took, --metric passes --target {max(landed):g}"
        )


def _batches(lines: Sequence[Line]) -> Iterator[str]:
    sizes = _values(lines, lambda line: line.settings.get("batch.size", "all"))
    if len(sizes) > 1:
        yield f"batches differ: {_listed(sizes)} rows; a step is not the same work, so look at passes"


def _seeds(lines: Sequence[Line]) -> Iterator[str]:
    numbers = sorted({line.n for line in lines})
    if len(numbers) > 1:
        yield f"lines have {numbers[0]} to {numbers[-1]} runs; only those with the same seeds are compared in pairs"
        return
    seeds = {frozenset(run.seed for run in line.runs) for line in lines}
    if len(seeds) > 1:
        yield "seeds differ from line to line; only runs with the same seed start at the same point"


def _replicas(lines: Sequence[Line]) -> Iterator[str]:
    """Runs that count as one."""
    for why, told in _ONE.items():
        some = [line for line in lines if line.shared == why]
        if some:
            most = max(line.n for line in some)
            where = "here" if len(some) == len(lines) else f"in {len(some)} of {len(lines)} lines"
            yield told.format(where=where, runs=f"{most} runs")


def _values(lines: Sequence[Line], of: Callable[[Line], str]) -> list[str]:
    return [*dict.fromkeys(map(of, lines))]


def _listed(values: Sequence[str]) -> str:
    told = [literal(value) for value in values[:_SHOWN]]
    return join(told) if len(values) <= _SHOWN else f"{', '.join(told)}, …"


def _are(amount: int) -> str:
    return "is" if amount == 1 else "are"


def _stop(line: Line) -> str:
    told = [(key.rpartition(".")[2], value) for key, value in line.settings.items() if key.startswith("stop.")]
    return " ".join(f"{key}={value}" for key, value in told if value != UNSET) or "the budget"
