"""What advances many lanes at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gdlab.autodiff.lane_derivatives import DerivativesInLanes
from gdlab.state import State

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Common:
    """What all lanes of a stepper have in common.

    Args:
        optimizer: the fitted optimizer of one of them.
        axes: how many axes each array of its state has, by name.
        derivatives: gives loss and gradient in lanes, which not every stepper needs.
    """

    optimizer: Any
    axes: dict[str, int]
    derivatives: Callable[[], DerivativesInLanes]


class LaneStepper(Protocol):
    """Advances lanes, all by one step. Between two calls of `advance`, all that can be asked is about the same points.

    Attributes:
        lanes: how many there are.
        exact: whether `value` is f(w); otherwise it is f nearby.
        value: what the last step told, shape (lanes,).
        w: the current parameters, shape (n, lanes); a step may overwrite them.
        axes: how many axes each array of the state has in one lane.
    """

    lanes: int
    exact: bool
    value: Array
    w: Array
    axes: dict[str, int]

    @property
    def leaves(self) -> Mapping[str, Array]:
        """The arrays of the state by name; those that differ by lane have a trailing axis."""

    def advance(self) -> None:
        """Do a step, but for the first call."""

    def loss(self) -> Array:
        """f(w), shape (lanes,)."""

    def gradient(self) -> Array:
        """∇f(w), shape (n, lanes)."""

    def state_of(self, lane: int) -> State:
        """The state of one lane."""

    def solution(self) -> Array:
        """The points that the optimizer offers as its answers, shape (n, lanes)."""

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes, as many as the index has: each is what the lane with that number was."""


def state_of_lane(stepper: Any, rebuild: Any, lane: int) -> State:
    """The state of one lane of a stepper; rebuild puts its arrays together."""
    leaves = stepper.leaves.items()
    return rebuild([leaf[..., lane] if leaf.ndim > stepper.axes[name] else leaf for name, leaf in leaves])
