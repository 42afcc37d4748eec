"""The least loss of each lane and its step, taken in a block of steps at a time."""

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
_DEPTH = 32  # steps in a block


class BestOfLanes:
    """Keeps the least loss of each lane, and the first step that had it.

    Args:
        lanes: how many there are.
        dtype: of the losses.

    Attributes:
        loss: inf where there is none yet; shape (lanes,). Current after `settle`.
        step: likewise.
        last: the losses that were put last; NaN before the first.
    """

    def __init__(self, lanes: int, dtype: Any) -> None:
        self.loss = np.full(lanes, math.inf)
        self.step = np.zeros(lanes, int)
        self._block = np.full((_DEPTH, lanes), math.nan, dtype)
        self._filled = 0
        self._next = 0
        self.last = self._block[-1]

    def put(self, step: int, losses: Array) -> None:
        """Take in the losses of a step, none of them NaN, right after the step before."""
        if self._filled == _DEPTH:
            self.settle()
        self.last = self._block[self._filled]
        np.copyto(self.last, losses)
        self._filled += 1
        self._next = step + 1

    def settle(self) -> None:
        """Work out what is best up to the last step."""
        block = self._block[: self._filled]
        if not self._filled:
            return
        better = np.flatnonzero(block.min(axis=0) < self.loss)
        if better.size:
            at = block[:, better].argmin(axis=0)
            self.loss[better] = block[at, better]
            self.step[better] = self._next - self._filled + at
        self._filled = 0

    def improve(self, step: int, at: Array, losses: Array) -> None:
        """Take in the losses of some lanes, which may be NaN; `losses` is of all."""
        better = np.flatnonzero(losses < self.loss) if len(at) == len(losses) else at[losses[at] < self.loss[at]]
        self.loss[better], self.step[better] = losses[better], step

    def pass_by(self, step: int, losses: Array) -> None:
        """Remember the losses of a step as the last ones, no more."""
        self.settle()
        self._next = step + 1
        self.last = self._block[-1]
        np.copyto(self.last, losses)

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes: each is what the lane with that number was."""
        self.settle()
        last = self.last[index]
        self.loss, self.step = self.loss[index], self.step[index]
        self._block = np.empty((_DEPTH, len(index)), last.dtype)
        self.last = self._block[-1]
        self.last[...] = last
