"""How long the parameters have not moved: only steps in a row can tell."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.state import State, flatten

Array = np.ndarray[Any, np.dtype[Any]]

EVERY = 100  # steps between two looks while w moves
LONG = 100  # steps in a row without any movement of w, after which the state is not waited for


class Stillness:
    """Looks at w at two steps in a row every so often, and at every step while it rests.

    A cycle that comes back to the same point is no rest, however its length fits the looks.

    Args:
        patience: steps in a row without any movement of w, after which the state is not waited for.
        alike: whether all steps are, so that one in which neither w nor the state changes is followed by more such. On
            batches they are not: another batch may move w again.
    """

    def __init__(self, patience: float = LONG, *, alike: bool = True) -> None:
        self.patience = patience
        self.alike = alike
        self.since: int | None = None  # the step since which w rests, as far as was looked
        self.next_look = 0
        self._step = -2
        self._w: Array | None = None
        self._state: list[Array] = []

    def look(self, step: int, w: Array, state: State) -> bool:
        """Take in the point after a step; whether w has come to rest for good.

        That is if neither w nor the state has changed in a step, or w alone in as many as patience asks for.
        """
        parts = list(flatten(state)[0].values())
        in_a_row = step == self._step + 1
        same = in_a_row and np.array_equal(self._w, w)  # type: ignore[arg-type] # set by the step before
        unchanged = same and all(np.array_equal(a, b, equal_nan=True) for a, b in zip(self._state, parts, strict=True))
        self.since = (self.since if self.since is not None else step - 1) if same else None
        self.next_look = step + (1 if same or not in_a_row else EVERY)
        self._step = step
        if not same:
            self._w = w.copy()
        self._state = [np.array(part) for part in parts]
        return (unchanged and self.alike) or (self.since is not None and step - self.since >= self.patience)

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on."""
        w = None if self._w is None else self._w.copy()
        return {"since": self.since, "next": self.next_look, "step": self._step, "w": w, "state": list(self._state)}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on from a snapshot."""
        self.since, self.next_look, self._step = kept["since"], kept["next"], kept["step"]
        self._w, self._state = kept["w"], list(kept["state"])
