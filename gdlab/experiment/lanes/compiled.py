"""Steps of many lanes as one straight-line program: loss, gradient and update."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.autodiff.lane_steps import ProgramInLanes, StepInLanes
from gdlab.experiment.lanes.numbers import with_numbers
from gdlab.experiment.lanes.stepper import Common, state_of_lane
from gdlab.state import State, flatten

Array = np.ndarray[Any, np.dtype[Any]]


class CompiledLanes:
    """Loss, gradient and update of all lanes in one straight-line program."""

    program: ProgramInLanes

    def __init__(
        self, common: Common, step: StepInLanes, given: Mapping[str, Array], starts: Array, state: State
    ) -> None:
        self._common = common
        self._step = step
        self.exact = step.exact
        self.axes = common.axes
        self._use(step.at(starts.shape[1]), starts, flatten(state)[0], given)

    def _use(self, program: ProgramInLanes, w: Array, leaves: Mapping[str, Any], given: Mapping[str, Array]) -> None:
        program.w[...] = w
        for name, leaf in leaves.items():
            program.leaves[name][...] = leaf
        for name, values in given.items():
            program.numbers[name][...] = values
        program.begin()
        self.program = program
        self.lanes = program.w.shape[1]
        self.value, self.w = program.value, program.w
        self._known: tuple[Array, Array] | None = None

    @property
    def leaves(self) -> Mapping[str, Array]:
        """The arrays of the state by name."""
        return self.program.leaves

    def advance(self) -> None:
        """Do a step, but for the first call."""
        self._known = None
        self.program.advance()

    def loss(self) -> Array:
        """f(w); evaluated apart if the step tells it elsewhere."""
        return self.value if self.exact else self._both()[0]

    def gradient(self) -> Array:
        """∇f(w), likewise."""
        return self.program.gradient if self.program.gradient is not None else self._both()[1]

    def _both(self) -> tuple[Array, Array]:
        if self._known is None:
            self._known = self._common.derivatives().value_and_gradient(self.w)
        return self._known

    def state_of(self, lane: int) -> State:
        """The state of one lane."""
        return state_of_lane(self, self._step.rebuild, lane)

    def solution(self) -> Array:
        """The average, or w."""
        given = with_numbers(self._common.optimizer, self.program.numbers)
        return np.asarray(given.solution(self.w, self._step.rebuild(list(self.leaves.values()))))

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes, in a program of their number."""
        program = self.program
        leaves = {
            name: leaf[..., index] if leaf.ndim > self.axes[name] else leaf.copy() for name, leaf in self.leaves.items()
        }
        given = {name: values[index] for name, values in program.numbers.items()}
        self._use(self._step.at(len(index)), program.w[:, index], leaves, given)
        self.advance()
