"""All items of the lecture, in their order."""

from collections.abc import Callable
from typing import Any

from gdlab.experiment.lecture import differentiation, networks, training
from gdlab.experiment.lecture.expected import EXPECTED, TOLERANCES
from gdlab.experiment.lecture.item import ROUNDING, Item, Line


def _line(number: int, what: str, obtain: Callable[[], Any]) -> Line:
    return Line(what, EXPECTED[number][what], obtain, TOLERANCES.get((number, what), ROUNDING))


ITEMS: tuple[Item, ...] = tuple(
    sorted(
        (*networks.items(_line), *training.items(_line), *differentiation.items(_line)), key=lambda item: item.number
    )
)
