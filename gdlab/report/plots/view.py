"""Which part of the values a panel shows, on which scale, and where a curve leaves it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.report.scale import is_log_honest

Array = np.ndarray[Any, np.dtype[np.float64]]

_MARGIN = 0.04
_REACH = 0.5  # of the span: a broken run that goes no further beyond the others is shown whole
_BEYOND = 0.12  # of the span: how far a run that goes further is followed
_FLAT, _FLAT_SPAN = 1e-12, 0.1  # of the size: what counts as equal, and what is then shown of the axis
_SMALLEST, _LARGEST = -323.0, 308.25  # powers of ten that a float holds
HUGE = 1e100  # beyond it, and below 1/HUGE, a linear axis is labelled in units of a power of ten


@dataclass(frozen=True)
class View:
    """The y axis of a panel.

    Args:
        low: its lower limit, in units of `unit`.
        high: its upper limit.
        log: whether it is logarithmic.
        unit: a power of ten by which values are divided; 1 unless they are huge or tiny.
    """

    low: float
    high: float
    log: bool
    unit: float = 1.0

    def heights(self, values: Array) -> Array:
        """The values as they are measured along the axis."""
        return np.log10(values) if self.log else values

    def cut(self, x: Array, y: Array) -> tuple[Array, Array]:
        """A curve up to the point where it leaves the view for good, that point included; all of it if it never does.

        Args:
            x: of shape (points,), at least one.
            y: likewise, in units of `unit`.
        """
        inside = np.flatnonzero((y >= self.low) & (y <= self.high))
        if inside.size and inside[-1] == y.size - 1:
            return x, y
        # Far outside nobody sees the difference, and the drawing of lines overflows.
        far = 1e3 * (self.high - self.low)
        kept = y if self.log else np.clip(y, self.low - far, self.high + far)
        if not inside.size:
            return x[:1], np.clip(kept[:1], self.low, self.high)
        last = int(inside[-1])
        edge = np.array([self.high if y[last + 1] > self.high else self.low])
        at, before, after = self.heights(edge), *self.heights(y[last : last + 2])
        where = x[last] + (x[last + 1] - x[last]) * (at - before) / (after - before)
        return np.append(x[: last + 1], where), np.append(kept[: last + 1], edge)


def view(whole: Sequence[Array], broken: Sequence[Array]) -> View:
    """Choose the axis: all of the runs that ended well, and of the others as much as fits beside them.

    The axis is logarithmic if every value is positive and what is shown spans more than a decade.

    Args:
        whole: the values of the runs that ended well, each of shape (points,), finite, at least one.
        broken: likewise those that diverged, have no bound or became non-finite.
    """
    core = [*whole, *(values[:1] for values in broken)] if whole else list(broken)
    positive = min(float(values.min()) for values in [*whole, *broken]) > 0
    if positive and is_log_honest(core):
        low, high = _limits([np.log10(values) for values in core], [np.log10(values) for values in broken])
        return View(10 ** max(low, _SMALLEST), 10 ** min(high, _LARGEST), log=True)
    if not whole:
        core = [_bulk(np.concatenate(broken))]
    unit = _unit(max(float(np.abs(values).max()) for values in core))
    low, high = _limits([values / unit for values in core], [values / unit for values in broken])
    return View(low, high, log=False, unit=unit)


def _limits(core: Sequence[Array], broken: Sequence[Array]) -> tuple[float, float]:
    low, high = min(float(values.min()) for values in core), max(float(values.max()) for values in core)
    size = max(abs(low), abs(high))
    if high - low <= _FLAT * size:
        span = _FLAT_SPAN * size or 1.0
        low, high = low - span / 2, high + span / 2
    span = high - low
    lowest, highest = (
        (min(float(b.min()) for b in broken), max(float(b.max()) for b in broken)) if broken else (low, high)
    )
    if lowest < low:
        low = lowest if lowest >= low - _REACH * span else low - _BEYOND * span
    if highest > high:
        high = highest if highest <= high + _REACH * span else high + _BEYOND * span
    return low - _MARGIN * span, high + _MARGIN * span


def _bulk(values: Array) -> Array:
    """The values without those that are far from most: the last steps of a run without bound dwarf all others."""
    small = values / 64  # ten times the difference of two large numbers overflows
    distance = np.abs(small - np.median(small))
    reach = 10 * np.median(distance) or 10 * distance.max()
    near: Array = values[distance <= reach]
    return near


def _unit(size: float) -> float:
    return 10.0 ** max(-300, math.floor(math.log10(size))) if size > HUGE or 0 < size < 1 / HUGE else 1.0
