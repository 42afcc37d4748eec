"""The finite points of runs, and sentences on the runs that have none."""

from collections.abc import Sequence

import numpy as np

from gdlab.errors import UsageError, join
from gdlab.report.plots.columns import ProblemOf, across, check_axes, up
from gdlab.report.plots.series import Line
from gdlab.report.text import literal
from gdlab.store.run import Curve, Run


def finite_lines(
    runs: Sequence[tuple[Run, Curve]], x: str, y: str, problem_of: ProblemOf
) -> tuple[list[Line], list[str]]:
    """What can be drawn of each run, and notes on what cannot.

    Raises:
        UsageError: if there is no such column, or nothing finite in it.
    """
    check_axes((curve for _, curve in runs), x, y)
    lines = []
    missing: dict[str, list[str]] = {}
    for run, curve in runs:
        line = _line(run, curve, x, y, problem_of)
        if isinstance(line, Line):
            lines.append(line)
        else:
            missing.setdefault(line, []).append(literal(run.name))
    if not lines:
        raise UsageError(f"there is nothing to draw: {' and '.join(missing) or 'there are no runs'}")
    return lines, [f"not drawn, {why}: {join(few(names, most=5))}" for why, names in missing.items()]


def few(words: Sequence[str], most: int, what: str = "") -> list[str]:
    """The first of some words, and how many more there are."""
    return [*words] if len(words) <= most else [*words[:most], f"{len(words) - most} more{what}"]


def _line(run: Run, curve: Curve, x: str, y: str, problem_of: ProblemOf) -> Line | str:
    """The finite points of a run, or why there is nothing to draw."""
    spent, values = across(run, curve, x, problem_of), up(run, curve, y, problem_of)
    for found in (spent, values):
        if isinstance(found, str):
            return found
    assert not isinstance(spent, str)  # noqa: S101 - mypy does not follow the loop
    assert not isinstance(values, str)  # noqa: S101
    if spent.size != values.size:
        return f"no {x} are logged" if values.size else f"no finite {y} is logged"
    kept = np.isfinite(spent) & np.isfinite(values)
    if not kept.any():
        return f"no finite {y} is logged"
    if x != "step" and kept.sum() > 1 and not spent[kept].any():
        return f"no {x.replace('_', ' ')} are counted"  # such as evaluations where dual numbers do the work
    return Line(run, spent, values) if kept.all() else Line(run, spent[kept], values[kept])
