"""Runs as solvers of problems: what each optimizer spends to come near the minimum of each problem and seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdlab.errors import UsageError
from gdlab.report.compare.written import shortened
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.columns import ProblemOf, across, check_axes
from gdlab.report.plots.looks import Look, looks, shades
from gdlab.report.plots.points import few
from gdlab.report.plots.series import grouped
from gdlab.report.settings import Settings, describe, identity, settings, varying
from gdlab.report.statistics.quantiles import median
from gdlab.report.statistics.targets import cost_to_target
from gdlab.report.text import literal
from gdlab.report.view import Array
from gdlab.store.run import Curve, Run


@dataclass(frozen=True)
class Solvers:
    """What solvers spent.

    Args:
        labels: of the solvers.
        looks: of the solvers.
        costs: to reach each target, shape (problems and seeds, solvers, targets); +∞ where it was not reached.
        problems: how many there are, whatever their seeds.
        absent: how many pairs of a problem with a seed and a solver have no run.
        notes: on what is not in it.
    """

    labels: tuple[str, ...]
    looks: tuple[Look, ...]
    costs: Array
    problems: int
    absent: int
    notes: tuple[str, ...]


def solvers(
    runs: Sequence[tuple[Run, Curve]], x: str, targets: Array, problem_of: ProblemOf = lambda run: None
) -> Solvers:
    """Find what each optimizer spent on each problem and seed until its loss was near enough to the lowest.

    A target τ is reached once  f ≤ f_L + τ·(f(w₀) − f_L)  with f_L the known infimum, or else the lowest loss that any
    of the runs has logged. Runs of one optimizer that differ in more than problem and seed are solvers of their own.
    Several runs of one solver on one problem and seed are folded into their median. A run that broke reaches what it
    reached before; one of a problem without a lower bound is left out.

    Args:
        runs: the runs and their curves.
        x: what is spent, a key of `X_AXES`.
        targets: τ, shape (targets,).
        problem_of: makes the problem of a run.

    Raises:
        UsageError: if nothing can be compared.

    Source: the convergence test of Moré & Wild 2009 (SIAM Journal on Optimization 20:172), equation (2.2).
    """
    check_axes((curve for _, curve in runs), x, "loss")
    told = {run.id: settings(run.config) for run, _ in runs}
    names, notes = _names([run for run, _ in runs], told), []
    tasks = grouped(runs, lambda pair: (identity(told[pair[0].id], "problem"), pair[0].seed))
    rows, left_out, absent = [], [], 0
    order = list(dict.fromkeys(names[run.id] for run, _ in runs))
    problems = set()
    for (problem, _), members in tasks.items():
        found = _task(members, x, targets, problem_of, names, order)
        if isinstance(found, str):
            left_out.append(found)
        else:
            rows.append(found)
            problems.add(problem)
            absent += len(order) - len({names[run.id] for run, _ in members})
    if not rows:
        raise UsageError(f"there is nothing to draw: {'; '.join(dict.fromkeys(left_out)) or 'there are no runs'}")
    notes = [f"not drawn: {why}" for why in few([*dict.fromkeys(left_out)], most=3, what=" problems")]
    looks_of = tuple(_looks(order, names, told))
    return Solvers(tuple(order), looks_of, np.stack(rows), len(problems), absent, tuple(notes))


def _names(runs: Sequence[Run], told: dict[str, Settings]) -> dict[str, str]:
    """What each run is a run of: its optimizer, with what differs beside problem and seed on one problem."""
    found = {}
    written = dict(zip(told, shortened([*told.values()]), strict=True))
    gradients = len({told[run.id].get("gradient", "") for run in runs}) > 1
    for optimizer, members in grouped(runs, lambda run: told[run.id].get("optimizer", "")).items():
        differ: frozenset[str] = frozenset()
        for mates in grouped(members, lambda run: (identity(told[run.id], "problem"), run.seed)).values():
            differ |= varying([told[run.id] for run in mates])
        for run in members:
            one = written[run.id]
            label = describe(one, "optimizer", {"optimizer", *differ}) if differ else optimizer
            label += f" {one.get('gradient', '')}" if gradients else ""
            rest = [
                f" {key}={one[key]}" for key in one if key in differ and key.partition(".")[0] in ("batch", "steps")
            ]
            found[run.id] = literal(label + "".join(rest))
    return found


def _task(
    members: Sequence[tuple[Run, Curve]],
    x: str,
    targets: Array,
    problem_of: ProblemOf,
    names: dict[str, str],
    order: Sequence[str],
) -> Array | str:
    """The costs of all solvers of one problem and seed, shape (solvers, targets); or why there are none."""
    title = describe(settings(members[0][0].config), "problem", {"problem"})
    problem = problem_of(members[0][0])
    lowest = None if problem is None else problem.infimum
    if lowest == -math.inf:
        return f"{title} has no lower bound"
    sound = [curve for run, curve in members if run.status not in BROKEN]
    logged = [_finite(curve.get("loss", np.empty(0))) for curve in sound]
    starts = [curve["loss"][0] for _, curve in members if curve.get("loss", np.empty(0)).size]
    if lowest is None:
        lowest = min((float(losses.min()) for losses in logged if losses.size), default=math.nan)
    start = max((float(value) for value in starts if math.isfinite(value)), default=math.nan)
    if not start - lowest > 0:
        return f"no run of {title} gets below where it starts"
    wanted = lowest + targets * (start - lowest)
    result = np.full((len(order), targets.size), math.inf)
    for name, mates in grouped(members, lambda pair: names[pair[0].id]).items():
        rows = [_costs(run, curve, x, wanted, problem_of) for run, curve in mates]
        result[order.index(name)] = median(np.stack(rows, axis=-1))
    return result


def _costs(run: Run, curve: Curve, x: str, wanted: Array, problem_of: ProblemOf) -> Array:
    """What a run spent to reach each target."""
    spent, loss = across(run, curve, x, problem_of), curve.get("loss", np.empty(0))
    if isinstance(spent, str) or spent.size != loss.size:
        return np.full(wanted.shape, math.inf)
    return cost_to_target(loss, spent, wanted)


def _finite(values: Array) -> Array:
    kept: Array = values[np.isfinite(values)]
    return kept


def _looks(order: Sequence[str], names: dict[str, str], told: dict[str, Settings]) -> list[Look]:
    """Of each solver; those of one optimizer share a colour."""
    of = {names[run]: one.get("optimizer", "") for run, one in told.items()}
    chosen = looks([*of.values()])
    found: dict[str, Look] = {}
    for optimizer, members in grouped(order, of.__getitem__).items():
        found.update(zip(members, shades(chosen[optimizer], len(members), marked=True), strict=True))
    return [found[name] for name in order]
