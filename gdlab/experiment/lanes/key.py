"""Which experiments can run as lanes of one program, and why others cannot."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdlab.autodiff.lane_derivatives import DerivativesInLanes, why_not_in_lanes
from gdlab.errors import DifferentiationError
from gdlab.experiment.fitting import fitted, innermost
from gdlab.experiment.lanes.numbers import numbers, structure
from gdlab.experiment.lanes.probe import can_differ, mixes_lanes
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import MOST_ROWS
from gdlab.optimizers import Optimizer
from gdlab.problems.base import Problem

LARGE = 6000  # multiplications of matrices in a loss, from where BLAS on one run is as fast as many runs side by side


@dataclass(frozen=True)
class Reason:
    """Why an experiment runs by itself, in a sentence without a full stop."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class LaneKeys:
    """Tells for each experiment what must be equal in those that share a program with it.

    What takes long, such as tracing a loss, is done once for experiments that are alike.
    """

    _reasons: dict[Hashable, Reason | None] = field(default_factory=dict)
    _lanes: dict[Hashable, frozenset[str]] = field(default_factory=dict)
    _fixed_data: dict[Hashable, bool] = field(default_factory=dict)
    _known: dict[tuple[str, int], tuple[Any, Any]] = field(default_factory=dict)  # by kind and identity

    def of(self, experiment: Experiment) -> Hashable | Reason:
        """The key, or the reason why the experiment runs by itself."""
        problem, method, optimizer = experiment.problem, experiment.gradient, experiment.optimizer
        reason = _why_alone(experiment)
        if reason is not None:
            return reason
        shape, every_number = self._shape(optimizer)
        differing = self.differing(experiment)
        rest = shape if differing == every_number else structure(optimizer, differing)
        problem_key = self._once("problem", problem, _problem_key)
        whole = (
            *(problem_key, self._once("method", method, structure)),
            rest,
            *(experiment.steps, experiment.stop, experiment.log, self._data(experiment, problem_key)),
        )
        if whole not in self._reasons:
            self._reasons[whole] = _why_not_traced(experiment)
        return self._reasons[whole] or whole

    def differing(self, experiment: Experiment) -> frozenset[str]:
        """The numbers of the optimizer that may differ: those whose values the rule branches on must be the same."""
        optimizer = experiment.optimizer
        shape, _ = self._shape(optimizer)
        if shape not in self._lanes:
            self._lanes[shape] = can_differ(fitted(optimizer, experiment.problem, experiment.steps, experiment.seed))
        return self._lanes[shape]

    def _shape(self, optimizer: Optimizer) -> tuple[Hashable, frozenset[str]]:
        """What an optimizer is without its numbers, and their paths."""

        def taken(rule: Optimizer) -> tuple[Hashable, frozenset[str]]:
            paths = frozenset(numbers(rule))
            return structure(rule, paths), paths

        return self._once("shape", optimizer, taken)  # type: ignore[no-any-return]

    def _once(self, kind: str, part: Any, key: Callable[[Any], Hashable]) -> Any:
        """What a part contributes; cells mostly share their parts."""
        if (kind, id(part)) not in self._known:
            self._known[kind, id(part)] = part, key(part)
        return self._known[kind, id(part)][1]

    def _data(self, experiment: Experiment, problem_key: Hashable) -> int | None:
        """The seed that draws the data; None if they are the same for all."""
        if problem_key not in self._fixed_data:
            stream = Streams.of(experiment.seed).data
            before = stream.bit_generator.state
            experiment.problem.drawn(stream)
            self._fixed_data[problem_key] = bool(stream.bit_generator.state == before)
        return None if self._fixed_data[problem_key] else experiment.seed


def lane_key(experiment: Experiment) -> Hashable | Reason:
    """What must be equal for experiments to share a program, or the reason why this one runs by itself.

    Lanes may differ in seed, start, name, tags, and in the floating-point numbers of the optimizer, of its schedules
    and of what is around it. If the seed draws the data, it must be equal too. For many experiments `LaneKeys` is
    faster.
    """
    return LaneKeys().of(experiment)


def group(experiments: Sequence[Experiment]) -> tuple[list[list[int]], dict[int, Reason]]:
    """The numbers of the experiments that share a program, and of those that run by themselves with the reason."""
    keys, groups, alone = LaneKeys(), {}, {}  # type: ignore[var-annotated]
    for i, experiment in enumerate(experiments):
        key = keys.of(experiment)
        if isinstance(key, Reason):
            alone[i] = key
        else:
            groups.setdefault(key, []).append(i)
    return list(groups.values()), alone


def _problem_key(problem: Problem) -> Hashable:
    """What must be equal in problems, beside what the seed draws: all but a point to start from."""
    start: Any = getattr(problem, "start", None)
    numbers_only = isinstance(start, int | float | tuple) and not isinstance(start, bool)
    if not numbers_only or not type(problem).__module__.startswith("gdlab."):
        return structure(problem)  # type: ignore[no-any-return]
    return structure(problem, frozenset({"start"})), np.shape(start)


def _why_alone(experiment: Experiment) -> Reason | None:
    """What the experiment alone tells, without tracing anything."""
    problem, method, rule = experiment.problem, experiment.gradient, innermost(experiment.optimizer)
    if experiment.batch.size is not None:
        return Reason("each run draws minibatches of its own, step by step")
    if experiment.batch.shards > 1 or problem.rows > MOST_ROWS:
        return Reason("its gradient is added up from parts of the data, which keeps the machine busy by itself")
    if not rule.traceable:
        return Reason(f"{rule.name} branches on the values it meets, which differ from run to run")
    why = why_not_in_lanes(method)
    return None if why is None else Reason(why)


def _why_not_traced(experiment: Experiment) -> Reason | None:
    """What only shows once the loss and the step are traced."""
    problem = experiment.problem
    start = problem.initial(Streams.of(experiment.seed).start)
    try:
        derivatives = DerivativesInLanes(lambda w: problem.loss(w, None), start, experiment.gradient)
        if derivatives.products > LARGE:
            return Reason("its products of matrices are so large that a run by itself keeps a core as busy")
        with np.errstate(all="ignore"):
            derivatives.value_and_gradient(np.stack([start, start], axis=1))
    except (DifferentiationError, NotImplementedError) as error:
        return Reason(f"its loss does not run in lanes: {_first_sentence(error)}")
    except Exception as error:
        if type(problem).__module__.startswith("gdlab."):
            raise
        return Reason(f"its loss cannot be traced: {_first_sentence(error)}")
    optimizer: Any = fitted(experiment.optimizer, problem, experiment.steps, experiment.seed)
    if mixes_lanes(optimizer):
        return Reason(f"the step of {optimizer.name} does not take replicas side by side as it takes each by itself")
    return None


def _first_sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text.splitlines()[0].split(". ")[0].rstrip(".")
