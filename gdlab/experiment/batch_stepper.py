"""Steps on batches of rows. The loss over all rows is looked at only where it is logged or judged."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from gdlab.autodiff import Cost, Method
from gdlab.autodiff.stepping import StepProgram
from gdlab.experiment.batches import Batches
from gdlab.experiment.checkpoint import kept_state, restored_state
from gdlab.experiment.guard import guarded_step
from gdlab.experiment.objective import CountedObjective
from gdlab.experiment.parts import OnRows
from gdlab.experiment.remarks import Remarks
from gdlab.optimizers.base import Optimizer
from gdlab.optimizers.checked import begun, taken
from gdlab.problems.base import Problem
from gdlab.state import State

Array = np.ndarray[Any, np.dtype[Any]]


class BatchStepper:
    """What both kinds have in common: what is looked at over all rows, and what the batches told.

    Args:
        problem: what is minimised.
        method: the gradient method.
        start: w₀, shape (n,).
        batches: which rows each step looks at.
    """

    exact = False

    def __init__(self, problem: Problem, method: Method, start: Array, batches: Batches) -> None:
        self.batches = batches
        self._whole = OnRows(problem, method, start)
        self._seen = Cost()
        self._steps = -1  # the first call of `next` does none
        self._told = 0.0
        self._rows = 0

    @property
    def w(self) -> Array:
        """The current parameters, not to be kept."""
        raise NotImplementedError

    def next(self) -> Any:
        """Do a step, but for the first call, and tell the loss over its batch, near w; at first over all rows."""
        self._steps += 1
        if self._steps == 0:
            return self.loss()
        loss, rows = self._step()
        self._told += loss * rows
        self._rows += rows
        return loss

    def _step(self) -> tuple[Any, int]:
        """Do a step on the next batch, and tell the mean loss over its rows, and how many there are."""
        raise NotImplementedError

    def loss(self) -> float:
        """f(w) over all rows."""
        self._seen += self._whole.cost_of_value
        return float(self._whole.value(self.w))

    def gradient(self) -> Array:
        """∇f(w) over all rows."""
        self._seen += self._whole.cost_of_gradient
        return self._whole.gradient(self.w)

    def snapshot(self) -> dict[str, Any]:
        """Point, state, and what was looked at and told."""
        at = {"w": self.w.copy(), "state": kept_state(self.state), "seen": self._seen.counts()}
        return {**at, "told": [float(self._told), self._rows]}

    def restore(self, kept: Mapping[str, Any], steps: int) -> None:
        """Go on from a snapshot; the batches up to there are drawn again."""
        self.batches.skip(steps)
        self._steps, self._seen = steps, Cost(*kept["seen"])
        self._told, self._rows = kept["told"]
        self._place(kept["w"], restored_state(self.state, kept["state"]))

    def _place(self, w: Array, state: State) -> None:
        """Put point and state in their place."""
        raise NotImplementedError

    @property
    def state(self) -> State:
        """The optimizer's state, not to be kept."""
        raise NotImplementedError

    def batch_loss(self) -> float | None:
        """The mean of the losses of the batches since it was asked last, each weighted by its size."""
        if not self._rows:
            return None
        mean, self._told, self._rows = float(self._told) / self._rows, 0.0, 0
        return mean

    def epoch(self, steps: int) -> float:
        """How many times that many steps went through the data."""
        return self.batches.epoch(steps)


class CompiledBatchStepper(BatchStepper):
    """Loss, gradient and update in one program for each size of a batch, of which there are at most two.

    Raises:
        DifferentiationError: if the loss or the update cannot be traced.
    """

    def __init__(self, problem: Problem, method: Method, optimizer: Optimizer, start: Array, batches: Batches) -> None:
        super().__init__(problem, method, start, batches)
        state = begun(optimizer, start)
        self._programs = {}
        for size in batches.sizes:
            weight = batches.weight(size)
            loss = problem.loss if weight == 1 else _weighted(problem, weight)
            self._programs[size] = StepProgram(loss, partial(taken, optimizer), start, state, np.arange(size))
        self._program = self._programs[batches.size]
        self._batch_cost = self._program.cost

    @property
    def cost_of_step(self) -> Cost | None:
        """What a step on a batch costs: its share of what one on all rows would."""
        return self._batch_cost * (self.batches.size / self.batches.rows)

    @property
    def w(self) -> Array:
        """The current parameters, not to be kept."""
        return self._program.w

    @property
    def state(self) -> State:
        """The optimizer's state, not to be kept."""
        return self._program.state

    def _step(self) -> tuple[Any, int]:
        program, rows = self._program, self.batches.next()
        if len(rows) != len(program.rows):
            program = self._programs[len(rows)]
            program.take_over(self._program)
            self._program = program
        program.rows[...] = rows
        return program.advance() / self.batches.weight(len(rows)), len(rows)

    def _place(self, w: Array, state: State) -> None:
        self._program.write(w, state)

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used for that many steps."""
        return self._batch_cost * (self.batches.seen(steps) / self.batches.rows)

    def logging(self) -> Cost:
        """What was looked at over all rows."""
        return self._seen

    def remarks(self, end: bool = False) -> list[tuple[int, str]]:
        """None: a step that is compiled branches on nothing."""
        return []


def _weighted(problem: Problem, weight: float) -> Any:
    return lambda w, rows: weight * problem.loss(w, rows)


class PythonBatchStepper(BatchStepper):
    """Steps through Python: any method, any optimizer, batches in shards."""

    cost_of_step = None

    def __init__(
        self,
        problem: Problem,
        method: Method,
        optimizer: Optimizer,
        start: Array,
        batches: Batches,
        shards: int,
    ) -> None:
        super().__init__(problem, method, start, batches)
        self.optimizer = optimizer
        self._w = start
        self._state = begun(optimizer, start)
        self._remarks = Remarks(optimizer)
        self._batch = OnRows(problem, method, start, shards)
        self._batch.rows = np.arange(batches.size)
        self.objective = CountedObjective(self._batch, wants_gradient=optimizer.uses_gradient)
        self._batch.value(start)  # compiled now, not on the clock of the run
        if optimizer.uses_gradient:
            self._batch.gradient(start)

    @property
    def w(self) -> Array:
        """The current parameters, not to be kept."""
        return self._w

    def _step(self) -> tuple[Any, int]:
        batch, objective = self._batch, self.objective
        self.batches.turn(batch)
        objective.turn()
        self._w, self._state = guarded_step(self.optimizer, objective, self._w, self._state)
        self._remarks.hear(self._steps, self._state)
        value = objective.seen
        if value is None:
            self._seen += batch.cost_of_value
            value = batch.value(self._w)
        return value / batch.weight, len(batch.rows)

    @property
    def state(self) -> State:
        """The optimizer's state, not to be kept."""
        return self._state

    def snapshot(self) -> dict[str, Any]:
        """What any has, and what the optimizer has used and said."""
        own = {"used": self.objective.snapshot(), "remarks": self._remarks.snapshot()}
        return {**super().snapshot(), **own}

    def restore(self, kept: Mapping[str, Any], steps: int) -> None:
        """Go on from a snapshot."""
        super().restore(kept, steps)
        self.objective.restore(kept["used"], self._w)
        self._remarks.restore(kept["remarks"])

    def _place(self, w: Array, state: State) -> None:
        self._w, self._state = w, state

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used."""
        return self.objective.cost

    def logging(self) -> Cost:
        """What only the runner has used."""
        return self._seen + self.objective.logging

    def remarks(self, end: bool = False) -> list[tuple[int, str]]:
        """What the rule said of single steps since it was asked last."""
        return self._remarks.take(end)
