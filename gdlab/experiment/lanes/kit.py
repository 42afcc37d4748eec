"""What lanes of one kind have in common, traced and compiled once, however many of them there are."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff import Cost
from gdlab.autodiff.lane_derivatives import DerivativesInLanes
from gdlab.autodiff.lane_steps import StepInLanes
from gdlab.autodiff.methods import Reverse
from gdlab.errors import DifferentiationError
from gdlab.experiment.lanes.compiled import CompiledLanes
from gdlab.experiment.lanes.numbers import numbers, with_numbers
from gdlab.experiment.lanes.plain import PlainLanes
from gdlab.experiment.lanes.result import Costs
from gdlab.experiment.lanes.stepper import Common, LaneStepper
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import make_stepper
from gdlab.optimizers.base import Optimizer
from gdlab.optimizers.checked import taken
from gdlab.state import State, flatten

Array = np.ndarray[Any, np.dtype[Any]]

LEAST, MOST = 16, 4096  # lanes of one program
ELEMENTS = 1 << 15  # of all lanes of its longest value: the arrays of a step then fit the cache
_COUNTED = 3  # steps after which all steps cost the same


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
        return max(LEAST, min(MOST, 1 << (ELEMENTS // self.derivatives.longest).bit_length() >> 1))

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
        common = Common(self.optimizer, self.axes, lambda: self.derivatives)
        if step is None:
            return PlainLanes(common, given, starts, state)
        return CompiledLanes(common, step, given, starts, state)

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
            return taken(with_numbers(optimizer, given), objective, w, state)

        try:
            return StepInLanes(lambda w: problem.loss(w, None), step, self.start, self.single, self.paths, differing)
        except DifferentiationError:
            return None


def _counted(experiment: Experiment, start: Array) -> Costs:
    """Count what the first steps of a run by itself cost; from then on all cost the same."""
    stepper = make_stepper(experiment.problem, experiment.gradient, experiment.optimizer, start.copy())
    found = []
    for k in range(_COUNTED + 1):
        stepper.next()
        found.append(stepper.cost(k))
    return Costs(tuple(found))
