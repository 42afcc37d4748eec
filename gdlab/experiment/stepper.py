"""One step after the other: the optimizer and the objective, compiled into one program where both can be traced."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

import numpy as np

from gdlab.autodiff import Cost, Method
from gdlab.autodiff.methods import Reverse
from gdlab.autodiff.stepping import StepProgram
from gdlab.errors import DifferentiationError
from gdlab.experiment.batch_stepper import CompiledBatchStepper, PythonBatchStepper
from gdlab.experiment.batches import batches_of
from gdlab.experiment.checkpoint import kept_state, restored_state
from gdlab.experiment.guard import guarded_step
from gdlab.experiment.objective import CountedObjective, counted
from gdlab.experiment.parts import OnRows
from gdlab.experiment.remarks import Remarks
from gdlab.experiment.spec import Batch
from gdlab.optimizers.base import Optimizer
from gdlab.optimizers.checked import begun, taken
from gdlab.problems.base import Problem
from gdlab.state import State

Array = np.ndarray[Any, np.dtype[Any]]


MOST_ROWS = 1 << 20  # that one program computes with; more are taken in parts, to save memory


class Stepper(Protocol):
    """Advances a run. Between two calls of `next`, all that can be asked is about the same point w."""

    def next(self) -> Any:
        """Do a step, but for the first call, and tell the loss there."""

    @property
    def exact(self) -> bool:
        """Whether `next` tells f(w); otherwise it tells f nearby, good enough to notice that it runs away."""

    @property
    def cost_of_step(self) -> Cost | None:
        """What every step costs, if all cost the same."""

    @property
    def w(self) -> Array:
        """The current parameters, not to be kept: a step may overwrite them."""

    @property
    def state(self) -> State:
        """The optimizer's state, not to be kept either."""

    def loss(self) -> float:
        """f(w)."""

    def gradient(self) -> Array:
        """∇f(w)."""

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used for that many steps."""

    def logging(self) -> Cost:
        """What only the runner has used."""

    def remarks(self, end: bool = False) -> list[tuple[int, str]]:
        """What the rule said of single steps since it was asked last, each with the number of its step."""

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on from here: nested mappings and lists of arrays, numbers and None."""

    def restore(self, kept: Mapping[str, Any], steps: int) -> None:
        """Go on, in a new stepper, from a snapshot after that many steps: `next` does the one after them."""


def make_stepper(
    problem: Problem, method: Method, optimizer: Optimizer, start: Array, batch: Batch | None = None, seed: int = 0
) -> Stepper:
    """A compiled stepper for reverse mode and a traceable optimizer; one that steps through Python otherwise.

    Whatever is traced and compiled is so when this returns.

    Args:
        problem: what is minimised.
        method: the gradient method.
        optimizer: the optimizer, fitted to the run.
        start: w₀, shape (n,); the stepper may write to it.
        batch: the rows of each step; unset, all.
        seed: of the run, for the batches.
    """
    batch = batch or Batch()
    batches = batches_of(batch, problem, seed)
    in_parts = batch.shards > 1 or (batches is None and not fits(problem))
    if optimizer.traceable and isinstance(method, Reverse) and not method.retrace and not in_parts:
        try:
            if batches is not None:
                return CompiledBatchStepper(problem, method, optimizer, start, batches)
            return CompiledStepper(problem, method, optimizer, start)
        except DifferentiationError:
            # The loss or the rule branches on values; step through Python, which says so itself if that fails too.
            pass
        except Exception:
            # A rule of the user's own may do what only arrays can; if it is wrong, its first step in Python says so.
            if optimizer.built_in:
                raise
    if batches is not None:
        return PythonBatchStepper(problem, method, optimizer, start, batches, batch.shards)
    rows = OnRows(problem, method, start, batch.shards) if in_parts else None
    return PythonStepper(counted(problem, method, optimizer, start, rows), optimizer, start)


def fits(problem: Problem) -> bool:
    """Whether one program can compute with all rows of the data at once."""
    return problem.rows <= MOST_ROWS and problem.resident


