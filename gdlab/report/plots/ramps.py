"""Many runs of one optimizer that differ in one number: shades of a colour, told by a scale and not by a list."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gdlab.report.settings import Settings, varying

FEWEST = 9  # series that are better told by a scale


@dataclass(frozen=True)
class Ramp:
    """Series of one optimizer in the order of a setting.

    Args:
        optimizer: its name.
        key: the setting, such as `lr`.
        values: of it, ascending.
        colors: of the series, in the same order.
        members: their places among the series of the panel, likewise.
    """

    optimizer: str
    key: str
    values: tuple[float, ...]
    colors: tuple[str, ...]
    members: tuple[int, ...]


def ramps(every: Sequence[Settings], colors: Sequence[str]) -> tuple[Ramp, ...]:
    """The ramps among the series of a panel.

    Args:
        every: the settings of each series.
        colors: of each.
    """
    by_optimizer: dict[str, list[int]] = {}
    for place, one in enumerate(every):
        by_optimizer.setdefault(one.get("optimizer", ""), []).append(place)
    found = (_ramp(name, [(i, every[i], colors[i]) for i in members]) for name, members in by_optimizer.items())
    return tuple(ramp for ramp in found if ramp is not None)


def _ramp(name: str, series: Sequence[tuple[int, Settings, str]]) -> Ramp | None:
    differ = varying([one for _, one, _ in series]) - {"seed"}
    if len(series) < FEWEST or len(differ) != 1:
        return None
    (key,) = differ
    numbers = [(as_number(one.get(key, "")), color, place) for place, one, color in series]
    ordered = sorted((value, color, place) for value, color, place in numbers if value is not None)
    if len(ordered) < len(series):
        return None
    values, colors, members = zip(*ordered, strict=True)
    return Ramp(name, key.rpartition(".")[2], values, colors, members)


def as_number(text: str) -> float | None:
    """The number that a setting is; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value
