"""The first steps of a run, with the numbers that enter each: the update rule at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.experiment.batches import batches_of
from gdlab.experiment.guard import guarded_step
from gdlab.experiment.objective import CountedObjective, counted
from gdlab.experiment.parts import OnRows
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.optimizers import Around, Optimizer
from gdlab.optimizers.checked import begun
from gdlab.own_code import shown_at_its_line

Array = np.ndarray[Any, np.dtype[Any]]

MOST_COORDINATES = 1000  # that are kept of each step
OWN = ("step", "coordinate", "lr", "w", "g", "g_used", "step_taken", "effective_lr")  # names that no part can have


@dataclass(frozen=True)
class TracedStep:
    """One step.

    Args:
        k: steps done before it.
        lr: the step size, None if the rule has none.
        vectors: by name, one number for each coordinate, shape (n,): w where the step begins; g, the gradient that the
            rule took first (ahead of w, if it looks ahead, and missing if it took none), and g_used if that was changed
            before the rule saw it; the rule's state after the step, and what its formula names beside it; the average;
            the step taken; and the effective step size of each coordinate, −step/g. A part of the state that is called
            as one of these others, or has but a number, goes by `state_` and that.
        numbers: by name, what of the state is one number for all coordinates.
    """

    k: int
    lr: float | None
    vectors: Mapping[str, Array]
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Trace:
    """The first steps of a run.

    Args:
        optimizer: its name.
        formula: its rule, one line or more.
        size: n, of which at most 1,000 coordinates are kept.
        steps: in their order.
        left_out: parts of the state that are neither numbers nor vectors, and their shapes.
    """

    optimizer: str
    formula: str
    size: int
    steps: tuple[TracedStep, ...]
    left_out: Mapping[str, tuple[int, ...]]

    def columns(self) -> tuple[str, ...]:
        """The columns of `rows`: step (how many were done before), coordinate, lr, the numbers, the vectors."""
        return ("step", "coordinate", "lr", *self.numbers(), *self.vectors())

    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers of any step."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.numbers))

    def vectors(self) -> tuple[str, ...]:
        """The names of the vectors of any step, in the order in which a step has them; not each has all."""
        return _merged([list(step.vectors) for step in self.steps])

    def rows(self) -> list[tuple[float | None, ...]]:
        """One row for each step and coordinate, with None for what a step does not have."""
        numbers, vectors = self.numbers(), self.vectors()
        return [
            (step.k, i, step.lr, *map(step.numbers.get, numbers), *(_at(step.vectors.get(name), i) for name in vectors))
            for step in self.steps
            for i in range(min(self.size, MOST_COORDINATES))
        ]


def _unlike_own(name: str) -> str:
    """The name of a part of the state; that of one without a name is its number."""
    return f"state_{name}" if name in OWN or name.isdigit() else name


def _at(vector: Array | None, i: int) -> float | None:
    return None if vector is None else float(vector[i])


def _merged(lists: Sequence[list[str]]) -> tuple[str, ...]:
    """All names in one order that keeps that of each list: what a list has more comes in behind what is before it."""
    merged: list[str] = []
    for names in lists:
        place = 0
        for name in names:
            if name in merged:
                place = merged.index(name) + 1
            else:
                merged.insert(place, name)
                place += 1
    return tuple(merged)


def trace(experiment: Experiment, steps: int, *, start: Any = None) -> Trace:
    """Walk the first steps of a run through Python, and note what enters each.

    The run itself is not touched: it takes the same steps, to rounding, and none of this is charged to it.

    Args:
        experiment: what is run.
        steps: how many at most.
        start: w₀, shape (n,), instead of the problem's own.

    Raises:
        DifferentiationError: if the loss cannot be differentiated by the method.
        OwnCodeError: if an optimizer from the user's own file raises an error.
    """
    experiment = experiment.drawn()
    problem, optimizer, seed = experiment.problem, experiment.optimizer, experiment.seed
    begin = problem.initial(Streams.of(seed).start) if start is None else np.array(start, float)
    batches = batches_of(experiment.batch, problem, seed)
    rows = OnRows(problem, experiment.gradient, begin) if batches is not None else None
    traced: list[TracedStep] = []
    left_out: dict[str, tuple[int, ...]] = {}
    with np.errstate(all="ignore"), shown_at_its_line():
        objective = _Recorder(counted(problem, experiment.gradient, optimizer, begin, rows))
        w, state = begin, begun(optimizer, begin)
        for k in range(min(steps, experiment.steps)):
            objective.gradients.clear()
            if batches is not None and rows is not None:
                batches.turn(rows)
                objective.objective.turn()
            after, state = guarded_step(optimizer, objective, w, state)
            named = optimizer.parts(state) | optimizer.derived(state)
            parts = {_unlike_own(name): part for name, part in named.items()}
            left_out |= {name: np.shape(part) for name, part in parts.items() if np.shape(part) not in ((), w.shape)}
            traced.append(_step(optimizer, k, w, after, objective.gradients, parts))
            w = after
    return Trace(optimizer.name, optimizer.formula, begin.size, tuple(traced), left_out)


class _Recorder:
    """An objective that keeps the gradients it gave, and where."""

    def __init__(self, objective: CountedObjective) -> None:
        self.objective = objective
        self.gradients: list[tuple[Array, Array]] = []

    def value(self, w: Array) -> Any:
        return self.objective.value(w)

    def gradient(self, w: Array) -> Array:
        gradient = self.objective.gradient(w)
        self.gradients.append((w, gradient))
        return gradient

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        value, gradient = self.objective.value_and_gradient(w)
        self.gradients.append((w, gradient))
        return value, gradient

    def hessian(self, w: Array) -> Array:
        return self.objective.hessian(w)

    def hvp(self, w: Array, v: Array) -> Array:
        return self.objective.hvp(w, v)

    def residuals(self, w: Array) -> Array:
        return self.objective.residuals(w)

    def residuals_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        return self.objective.residuals_and_jacobian(w)


def _step(
    optimizer: Optimizer,
    k: int,
    w: Array,
    after: Array,
    gradients: Sequence[tuple[Array, Array]],
    parts: Mapping[str, Any],
) -> TracedStep:
    vectors = {"w": w}
    taken = after - w
    if gradients:
        point, g = gradients[0]
        vectors["g"] = g
        now = optimizer.at(k) if isinstance(optimizer, Around) else None
        if now is not None and now.changes_objective:
            vectors["g_used"] = now.changed(g, point, k)
    vectors |= {name: part for name, part in parts.items() if np.shape(part) == w.shape}
    vectors["step_taken"] = taken
    if gradients:
        vectors["effective_lr"] = np.where(gradients[0][1] == 0, np.nan, -taken / gradients[0][1])
    lr = optimizer.lr_at(k)
    numbers = {name: float(part) for name, part in parts.items() if np.shape(part) == ()}
    kept = {name: np.array(vector[:MOST_COORDINATES]) for name, vector in vectors.items()}
    return TracedStep(k, None if lr is None else float(lr), kept, numbers)
