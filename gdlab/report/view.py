"""Which part of the values a curve shows, on which scale, and where a curve leaves it."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

_DECADES = 1.0  # with a smaller range a linear axis shows as much, and is easier to read
_MARGIN = 0.04
_REACH = 0.5  # of the span: a broken run that goes no further beyond the others is shown whole
_BEYOND = 0.12  # of the span: how far a run that goes further is followed
_SPIKE = 5.0  # times the span of all other values: spikes that would take more of the axis are cut
_DIGITS, _MOST = 18, 2 / 3  # decades below the largest value that mean anything, and for how many values
_FAR = 1e6  # times the height of the view
_ROOM = 64.0  # divided by it, the largest floats can be subtracted and multiplied by ten
_FLAT, _FLAT_SPAN = 1e-12, 0.1  # of the size: what counts as equal, and what is then shown of the axis
_SMALLEST, _LARGEST = 5e-324, sys.float_info.max
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

    def scaled(self, values: Array) -> Array:
        """The values in units of `unit`. Those so far outside that drawing a line to them overflows come nearer."""
        if self.log:
            return values
        far = _FAR * (self.high - self.low)
        near = np.clip(values, (self.low - far) * self.unit, (self.high + far) * self.unit)
        return near / self.unit

    def within(self, values: Array) -> Array:
        """The scaled values, those outside put at the edge."""
        return np.clip(self.scaled(values), self.low, self.high)

    def holds(self, values: Array) -> bool:
        """Whether all values are inside."""
        scaled = self.scaled(values)
        return bool(((scaled >= self.low) & (scaled <= self.high)).all())

    def cut(self, x: Array, values: Array) -> tuple[Array, Array]:
        """A scaled curve up to the point where it leaves the view for good, that point included.

        All of it if it never does; its first point at the edge if it was never inside.

        Args:
            x: of shape (points,), at least one.
            values: likewise.
        """
        y = self.scaled(values)
        inside = np.flatnonzero((y >= self.low) & (y <= self.high))
        if not inside.size:
            return x[:1], np.clip(y[:1], self.low, self.high)
        last = int(inside[-1])
        if last == y.size - 1:
            return x, y
        edge = self.high if y[last + 1] > self.high else self.low
        before, after, at = self._heights(np.array([y[last], y[last + 1], edge]))
        where = x[last] + (x[last + 1] - x[last]) * (at - before) / (after - before)
        return np.append(x[: last + 1], where), np.append(y[: last + 1], edge)

    def _heights(self, y: Array) -> Array:
        return np.log10(y) if self.log else y


def view(whole: Sequence[Array], broken: Sequence[Array]) -> View:
    """Choose the axis: the runs that ended well without rare spikes, and of the others as much as fits beside them.

    The first value of every run is inside, and so is the last of those that ended well, unless it lies below what
    rounding leaves of the largest. The axis is logarithmic if every value is positive and what is shown spans more than
    a decade.

    Args:
        whole: the values of the runs that ended well, each of shape (points,), finite, at least one.
        broken: likewise those that diverged, have no bound or became non-finite.
    """
    if min(float(values.min()) for values in [*whole, *broken]) > 0:
        logs = [np.log10(values) for values in whole], [np.log10(values) for values in broken]
        core = _above_rounding(_core(*logs)) if whole else np.concatenate(logs[1])
        if core.max() - core.min() > _DECADES:
            low, high = _limits(core, logs[1])
            return View(_power(low), _power(high), log=True)
    core = _core(whole, broken)
    size = float(np.abs(core).max())
    unit = _unit(size)
    far = 1e3 * (size or 1.0)
    low, high = _limits(core / unit, [np.clip(values, -far, far) / unit for values in broken])
    return View(low, high, log=False, unit=unit)


def _core(whole: Sequence[Array], broken: Sequence[Array]) -> Array:
    """The values that must be seen."""
    ends = [values[:1] for values in broken] + [values[[0, -1]] for values in whole]
    usual = _without_spikes(np.concatenate(whole)) if whole else _bulk(np.concatenate(broken))
    return np.concatenate([usual, *ends])


def _without_spikes(values: Array) -> Array:
    """The values without the hundredth at either end, if that hundredth would take most of the axis."""
    small = values / _ROOM
    low, high = np.quantile(small, (0.01, 0.99))
    if not 0 < high - low < (small.max() - small.min()) / _SPIKE:
        return values
    usual: Array = values[(small >= low) & (small <= high)]
    return usual


def _bulk(values: Array) -> Array:
    """The values without those that are far from most: the last steps of a run without bound dwarf all others."""
    small = values / _ROOM
    distance = np.abs(small - np.median(small))
    reach = 10 * np.median(distance) or distance.max()
    near: Array = values[distance <= reach]
    return near


def _above_rounding(logs: Array) -> Array:
    """The logarithms without those so small that they are zero beside the largest, if most are larger."""
    kept: Array = logs[logs >= logs.max() - _DIGITS]
    return kept if kept.size >= _MOST * logs.size else logs


def _limits(core: Array, broken: Sequence[Array]) -> tuple[float, float]:
    """Limits around the core that follow the broken runs a little way."""
    low, high = float(core.min()), float(core.max())
    size = max(abs(low), abs(high))
    if high - low <= _FLAT * size:
        span = _FLAT_SPAN * size or 1.0
        low, high = low - span / 2, high + span / 2
    span = high - low
    lowest = min((float(values.min()) for values in broken), default=low)
    highest = max((float(values.max()) for values in broken), default=high)
    if lowest < low:
        low = lowest if lowest >= low - _REACH * span else low - _BEYOND * span
    if highest > high:
        high = highest if highest <= high + _REACH * span else high + _BEYOND * span
    return low - _MARGIN * span, high + _MARGIN * span


def _power(exponent: float) -> float:
    """A power of ten, or the nearest positive float if no float holds it."""
    return _LARGEST if exponent > 308.25 else max(10.0**exponent, _SMALLEST)


def _unit(size: float) -> float:
    return 10.0 ** max(-300, math.floor(math.log10(size))) if size > HUGE or 0 < size < 1 / HUGE else 1.0
