"""Steps of many lanes at once: compiled into one program where both gradient and update can be traced."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from gdlab.autodiff import Cost
from gdlab.errors import DifferentiationError
from gdlab.autodiff.lane_derivatives import DerivativesInLanes
from gdlab.autodiff.lane_steps import ProgramInLanes, StepInLanes
from gdlab.autodiff.methods import Reverse
from gdlab.autodiff.stepping import flatten
from gdlab.experiment.lanes.numbers import numbers, with_numbers
from gdlab.experiment.lanes.result import Costs
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import make_stepper
from gdlab.optimizers.base import Optimizer, State

Array = np.ndarray[Any, np.dtype[Any]]
LEAST, MOST = 16, 4096  # lanes of one program
ELEMENTS = 1 << 15  # of all lanes of its longest value: the arrays of a step then fit the cache
_COUNTED = 3  # steps after which all steps cost the same


class LaneStepper(Protocol):
    """Advances lanes, all by one step. Between two calls of `advance`, all that can be asked is about the same points.

    Attributes:
        lanes: how many there are.
        exact: whether `value` is f(w); otherwise it is f nearby.
        value: what the last step told, shape (lanes,).
        w: the current parameters, shape (n, lanes); a step may overwrite them.
        leaves: the arrays of the state by name; those that differ by lane have a trailing axis.
        axes: how many axes each has in one lane.
    """

    lanes: int
    exact: bool
    value: Array
    w: Array
    leaves: Mapping[str, Array]
    axes: Mapping[str, int]

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


class Kit:
    """What all lanes of one kind have in common, traced and compiled once, however many of them there are.

    Args:
        experiment: one of them, drawn.
        optimizers: the fitted optimizers of all, which must be kept.
        start: a start, shape (n,).
        differing: the paths of the numbers that may differ by lane.

    Attributes:
        paths: those of the numbers that do.
    """

    def __init__(
        self, experiment: Experiment, optimizers: Sequence[Optimizer], start: Array, differing: frozenset[str]
    ) -> None:
        self.experiment = experiment
        self.start = start
        self.optimizer: Any = experiment.optimizer
        mine = numbers(self.optimizer)
        self._numbers = {id(optimizer): numbers(optimizer) for optimizer in {id(o): o for o in optimizers}.values()}
        others = self._numbers.values()
        self.paths = tuple(path for path in mine if any(other[path] != mine[path] for other in others))
        if not set(self.paths) <= differing:
            raise ValueError(f"these lanes differ in {sorted(set(self.paths) - differing)}, which must be the same")
        self._steps: dict[frozenset[str], StepInLanes | None] = {}
        self.single = self.optimizer.init(start)
        self.axes = {name: np.ndim(leaf) for name, leaf in flatten(self.single)[0].items()}

    @cached_property
    def derivatives(self) -> DerivativesInLanes:
        """Loss and gradient in lanes."""
        problem = self.experiment.problem
        return DerivativesInLanes(lambda w: problem.loss(w, None), self.start, self.experiment.gradient)

    @cached_property
    def costs(self) -> Costs:
        """What a lane has used after some steps."""
        compiled = next(iter(self._steps.values()), None)
        return Costs((Cost(), compiled.cost)) if compiled is not None else _counted(self.experiment, self.start)

    @property
    def block(self) -> int:
        """How many lanes of a value as long as the longest fit the cache."""
        return max(LEAST, min(MOST, 1 << (ELEMENTS // self.derivatives.longest).bit_length() - 1))

    def given(self, optimizers: Sequence[Optimizer]) -> dict[str, Array]:
        """The numbers in which the lanes of these optimizers differ, each of shape (lanes,)."""
        given = {path: np.array([self._numbers[id(o)][path] for o in optimizers]) for path in self.paths}
        return {path: x.astype(self.start.dtype) if x.dtype.kind == "f" else x for path, x in given.items()}

    def stepper(self, optimizers: Sequence[Optimizer], starts: Array) -> "LaneStepper":
        """The stepper of some lanes.

        Args:
            optimizers: that of each lane.
            starts: w₀ of each lane, shape (n, lanes).
        """
        given = self.given(optimizers)
        state = with_numbers(self.optimizer, given).init(starts)
        step = self._step(state)
        if step is None:
            return PlainLanes(self, given, starts, state)
        return CompiledLanes(self, step, given, starts, state)

    def _step(self, state: State) -> StepInLanes | None:
        """The step as a program, None if gradient or update cannot be part of one."""
        if not (isinstance(self.experiment.gradient, Reverse) and self.optimizer.traceable):
            return None
        leaves = flatten(state)[0]
        differing = frozenset(name for name, leaf in leaves.items() if np.ndim(leaf) > self.axes[name])
        if differing not in self._steps:
            self._steps[differing] = self._traced(differing)
        return self._steps[differing]

    def _traced(self, differing: frozenset[str]) -> StepInLanes | None:
        problem, optimizer = self.experiment.problem, self.optimizer

        def step(objective: Any, w: Any, state: Any, given: Mapping[str, Any]) -> Any:
            return with_numbers(optimizer, given).step(objective, w, state)

        try:
            return StepInLanes(lambda w: problem.loss(w, None), step, self.start, self.single, self.paths, differing)
        except DifferentiationError:
            return None


class CompiledLanes:
    """Loss, gradient and update of all lanes in one straight-line program."""

    program: ProgramInLanes

    def __init__(self, kit: Kit, step: StepInLanes, given: Mapping[str, Array], starts: Array, state: State) -> None:
        self._kit = kit
        self._step = step
        self.exact = step.exact
        self.axes = kit.axes
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
        self.value, self.w, self.leaves = program.value, program.w, program.leaves
        self._known: tuple[Array, Array] | None = None

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
            self._known = self._kit.derivatives.value_and_gradient(self.w)
        return self._known

    def state_of(self, lane: int) -> State:
        """The state of one lane."""
        return _state_of(self, self._step.rebuild, lane)

    def solution(self) -> Array:
        """The average, or w."""
        given = with_numbers(self._kit.optimizer, self.program.numbers)
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


class PlainLanes:
    """Steps in NumPy, by any gradient method: the rule works on (n, lanes) as it does on (n,)."""

    exact = True

    def __init__(self, kit: Kit, given: Mapping[str, Array], starts: Array, state: State) -> None:
        self._kit = kit
        self._given = given
        self._rule = with_numbers(kit.optimizer, given)
        self._state = state
        self.axes = kit.axes
        self.objective = LaneObjective(kit.derivatives)
        self.w = starts
        self.lanes = starts.shape[1]
        self.value = np.zeros(self.lanes, starts.dtype)
        self._begun = False

    def advance(self) -> None:
        """Do a step, but for the first call."""
        if self._begun:
            self.w, self._state = self._rule.step(self.objective, self.w, self._state)
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
        return _state_of(self, flatten(self._state)[1], lane)

    def solution(self) -> Array:
        """The average, or w."""
        return np.asarray(self._rule.solution(self.w, self._state))

    def rearrange(self, index: Array) -> None:
        """Go on with other lanes."""
        leaves, rebuild = flatten(self._state)
        picked = [np.asarray(x)[..., index] if np.ndim(x) > self.axes[name] else x for name, x in leaves.items()]
        self._state = rebuild(picked)
        self._given = {path: values[index] for path, values in self._given.items()}
        self._rule = with_numbers(self._kit.optimizer, self._given)
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


def _state_of(stepper: Any, rebuild: Any, lane: int) -> State:
    leaves = stepper.leaves.items()
    return rebuild([leaf[..., lane] if leaf.ndim > stepper.axes[name] else leaf for name, leaf in leaves])


def _counted(experiment: Experiment, start: Array) -> Costs:
    """Count what the first steps of a run by itself cost; from then on all cost the same."""
    stepper = make_stepper(experiment.problem, experiment.gradient, experiment.optimizer, start.copy())
    found = []
    for k in range(_COUNTED + 1):
        stepper.next()
        found.append(stepper.cost(k))
    return Costs(tuple(found))
