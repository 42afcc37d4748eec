"""Lines in words and digits: what stands in the cells."""

import math
from collections.abc import Sequence
from typing import Any

from gdlab.report.compare.figures import Figure
from gdlab.report.compare.line import Line
from gdlab.report.compare.metrics import Metric
from gdlab.report.numbers import ABSENT, UNSET, count, number, seconds, setting
from gdlab.report.outcomes import SOUND_WORDS
from gdlab.report.settings import Settings
from gdlab.report.text import literal
from gdlab.store.flat import COUNTS

_DIGITS = 3  # of what only says how sure a number is
_COUNTED = COUNTS | {"step", "steps", "passes"}
FEWEST_BETWEEN = 6  # pairs from which an interval of a median can hold 95 %: below, all of them hold 1 − 2·2⁻⁵ = 94 %
_LONG = 8  # digits from which a setting is written shorter, if all stay apart


def value_text(value: Any, column: str, digits: int = 5) -> str:
    """A value as its column writes it; what is no number as a setting."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ABSENT if value is None else "nan"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return literal(", ".join(map(str, value))) if isinstance(value, list | tuple) else setting(value)
    if column == "seconds":
        return seconds(value)
    return count(value) if column in _COUNTED else number(value, digits)


def figure_text(line: Line, metric: Metric) -> str:
    """The value of a line by a metric; of a cost that was never paid it says so."""
    value = line.figures[metric.name].value
    if math.isnan(value):
        has_end = line.n == 1 and metric.column in line.runs[0].summary
        return "nan" if has_end and metric.kind == "end" else ABSENT
    return value_text(value, metric.column)


def range_text(figure: Figure, column: str) -> str:
    """The quartiles, or what stands in their place."""
    if math.isnan(figure.lower) or math.isnan(figure.upper):
        return ABSENT
    return f"{value_text(figure.lower, column, _DIGITS)} … {value_text(figure.upper, column, _DIGITS)}"


def success_text(line: Line) -> str:
    """`48/50`."""
    return f"{line.fold.successes}/{line.n}"


def failures_text(line: Line) -> str:
    """What went wrong how often: `3 diverged, 1 failed`."""
    return ", ".join(f"{many} {literal(how)}" for how, many in line.ended.items() if how not in SOUND_WORDS) or ABSENT


def verdict_text(line: Line, reference: str) -> str:
    """What is known beside the reference: `worse ×3.2 [2.1, 5.4]`, `~ ×1.1 [0.8, 1.4]`."""
    if line.is_reference:
        return reference
    found = line.verdict
    if found is None:
        return ABSENT
    if found.wins == found.losses == 0:
        return "~ same" if found.n else "~"
    effect, low, high = found.effect, found.low, found.high
    if not math.isfinite(effect):
        return found.answer  # half of the runs or more have no value, on one side
    told = [number(value, _DIGITS) for value in (effect, low, high)]
    sign = "×" if found.is_ratio else "+" if effect > 0 else ""
    between = f" [{told[1]}, {told[2]}]" if found.n >= FEWEST_BETWEEN else ""
    return f"{found.answer} {sign}{told[0]}{between}"


def score_text(line: Line) -> str:
    """Wins, ties and losses: `0/2/48`."""
    found = line.verdict
    return ABSENT if found is None else f"{found.wins}/{found.ties}/{found.losses}"


def shortened(every: Sequence[Settings]) -> list[Settings]:
    """Settings with long decimals rounded to five digits, wherever no two values of a setting then look the same."""
    values: dict[str, set[str]] = {}
    for one in every:
        for key, value in one.items():
            values.setdefault(key, set()).add(value)
    short: dict[str, dict[str, str]] = {}
    for key, texts in values.items():
        made = {text: _short(text) for text in texts}
        if len(set(made.values())) == len(made):
            short[key] = made
    return [{key: short.get(key, {}).get(value, value) for key, value in one.items()} for one in every]


def _short(text: str) -> str:
    if len(text) <= _LONG or text == UNSET:
        return text
    try:
        return number(float(text))
    except ValueError:
        return text
