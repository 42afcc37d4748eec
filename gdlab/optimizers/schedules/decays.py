"""Schedules that start high and fall, for ever or to an end."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Gt, Le

from gdlab.errors import ParameterError
from gdlab.optimizers.schedules.base import End, Length, Schedule, Start, done, extremes
from gdlab.record import Count, NonNegative, Positive

Factor = Annotated[float, Gt(0), Le(1)]
Rate = Annotated[NonNegative, "how fast it falls; 1 is the form of the source"]


@dataclass(frozen=True)
class Constant(Schedule):
    """The same value at every step."""

    name = "constant"
    formula = "h = start"
    source = "as without a schedule"

    start: Start

    def __call__(self, k: Any) -> Any:
        """The value, in the dtype of k."""
        return self.start + 0 * k

    def span(self) -> tuple[float, float]:
        """The value itself."""
        return extremes(self.start)


@dataclass(frozen=True)
class Step(Schedule):
    """A staircase: a constant factor every so many steps, or at given steps.

    torch has both, as StepLR and MultiStepLR.
    """

    name = "step"
    formula = "h = start·factorⁱ, with i = ⌊k/every⌋, or the number of steps in `at` up to k"
    source = "Krizhevsky, Sutskever & Hinton 2012 (NeurIPS 25), section 5"

    start: Start
    factor: Annotated[Factor, "what each stair multiplies by"] = 0.1
    every: Annotated[Count | None, "steps from stair to stair"] = None
    at: Annotated[tuple[Count, ...], "steps where a stair is, instead of `every`"] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.every is None) == (not self.at):
            both = "not both" if self.at else "or nothing ever changes"
            raise ParameterError(f"step: either every or at must be set, {both}")
        if list(self.at) != sorted(set(self.at)):
            raise ParameterError(f"step: at = {list(self.at)} is not allowed, its steps must rise", "at")

    def __call__(self, k: Any) -> Any:
        """The value on the stair of step k."""
        if self.every is not None:
            return self.start * self.factor ** np.floor(k / self.every)
        value = self.start + 0 * k
        for stair in self.at:
            value = np.where(k >= stair, self.factor * value, value)
        return value

    def span(self) -> tuple[float, float]:
        """From the start to where the stairs lead."""
        return extremes(self.start, self.start * self.factor ** len(self.at) if self.at else _limit(self))


@dataclass(frozen=True)
class Exponential(Schedule):
    """A constant factor for each step, or smoothly over so many steps.

    torch's ExponentialLR has every = 1.
    """

    name = "exponential"
    formula = "h = start·factor^(k/every)"
    source = "Senior, Heigold, Ranzato & Yang 2013 (ICASSP), exponential scheduling"

    start: Start
    factor: Annotated[Factor, "what `every` steps multiply by"]
    every: Annotated[Count, "steps that one factor takes"] = 1

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.start * self.factor ** (k / self.every)

    def span(self) -> tuple[float, float]:
        """From the start down to 0."""
        return extremes(self.start, _limit(self))


@dataclass(frozen=True)
class InverseTime(Schedule):
    """As 1/t: steps whose sum is infinite, so that they get anywhere, and whose squares have a finite one.

    rate = 1 gives start/n for the n-th step. With another rate half the start is reached after 1/rate steps; that is
    lr_decay of torch's Adagrad.
    """

    name = "inverse_time"
    formula = "h = start/(1 + rate·k)"
    source = (
        "Robbins & Monro 1951, Annals of Mathematical Statistics 22(3), pp. 400-407, a/n; "
        "with a rate as in Darken & Moody 1991 (NIPS 3), search then converge"
    )

    start: Start
    rate: Rate = 1.0

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.start / (1 + self.rate * k)

    def span(self) -> tuple[float, float]:
        """From the start down to 0."""
        return extremes(self.start, 0.0)


@dataclass(frozen=True)
class InverseSqrt(Schedule):
    """As 1/√t.

    After a warm-up of s steps, rate = 1/s gives the schedule of the Transformer (Vaswani et al. 2017, equation 3).
    """

    name = "inverse_sqrt"
    formula = "h = start/√(1 + rate·k)"
    source = "Zinkevich 2003 (ICML), Online Convex Programming, theorem 1"

    start: Start
    rate: Rate = 1.0

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.start / np.sqrt(1 + self.rate * k)

    def span(self) -> tuple[float, float]:
        """From the start down to 0."""
        return extremes(self.start, 0.0)


@dataclass(frozen=True)
class Polynomial(Schedule):
    """From start to end by a power of what is left of the way; power 1 is a straight line, up or down."""

    name = "polynomial"
    formula = "h = end + (start − end)·(1 − min(k, steps)/steps)^power"
    source = "Liu, Rabinovich & Berg 2015 (arXiv:1506.04579), the `poly` policy of Caffe"

    start: Start
    end: End = 0.0
    steps: Length = None
    power: Annotated[Positive, "1 is linear; larger powers fall faster at first"] = 1.0

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.end + (self.start - self.end) * (1 - done(self, k)) ** self.power

    def span(self) -> tuple[float, float]:
        """From the start to the end."""
        return extremes(self.start, self.end)


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a wave of a cosine from start to end: slow at both ends.

    It is the first cycle of SGDR, held at its end, where torch's CosineAnnealingLR rises again.
    """

    name = "cosine"
    formula = "h = end + (start − end)·(1 + cos(π·min(k, steps)/steps))/2"
    source = "Loshchilov & Hutter 2017 (arXiv:1608.03983), equation 5"

    start: Start
    end: End = 0.0
    steps: Length = None

    def __call__(self, k: Any) -> Any:
        """The value at step k."""
        return self.end + (self.start - self.end) * falling(done(self, k))

    def span(self) -> tuple[float, float]:
        """From the start to the end."""
        return extremes(self.start, self.end)


def falling(t: Any) -> Any:
    """From 1 at t = 0 to 0 at t = 1 along a cosine."""
    return (1 + np.cos(np.pi * t)) / 2


def _limit(schedule: Step | Exponential) -> Any:
    """What start·factorⁱ tends to."""
    return np.where(np.equal(schedule.factor, 1), schedule.start, 0.0)
