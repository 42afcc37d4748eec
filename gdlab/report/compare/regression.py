"""Whether anything is worse than the baseline by more than is allowed: a question for CI.

Where there are as many pairs of runs as it takes to prove a difference, 7 for one line and more for several, a line is
worse if that is proven, and its median is worse by more than is allowed. With fewer nothing can be proven: then it is
worse if its value, or its median, is worse by more than is allowed. A run that failed is worse than one that did not,
by any measure, and nothing is worse than a baseline that failed.
"""

import math

from gdlab.errors import UsageError
from gdlab.report.compare.comparison import Comparison
from gdlab.report.compare.line import Line
from gdlab.report.numbers import number
from gdlab.report.settings import describe
from gdlab.report.text import literal

_ROUNDING = 1e-9  # so that 1.05 is not worse than 1 by more than 5 %


def parse_allowance(text: str) -> float:
    """Read `5%` as 0.05.

    Raises:
        UsageError: if it is no percentage ≥ 0.
    """
    words = text.strip()
    try:
        value = float(words.removesuffix("%")) / 100 if words.endswith("%") else math.nan
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise UsageError(f"--fail-if-worse {text}: it must be a percentage, such as 5%")
    return value


def regression(comparison: Comparison, allowed: float) -> str:
    """A sentence on the line that is worst beside the baseline of its problem, by more than is allowed; or nothing.

    Args:
        comparison: with a baseline.
        allowed: as a part of the baseline's value; beside a value of 0 anything is more.

    Raises:
        UsageError: if there is nothing beside the baseline.
    """
    bases = {line.block: line for line in comparison.lines if line.group.is_baseline}
    others = [line for line in comparison.lines if line.block in bases and not line.group.is_baseline]
    if not others:
        raise UsageError("--fail-if-worse: there is no run of the same problem beside the baseline")
    found = [(line, told) for line in others if (told := _worse(line, bases[line.block], comparison, allowed))]
    if not found:
        return ""
    line, told = max(found, key=lambda pair: _excess(pair[0], bases[pair[0].block], comparison))
    more = f"; {len(found) - 1} more {'is' if len(found) == 2 else 'are'} worse" if len(found) > 1 else ""
    return f"worse than the baseline by more than {100 * allowed:g} %: {_name(line, comparison)}, {told}{more}"


def _worse(line: Line, base: Line, comparison: Comparison, allowed: float) -> str:
    metric = comparison.metric
    value, other = _charged(line, comparison), _charged(base, comparison)
    if value == other:
        return ""
    sign = 1 if metric.lowest else -1
    excess = sign * (value - other)
    if not excess > allowed * abs(other) * (1 + _ROUNDING) and math.isfinite(other):
        return ""
    if not math.isfinite(other):
        return ""  # nothing is worse than a baseline that failed
    verdict = line.verdict
    is_decided = verdict is not None and verdict.can_prove
    if verdict is not None and is_decided and verdict.answer != "worse":
        return ""
    how = "" if verdict is None else f", {verdict.why}" if is_decided else f" by the median, for {verdict.why}"
    if not math.isfinite(value):
        return f"{line.n - line.fold.failures} of {line.n} ended well{how}"
    percent = f" ({100 * excess / abs(other):+.3g} %)" if other else ""
    return f"{metric.title} {number(value)} beside {number(other)}{percent}{how}"


def _excess(line: Line, base: Line, comparison: Comparison) -> float:
    """By which part of the baseline's value a line is worse, which orders lines of several problems."""
    value, other = _charged(line, comparison), _charged(base, comparison)
    excess = value - other if comparison.metric.lowest else other - value
    return excess / abs(other) if other else math.inf


def _charged(line: Line, comparison: Comparison) -> float:
    """The value, the worst there is for a single run that failed or has none."""
    metric = comparison.metric
    value = line.figures[metric.name].value
    worst = math.inf if metric.lowest else -math.inf
    return worst if not math.isfinite(value) or (line.n == 1 and line.fold.failures) else value


def _name(line: Line, comparison: Comparison) -> str:
    if line.n == 1:
        return literal(line.runs[0].id)
    if line.group.named:
        return " ".join(f"{key.rpartition('.')[2]}={value}" for key, value in line.group.named)
    return literal(describe(line.settings, "optimizer", line.telling) or line.runs[0].name)
