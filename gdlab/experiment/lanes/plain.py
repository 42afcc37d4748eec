"""Steps of many lanes in NumPy, where gradient and update are no program of one piece."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.autodiff.lane_derivatives import DerivativesInLanes
from gdlab.errors import DifferentiationError
from gdlab.experiment.lanes.numbers import with_numbers
from gdlab.experiment.lanes.stepper import Common, state_of_lane
from gdlab.optimizers.checked import taken
from gdlab.state import State, flatten

Array = np.ndarray[Any, np.dtype[Any]]


class PlainLanes:
    """Steps in NumPy, by any gradient method: the rule works on (n, lanes) as it does on (n,)."""

    exact = True

    def __init__(self, common: Common, given: Mapping[str, Array], starts: Array, state: State) -> None:
        self._common = common
        self._given = given
        self._rule = with_numbers(common.optimizer, given)
        self._state = state
        self.axes = common.axes
        self.objective = LaneObjective(common.derivatives())
        self.w = starts
        self.lanes = starts.shape[1]
        self.value = np.zeros(self.lanes, starts.dtype)
        self._begun = False

    def advance(self) -> None:
        """Do a step, but for the first call."""
        if self._begun:
            self.w, self._state = taken(self._rule, self.objective, self.w, self._state)
        self._begun = True
        self.value = self.objective.look(self.w)

    @property
    def leaves(self) -> Mapping[str, Array]:
        """The arrays of the state by name."""
        return {name: np.asarray(leaf) for name, leaf in flatten(self._state)[0].items()}

    def loss(self) -> Array:
        """f(w)."""
        return self.value

    def gradient(self) -> Array:
        """∇f(w)."""
        return self.objective.gradient(self.w)

    def state_of(self, lane: int) -> State:
        """The state of one lane."""
        return state_of_lane(self, flatten(self._state)[1], lane)

    def solution(self) -> Array:
        """The average, or w."""
        return np.asarray(self._rule.solution(self.w, self._state))

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes."""
        leaves, rebuild = flatten(self._state)
        picked = [np.asarray(x)[..., index] if np.ndim(x) > self.axes[name] else x for name, x in leaves.items()]
        self._state = rebuild(picked)
        self._given = {path: values[index] for path, values in self._given.items()}
        self._rule = with_numbers(self._common.optimizer, self._given)
        self.w, self.lanes = self.w[:, index], len(index)
        self.value = self.objective.look(self.w)


class LaneObjective:
    """What an optimizer sees of a problem in all lanes at once; nothing is computed twice at the point of a step."""

    def __init__(self, derivatives: DerivativesInLanes) -> None:
        self._derivatives = derivatives
        self._point: Any = None
        self._value: Any = None
        self._gradient: Any = None
        self._wants_gradient = True  # whether the last step asked for the gradient where it began

    def look(self, w: Array) -> Array:
        """f at the points where the next step begins."""
        self._point = w
        if self._wants_gradient:
            self._value, self._gradient = self._derivatives.value_and_gradient(w)
        else:
            self._value, self._gradient = self._derivatives.value(w), None
        self._wants_gradient = False
        return np.asarray(self._value)

    def value(self, w: Array) -> Array:
        """f at each column, shape (lanes,)."""
        return np.asarray(self._value if w is self._point else self._derivatives.value(w))

    def gradient(self, w: Array) -> Array:
        """∇f at each column, the shape of w."""
        if w is not self._point:
            return self._derivatives.value_and_gradient(w)[1]
        self._wants_gradient = True
        if self._gradient is None:
            self._value, self._gradient = self._derivatives.value_and_gradient(w)
        return np.asarray(self._gradient)

    def value_and_gradient(self, w: Array) -> tuple[Array, Array]:
        """Both."""
        if w is not self._point:
            return self._derivatives.value_and_gradient(w)
        gradient = self.gradient(w)
        return self.value(w), gradient

    def hessian(self, w: Array) -> Array:
        """Not in lanes."""
        raise DifferentiationError("a step that needs the Hessian does not run in lanes")

    def hvp(self, w: Array, v: Array) -> Array:
        """Not in lanes."""
        raise DifferentiationError("a step that needs a Hessian-vector product does not run in lanes")
