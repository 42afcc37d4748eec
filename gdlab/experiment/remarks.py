"""What a rule says of single steps, such as that a Hessian was damped: the first are told, the others counted."""

import math
from collections.abc import Iterator, Sequence

from gdlab.optimizers import Around, Optimizer, PolyakAverage
from gdlab.optimizers.schedules import Warmup
from gdlab.state import State

BELOW = 1e-9  # relative distance below an infimum that rounding explains
MOST = 20  # that are told word for word


def without_effect(optimizer: Optimizer, steps: int) -> Iterator[str]:
    """What stands around an optimizer, and comes only after the last step of a run."""
    if not isinstance(optimizer, Around) or steps == 0:
        return
    if optimizer.restart is not None and optimizer.restart >= steps:
        yield f"restart: {optimizer.restart:,} has no effect in a run of {steps:,} steps"
    if isinstance(optimizer.average, PolyakAverage) and optimizer.average.start >= steps:
        yield f"average: its start, {optimizer.average.start:,}, is not reached in a run of {steps:,} steps"
    for name, schedule in dict(optimizer.schedules).items():
        if isinstance(schedule, Warmup) and schedule.steps >= steps:
            yield f"{name}: its warm-up of {schedule.steps:,} steps does not end in a run of {steps:,}"


def below_infimum(known: float | None, best: float, step: int) -> list[tuple[int, str]]:
    """That a loss fell below what the problem gives as its infimum, by more than rounding; nothing if it did not."""
    if known is None or not math.isfinite(known) or not best < known - BELOW * (1 + abs(known)):
        return []
    return [(step, f"the loss fell to {best:.6g}, though the problem gives {known:.6g} as its infimum: that is wrong")]


class Remarks:
    """Listens to what an optimizer says of each step.

    Args:
        optimizer: the optimizer.

    Attributes:
        new: remarks that nobody has taken yet, each with the number of its step.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._remark = optimizer.remark
        self._total = 0
        self._last = 0
        self.new: list[tuple[int, str]] = []

    def hear(self, step: int, state: State) -> None:
        """Take in the state after a step."""
        remark = self._remark(state)
        if remark is not None:
            self._total, self._last = self._total + 1, step
            if self._total <= MOST:
                self.new.append((step, remark))

    def take(self, end: bool = False) -> list[tuple[int, str]]:
        """The new remarks; at the end with how many more there were."""
        taken, self.new = self.new, []
        if end and self._total > MOST:
            taken.append((self._last, f"the same kind of remark for {self._total - MOST:,} more steps, up to this one"))
        return taken

    def snapshot(self) -> list[int]:
        """All that it takes to go on, once the new remarks are taken."""
        return [self._total, self._last]

    def restore(self, kept: Sequence[int]) -> None:
        """Go on from a snapshot."""
        self._total, self._last = kept