class PythonStepper:
    """Steps through Python: any method, any optimizer."""

    exact = True
    cost_of_step = None

    def __init__(self, objective: CountedObjective, optimizer: Optimizer, start: Array) -> None:
        self.objective = objective
        self.optimizer = optimizer
        self.w = start
        self.state = begun(optimizer, start)
        self._steps = -1  # the first call of `next` does none
        self._remarks = Remarks(optimizer)
        _compile(objective, optimizer, start)  # now, not on the clock of the run

    def next(self) -> Any:
        """Do a step, but for the first call, and tell the loss there."""
        self._steps += 1
        if self._steps:
            self.w, self.state = guarded_step(self.optimizer, self.objective, self.w, self.state)
            self._remarks.hear(self._steps, self.state)
        return self.objective.look(self.w)

    def loss(self) -> float:
        """f(w)."""
        return float(self.objective.look(self.w))

    def gradient(self) -> Array:
        """∇f(w)."""
        return self.objective.look_at_gradient(self.w)

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used."""
        return self.objective.cost

    def logging(self) -> Cost:
        """What only the runner has used."""
        return self.objective.logging

    def remarks(self, end: bool = False) -> list[tuple[int, str]]:
        """What the rule said of single steps since it was asked last."""
        return self._remarks.take(end)

    def snapshot(self) -> dict[str, Any]:
        """Point, state, and what the objective knows."""
        at = {"w": self.w.copy(), "state": kept_state(self.state), "remarks": self._remarks.snapshot()}
        return {**at, "objective": self.objective.snapshot()}

    def restore(self, kept: Mapping[str, Any], steps: int) -> None:
        """Go on from a snapshot."""
        self.w, self.state, self._steps = kept["w"], restored_state(self.state, kept["state"]), steps
        self._remarks.restore(kept["remarks"])
        self.objective.restore(kept["objective"], self.w)


def _compile(objective: CountedObjective, optimizer: Optimizer, start: Array) -> None:
    derivatives = objective.derivatives
    derivatives.value(start)
    if optimizer.uses_gradient:
        derivatives.gradient(start)
    if objective.jacobian is not None:
        objective.jacobian.value_and_jacobian(start)
    if "hessian" in optimizer.needs:
        derivatives.hessian(start)
    if "hvp" in optimizer.needs:
        derivatives.hvp(start, start)


class CompiledStepper:
    """Loss, gradient and update in one straight-line program.

    Raises:
        DifferentiationError: if the loss or the update cannot be traced.
    """

    def __init__(self, problem: Problem, method: Method, optimizer: Optimizer, start: Array) -> None:
        program = StepProgram(
            lambda w: problem.loss(w, None), partial(taken, optimizer), start, begun(optimizer, start)
        )
        self.program = program
        self.exact = program.exact
        self.cost_of_step = program.cost
        self.w = program.w
        self.next = program.advance
        self._seen = Cost()
        self._derivatives = method.bind(problem.loss, start)
        if not self.exact:
            self._derivatives.value_and_gradient(start)  # compiled now, not on the clock of the run

    @property
    def state(self) -> State:
        """The optimizer's state."""
        return self.program.state

    def loss(self) -> float:
        """f(w), evaluated apart."""
        self._seen += self._derivatives.cost_of_value
        return float(self._derivatives.value(self.w))

    def gradient(self) -> Array:
        """∇f(w)."""
        if self.exact:
            return self.program.gradient
        self._seen += self._derivatives.cost_of_gradient
        return self._derivatives.gradient(self.w)

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used for that many steps."""
        return self.cost_of_step * steps

    def logging(self) -> Cost:
        """The look at the last point, which no step has used, and what was evaluated apart."""
        return self._seen + self.cost_of_step

    def remarks(self, end: bool = False) -> list[tuple[int, str]]:
        """None: a step that is compiled branches on nothing."""
        return []

    def snapshot(self) -> dict[str, Any]:
        """Point, state, and what was evaluated apart."""
        return {"w": self.w.copy(), "state": kept_state(self.state), "seen": self._seen.counts()}

    def restore(self, kept: Mapping[str, Any], steps: int) -> None:
        """Go on from a snapshot: its point once more, where the program pauses between gradient and update."""
        self.program.write(kept["w"], restored_state(self.state, kept["state"]))
        self.next()
        self._seen = Cost(*kept["seen"])
