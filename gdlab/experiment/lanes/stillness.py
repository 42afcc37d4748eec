"""How long the parameters of each lane have not moved: `gdlab.experiment.stillness` for many at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.experiment.stillness import EVERY

Array = np.ndarray[Any, np.dtype[Any]]
_NEVER = -2  # a step before the one before the first


class StillnessOfLanes:
    """Looks at two steps in a row every so often, and at every step while a lane rests; by the rule of `Stillness`.

    Args:
        patience: steps in a row without any movement of w, after which the state is not waited for.
        lanes: how many lanes there are.
        axes: of each array of the state of one lane, by name.

    Attributes:
        since: the step since which the w of a lane rests, −1 where it moves; shape (lanes,).
        next_look: when to look at a lane next; shape (lanes,).
    """

    def __init__(self, patience: float, lanes: int, axes: Mapping[str, int]) -> None:
        self.patience = patience
        self.axes = axes
        self.since = np.full(lanes, -1)
        self.next_look = np.zeros(lanes, int)
        self._step = np.full(lanes, _NEVER)
        self._parts: list[Array] = []  # w, then the arrays of the state, as they were at the last look
        self._laned: list[bool] = []
        self._same = np.zeros(0, bool)  # whether w is what it was a step ago, by the last look

    def look(self, step: int, at: Array, w: Array, state: Mapping[str, Array]) -> Array:
        """Whether each of some lanes has come to rest for good by this step; `take` keeps what was seen.

        Args:
            step: steps done.
            at: the numbers of the lanes.
            w: of all lanes, shape (n, lanes).
            state: the arrays of the state by name; those that differ by lane have one axis more than `axes` says.
        """
        in_a_row = self._step[at] == step - 1
        self._same = same = in_a_row
        if not in_a_row.any():
            return np.zeros(len(at), bool)
        columns: Any = slice(None) if len(at) == w.shape[1] else at
        self._same = same = in_a_row & _equal(self._parts[0], w, columns, len(at))
        unchanged = same
        for before, now, by_lane in zip(self._parts[1:], state.values(), self._laned[1:], strict=True):
            if unchanged.any():
                unchanged = unchanged & (_equal(before, now, columns, len(at)) if by_lane else _same(before, now))
        since = np.where(self.since[at] >= 0, self.since[at], step - 1)
        return np.asarray(unchanged | (same & (step - since >= self.patience)))

    def of(self, lane: int) -> dict[str, Any]:
        """What a `Stillness` of one lane would know, as its `restore` takes it."""
        since, look, step = int(self.since[lane]), int(self.next_look[lane]), int(self._step[lane])
        parts = [
            part[..., lane].copy() if by_lane else part for part, by_lane in zip(self._parts, self._laned, strict=True)
        ]
        known = {"since": None if since < 0 else since, "next": look, "step": step}
        return {**known, "w": parts[0] if parts else None, "state": parts[1:]}

    def take(self, step: int, at: Array, w: Array, state: Mapping[str, Array]) -> None:
        """Keep what `look` has just seen of the same lanes."""
        columns: Any = slice(None) if len(at) == w.shape[1] else at
        laned = [True, *(leaf.ndim > self.axes[name] for name, leaf in state.items())]
        self._keep([w, *state.values()], laned, columns)
        since = self.since[at]
        self.next_look[at] = np.where(self._same | (self._step[at] != step - 1), step + 1, step + EVERY)
        self.since[at] = np.where(self._same, np.where(since >= 0, since, step - 1), -1)
        self._step[at] = step

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes: each is what the lane with that number was."""
        self.since, self.next_look, self._step = (a[index] for a in (self.since, self.next_look, self._step))
        self._parts = [
            part[..., index] if by_lane else part for part, by_lane in zip(self._parts, self._laned, strict=True)
        ]

    def _keep(self, parts: list[Array], laned: list[bool], columns: Any) -> None:
        if laned != self._laned:
            self._parts, self._laned = [np.array(part) for part in parts], laned
            return
        for kept, part, by_lane in zip(self._parts, parts, laned, strict=True):
            if by_lane:
                kept[..., columns] = part[..., columns]
            else:
                kept[...] = part


def _equal(before: Array, now: Array, columns: Any, lanes: int) -> Array:
    """Whether an array is the same in each lane; NaN is the same as NaN."""
    a, b = before[..., columns], now[..., columns]
    equal: Array = ((a == b) | ((a != a) & (b != b))).reshape(-1, lanes).all(axis=0)
    return equal


def _same(before: Array, now: Array) -> bool:
    return np.array_equal(before, now, equal_nan=True)
