"""Schedules that rise, and those that rise and fall."""

import math
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Lt

from gdlab.errors import ParameterError
from gdlab.optimizers.schedules.base import Length, Schedule, Start, done, extremes, length
from gdlab.optimizers.schedules.decays import Constant, falling
from gdlab.record import Count, NonNegative


@dataclass(frozen=True)
class CosineRestarts(Schedule):
    """SGDR: a cosine that falls from start to end and begins anew, each cycle longer than the last by a factor.

    The value jumps back to start; the optimizer's state goes on, as in the source. `restart` around the optimizer
    begins that anew, too.
    """

    name = "cosine_restarts"
    formula = "h = end + (start − end)·(1 + cos(π·t/T))/2, t steps into the cycle of T = steps·growthⁱ steps"
    source = "Loshchilov & Hutter 2017 (arXiv:1608.03983), equation 5, with T_0 = steps and T_mult = growth"

    start: Start
    end: Annotated[NonNegative, "value towards which each cycle falls"] = 0.0
    steps: Annotated[Count | None, "steps of the first cycle; unset: those of the run"] = None
    growth: Annotated[int, Ge(1), "how many times as long each cycle is as the one before"] = 1

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.end + (self.start - self.end) * falling(self._within(k))

    def _within(self, k: Any) -> Any:
        """How much of its cycle is done after k steps, from 0 to below 1."""
        first = k / length(self)  # in units of the first cycle
        if self.growth == 1:
            return first - np.floor(first)
        # Cycle i begins at (growthⁱ − 1)/(growth − 1). The logarithm may miss i by one where a cycle begins.
        i = np.floor(np.log(1 + first * (self.growth - 1)) / math.log(self.growth))
        i = np.where(first >= self._begin(i + 1), i + 1, i)
        i = np.where(first < self._begin(i), i - 1, i)
        return (first - self._begin(i)) / self._length(i)

    def _begin(self, i: Any) -> Any:
        return (self._length(i) - 1) / (self.growth - 1)

    def _length(self, i: Any) -> Any:
        return np.rint(self.growth**i)

    def span(self) -> tuple[float, float]:
        """From the start to the end."""
        return extremes(self.start, self.end)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """One cycle: up from start to peak, then down to end, which lies far below the start.

    For a momentum the cycle goes the other way: start 0.95, peak 0.85, end 0.95. The two cosines, the share of the rise
    and the ratios of peak, start and end are those of fastai and torch; the source has straight lines.
    """

    name = "one_cycle"
    formula = "h from start to peak over the first rise·steps steps, from peak to end over the others"
    source = "Smith 2018 (arXiv:1803.09820), the 1cycle policy; Smith & Topin 2018 (arXiv:1708.07120)"

    peak: Annotated[NonNegative, "value at the turn"]
    start: Annotated[NonNegative | None, "value at step 0; unset: peak/25"] = None
    end: Annotated[NonNegative | None, "value once all steps are done; unset: start/10000"] = None
    steps: Length = None
    rise: Annotated[float, Gt(0), Lt(1), "share of the steps before the turn"] = 0.3
    shape: Annotated[Literal["cosine", "linear"], "along half a wave of a cosine, or straight"] = "cosine"

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        start, end = self._ends()
        t = done(self, k)
        before = self._between(start, self.peak, t / self.rise)
        after = self._between(self.peak, end, (t - self.rise) / (1 - self.rise))
        return np.where(t < self.rise, before, after)

    def _ends(self) -> tuple[Any, Any]:
        start = self.peak / 25 if self.start is None else self.start
        return start, start / 10_000 if self.end is None else self.end

    def _between(self, first: Any, last: Any, t: Any) -> Any:
        return last + (first - last) * (falling(t) if self.shape == "cosine" else 1 - t)

    def span(self) -> tuple[float, float]:
        """Start, peak and end, in their order."""
        return extremes(self.peak, *self._ends())


@dataclass(frozen=True)
class Warmup(Schedule):
    """A straight rise, then another schedule, which counts its own steps from where the rise ends."""

    name = "warmup"
    formula = "h = start + (then(0) − start)·k/steps for k < steps, then(k − steps) ever after"
    source = "Goyal et al. 2017 (arXiv:1706.02677), section 2.2, gradual warmup"

    steps: Annotated[Count, "steps of the rise"]
    then: Annotated[Schedule, "what follows, any schedule but another warm-up"]
    start: Annotated[NonNegative, "value at step 0, at which the first step is taken"] = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "then", _schedule(self.then))
        super().__post_init__()
        if not isinstance(self.then, Schedule) or isinstance(self.then, Warmup):
            given = "a warm-up" if isinstance(self.then, Warmup) else repr(self.then)
            raise ParameterError(f"warmup: then is {given}; it must be a number or another schedule", "then")

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        rise = self.start + (self.then(0 * k) - self.start) * (k / self.steps)
        return np.where(k < self.steps, rise, self.then(np.maximum(k - self.steps, 0)))

    def span(self) -> tuple[float, float]:
        """That of what follows, and the start."""
        return extremes(self.start, *self.then.span())

    def fitted(self, steps: int) -> "Warmup":
        """With what follows fitted to the steps that are left."""
        return replace(self, then=self.then.fitted(steps - self.steps))


def _schedule(given: Any) -> Any:
    """A number, or an array of them, as a schedule."""
    is_number = isinstance(given, int | float | np.ndarray) and not isinstance(given, bool)
    return Constant(given) if is_number else given
