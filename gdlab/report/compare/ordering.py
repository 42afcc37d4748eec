"""In which order lines stand."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.errors import UsageError, unknown
from gdlab.report.compare.fields import Fields
from gdlab.report.compare.line import Line
from gdlab.report.compare.metrics import METRICS, Metric
from gdlab.report.outcomes import SOUND_WORDS


def ordered(lines: Sequence[Line], metric: Metric, fields: Fields, sort: str | None) -> list[Line]:
    """The lines of one problem in order: the best first, or by a column.

    Args:
        lines: of one problem.
        metric: what decides.
        fields: of all runs.
        sort: a metric, `n`, `success`, a number of the summary, by its median, or a setting; downwards if a `-`
            precedes it.

    Raises:
        UsageError: if there is no such column.
    """
    lines = sorted(lines, key=lambda line: _best_first(line, metric))
    if sort is None:
        return lines
    name = sort.removeprefix("-")
    keys = [_key(line, name, fields) for line in lines]
    there = [i for i in range(len(lines)) if keys[i] is not None]
    there.sort(key=lambda i: keys[i], reverse=name != sort)
    return [lines[i] for i in there] + [line for line, key in zip(lines, keys, strict=True) if key is None]


def _best_first(line: Line, metric: Metric) -> tuple[Any, ...]:
    value = line.figures[metric.name].value
    if line.n == 1 and line.runs[0].status not in SOUND_WORDS:
        value = math.nan
    if math.isnan(value):
        return (True,)
    one = line.figures[metric.name]
    if math.isnan(one.lower):
        return (False, value if metric.lowest else -value)
    return (False, value, one.upper, one.lower) if metric.lowest else (False, -value, -one.lower, -one.upper)


def _key(line: Line, name: str, fields: Fields) -> Any:
    word = name.strip().replace(" ", "_")
    if word == "n":
        return (0, float(line.n), "")
    if word == "success":
        return (0, line.fold.rate, "")
    found = next((m for m in line.figures if word in (m, METRICS[m].column if m in METRICS else m)), None)
    if found is not None:
        return natural(line.figures[found].value)
    try:
        field = fields.resolve(name, "--sort")
    except UsageError as error:
        if "several" in str(error):
            raise
        raise UsageError(
            unknown("--sort", name, dict.fromkeys(["n", "success", *line.figures, *fields.names]))
        ) from None
    return natural(middle_value(line, field))


def common_value(line: Line, field: str) -> Any:
    """The value of a field that all runs of a line have; None if they differ."""
    values = Fields(line.runs).column(field)
    return values[0] if all(value == values[0] for value in values) else None


def middle_value(line: Line, field: str) -> Any:
    """The value of a field for a line: what all runs have, of numbers that differ the median, of other things None."""
    values = Fields(line.runs).column(field)
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(set(numbers)) > 1 and len(numbers) == len(values):
        return float(np.median(numbers))
    return values[0] if all(value == values[0] for value in values) else None


def natural(value: Any) -> tuple[int, float, str] | None:
    """Numbers before words, by their size; None for what there is none of."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, str(value))
