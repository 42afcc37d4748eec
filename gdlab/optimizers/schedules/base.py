"""What a schedule is."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np

from gdlab.errors import ParameterError
from gdlab.record import Count, NonNegative, Record

Start = Annotated[NonNegative, "value at step 0"]
End = Annotated[NonNegative, "value once all steps are done; it stays there"]
Length = Annotated[Count | None, "steps on the way; unset: those of the run"]


@dataclass(frozen=True)
class Schedule(Record):
    """A hyper-parameter that changes: a pure function of k, the number of steps done.

    It serves step sizes and momenta alike. `schedule(k)` takes numbers, arrays and traced values, and answers in the
    dtype of k; its fields may be arrays of length lanes. There is no branch on k.

    Class attributes:
        formula: the value h in terms of k and the fields.
        source: author, year and equation.
    """

    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def __call__(self, k: Any) -> Any:
        """The value of the step that follows k others."""
        raise NotImplementedError(f"schedule {self.name!r} must define __call__(k)")

    def span(self) -> tuple[float, float]:
        """The least and the greatest value, approached or taken at any k ≥ 0."""
        raise NotImplementedError(f"schedule {self.name!r} must define span()")

    def fitted(self, steps: int) -> "Schedule":
        """The schedule for a run of that many steps: a length that was left open becomes that of the run."""
        own: Any = self  # not every schedule has a length
        return replace(own, steps=max(1, steps)) if getattr(own, "steps", 1) is None else self


def length(schedule: Any) -> int:
    """The steps of a schedule that has an end.

    Raises:
        ParameterError: if they are still open.
    """
    if schedule.steps is None:
        raise ParameterError(f"{schedule.name}: steps is not set; a run sets it to its own, elsewhere it must be given")
    return schedule.steps  # type: ignore[no-any-return] # whatever the schedule, they are counted


def done(schedule: Any, k: Any) -> Any:
    """How much of the way is done after k steps, from 0 to 1, where it stays."""
    steps = length(schedule)
    return np.minimum(k, steps) / steps


def extremes(*values: Any) -> tuple[float, float]:
    """The least and the greatest of numbers, or of arrays of them."""
    return min(float(np.min(value)) for value in values), max(float(np.max(value)) for value in values)
