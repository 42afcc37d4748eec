"""Is what was found at the edge of what was searched?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdlab.experiment.tuning.draw import Setting, Space
from gdlab.optimizers.ranges import Range
from gdlab.record import Parameter

OUTER = 0.1  # of the way, in which the best must lie; with few trials, as many as one of them stands for
NEAR = 0.35  # of the way, in which the two next best must lie

_WIDER = 100.0  # times as far a range should reach; a hundredth if it nears one


@dataclass(frozen=True)
class Edge:
    """A hyper-parameter whose best value lies at the edge of its range.

    Args:
        parameter: its name.
        value: the best.
        searched: the range.
        side: `lower` or `upper`.
        wider: a range that reaches further; None if it may not reach any further.
    """

    parameter: str
    value: float
    searched: Range
    side: str
    wider: tuple[float, float] | None


def edges(
    space: Space, trials: Sequence[Setting], order: Sequence[int], parameters: Mapping[str, Parameter]
) -> Iterator[Edge]:
    """The hyper-parameters whose best value lies at an edge that can be moved.

    The best of many trials lies at some edge by chance, of a hyper-parameter that matters little even often. So the two
    next best must lean to the same side; and if only one is tuned, no trial may lie further out.

    Args:
        space: the ranges.
        trials: the settings.
        order: the numbers of the trials that ended well, the best first.
        parameters: of the optimizer, by name.
    """
    for name, searched in space.items():
        places = [_place(searched, trials[i], parameters[name]) for i in order]
        if not places or places[0] is None:
            continue
        best, *rest = (place for place in places if place is not None)
        outer = max(OUTER, 1 / len(trials))
        for side, low in (("lower", True), ("upper", False)):
            distance = [share if low else 1 - share for share in (best, *rest[:2])]
            if distance[0] > outer or max(distance) > max(NEAR, outer):
                continue
            if len(space) == 1 and any(_beyond(searched, setting[name], best, low) for setting in trials if setting):
                continue
            wider = _wider(searched, low, parameters[name])
            if wider is not None:
                value = trials[order[0]].get(name, parameters[name].default)
                yield Edge(name, value, searched, side, wider)


def _place(searched: Range, setting: Setting, parameter: Parameter) -> float | None:
    """How far on the way from low to high a trial is; the default may lie outside; None if it is no such number."""
    value = setting.get(parameter.name, parameter.default)
    if not isinstance(value, int | float) or not (value < 1 if searched.nears_one else value > 0):
        return None
    return searched.share(value)


def _beyond(searched: Range, value: float, best: float, low: bool) -> bool:
    return searched.share(value) < best if low else searched.share(value) > best


def _wider(searched: Range, low: bool, parameter: Parameter) -> tuple[float, float] | None:
    """A range that reaches further to one side, as far as the parameter goes; None if it does so already."""
    end = searched.low if low else searched.high
    if searched.nears_one:
        further = max(0.0, 1 - 10 * (1 - end)) if low else 1 - (1 - end) / 10
    else:
        further = end / _WIDER if low else end * _WIDER
    if searched.whole:
        further = max(1, round(further))
    further = round(further, 9) if searched.nears_one else float(f"{further:.6g}")
    if further == end or not parameter.allows(further):
        return None
    return (further, searched.high) if low else (searched.low, further)
