"""The first steps of a run, with the numbers that enter each: the update rule at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from gdlab.experiment.batches import batches_of
from gdlab.experiment.guard import guarded_step
from gdlab.experiment.objective import CountedObjective, counted
from gdlab.experiment.parts import OnRows
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.optimizers import Around, Optimizer
from gdlab.optimizers.base import Move
from gdlab.optimizers.checked import begun
from gdlab.own_code import shown_at_its_line

Array = np.ndarray[Any, np.dtype[Any]]

MOST_COORDINATES = 1000  # that are kept of each step
# Parts of states by the symbol that they have in the formulas.
_SYMBOLS = {"mu": "μ", "sigma": "σ", "alpha": "α", "delta": "Δ", "dw": "Δw", "gamma": "γ"}

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
        formula: its rule as it runs, with what is around it, one line or more.
        size: n, of which at most 1,000 coordinates are kept.
        steps: in their order.
        left_out: parts of the state that are neither numbers nor vectors, and their shapes.
        settings: the numbers and words in the rule that do not change, by name.
    """

    optimizer: str
    formula: str
    size: int
    steps: tuple[TracedStep, ...]
    left_out: Mapping[str, tuple[int, ...]]
    settings: Mapping[str, float | str | bool] = field(default_factory=dict)

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
        # The numbers that made a step, though the state begins anew after it.
        unbroken = replace(optimizer, restart=None) if isinstance(optimizer, Around) else optimizer
        w, state = begin, begun(optimizer, begin)
        for k in range(min(steps, experiment.steps)):
            objective.begin()
            if batches is not None and rows is not None:
                batches.turn(rows)
                objective.objective.turn()
            after, new = guarded_step(unbroken, objective, w, state)
            seen = objective.seen(w, optimizer, k)
            named = {_SYMBOLS.get(name, name): part for name, part in optimizer.parts(new).items()}
            named |= optimizer.derived(Move(w, after, seen.used, seen.f, state, new))
            parts = {_unlike_own(name): part for name, part in named.items()}
            left_out |= {name: np.shape(part) for name, part in parts.items() if np.shape(part) not in ((), w.shape)}
            traced.append(_step(optimizer, k, w, after, seen, parts))
            w, state = after, optimizer.restarted(after, new) if isinstance(optimizer, Around) else new
    return Trace(optimizer.name, optimizer.written, begin.size, tuple(traced), left_out, _settings(optimizer))


def _settings(optimizer: Optimizer) -> dict[str, float | str | bool]:
    """The hyper-parameters of the rule and of what is around it; not those that are unset or follow a schedule."""
    around = optimizer if isinstance(optimizer, Around) else None
    records: list[Any] = [optimizer] if around is None else [around.rule, around, around.noise, around.average]
    varying = {"lr"} if around is None else {"lr", *dict(around.schedules)}
    found: dict[str, float | str | bool] = {}
    for record in records:
        for parameter in record.parameters() if record is not None else ():
            value = getattr(record, parameter.name)
            unused = parameter.name in ("clip_eps", "decay") and record is around and value == parameter.default
            if isinstance(value, float | int | str) and parameter.name not in varying and not unused:
                found.setdefault(parameter.name, value)
    return found


class _Seen(NamedTuple):
    """f where the step began, the gradient that it took first, and that as the rule saw it, if there is any."""

    f: float | None
    g: Array | None
    used: Array | None
    changed: bool


class _Recorder:
    """An objective that keeps the gradients it gave, and where."""

    def __init__(self, objective: CountedObjective) -> None:
        self.objective = objective
        self.begin()

    def begin(self) -> None:
        """Forget what the last step has asked for."""
        self._values: list[tuple[Array, float]] = []
        self._gradients: list[tuple[Array, Array]] = []

    def seen(self, w: Array, optimizer: Optimizer, k: int) -> _Seen:
        """What the step k + 1 from w has asked for."""
        f = next((value for point, value in self._values if point is w), None)
        if not self._gradients:
            # Rules on residuals take no gradient, but have one.
            g = self.objective.gradient(w) if "residuals" in optimizer.needs else None
            return _Seen(f, g, g, changed=False)
        point, g = self._gradients[0]
        now = optimizer.at(k) if isinstance(optimizer, Around) else None
        if now is None or not now.changes_objective:
            return _Seen(f, g, g, changed=False)
        return _Seen(f, g, now.changed(g, point, k), changed=True)

    def value(self, w: Array) -> Any:
        value = self.objective.value(w)
        self._values.append((w, float(value)))
        return value

    def gradient(self, w: Array) -> Array:
        gradient = self.objective.gradient(w)
        self._gradients.append((w, gradient))
        return gradient

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        value, gradient = self.objective.value_and_gradient(w)
        self._values.append((w, float(value)))
        self._gradients.append((w, gradient))
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
    seen: _Seen,
    parts: Mapping[str, Any],
) -> TracedStep:
    vectors = {"w": w}
    taken = after - w
    if seen.g is not None:
        vectors["g"] = seen.g
    if seen.changed and seen.used is not None:
        vectors["g_used"] = seen.used
    vectors |= {name: part for name, part in parts.items() if np.shape(part) == w.shape}
    vectors["step_taken"] = taken
    if seen.g is not None:
        vectors["effective_lr"] = np.where(seen.g == 0, np.nan, -taken / seen.g)
    lr = optimizer.lr_at(k)
    numbers = {name: float(part) for name, part in parts.items() if np.shape(part) == ()}
    kept = {name: np.array(vector[:MOST_COORDINATES]) for name, vector in vectors.items()}
    return TracedStep(k, None if lr is None else float(lr), kept, numbers)
