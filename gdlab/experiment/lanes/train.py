"""Training many experiments at once, each a lane of one program."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.errors import UsageError
from gdlab.experiment.advice import Curvature
from gdlab.experiment.fitting import fitted
from gdlab.experiment.lanes.key import LaneKeys, Reason
from gdlab.experiment.lanes.kit import Kit
from gdlab.experiment.lanes.loop import Cells, LaneCallbacks, LaneLoop
from gdlab.experiment.lanes.numbers import structure
from gdlab.experiment.lanes.result import LaneResults
from gdlab.experiment.lanes.rows import Measured
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import checked_start
from gdlab.optimizers.base import Optimizer
from gdlab.own_code import shown_at_its_line

Array = np.ndarray[Any, np.dtype[Any]]


def train_lanes(
    experiments: Sequence[Experiment], callbacks: LaneCallbacks | None = None, *, block: int | None = None
) -> LaneResults:
    """Run experiments that have the same `lane_key` side by side to their ends.

    Each lane does what `train` does with the same experiment: it starts at the same point, takes the same steps, is
    judged by the same rules at the same steps, and logs the same rows at the same costs. What may differ is rounding:
    sums over rows and parameters may be taken in another order, and functions such as tanh may round otherwise in
    longer arrays. So one step agrees to a few units in the last place (by differences of values, divided by their
    step), and so does a run as long as it does not amplify rounding; a chaotic one parts from its twin as it would on
    another machine. Where an end hangs on the last bit, such as a loss that no longer changes, its step may differ.

    A lane's seconds are its share of the time of its program: those of all lanes add up to what was spent. That is
    what `max_seconds` bounds.

    Args:
        experiments: at least one.
        callbacks: whom to tell.
        block: how many run at once; unset, as many as keep the arrays in the cache.

    Raises:
        UsageError: if the experiments cannot share a program; says why.
        OwnCodeError: if an optimizer or a loss from the user's own file raises an error; shows its line.
    """
    with np.errstate(all="ignore"), shown_at_its_line():
        cells = _prepared(experiments, callbacks or LaneCallbacks())
        count, size = len(experiments), block or cells.kit.block
        blocks = ((begin, min(begin + size, count)) for begin in range(0, count, size))
        return LaneResults.joined([LaneLoop(cells, begin, end).run() for begin, end in blocks])


def _prepared(experiments: Sequence[Experiment], callbacks: LaneCallbacks) -> Cells:
    differing = _differing(experiments)
    experiment = experiments[0].drawn()
    optimizers, starts = _fitted(experiments, experiment), _starts(experiments, experiment)
    kit = Kit(experiment, optimizers, starts[:, 0], differing)
    return Cells(experiment, optimizers, starts, kit, Measured(kit), Curvature(experiment), callbacks)


def _differing(experiments: Sequence[Experiment]) -> frozenset[str]:
    """The numbers in which experiments that can share a program may differ.

    Raises:
        UsageError: if they cannot share one.
    """
    if not experiments:
        raise UsageError("there are no experiments to run side by side")
    keys = LaneKeys()
    first = keys.of(experiments[0])
    if isinstance(first, Reason):
        raise UsageError(f"{experiments[0].name} cannot run side by side with others: {first}")
    for experiment in experiments[1:]:
        key = keys.of(experiment)
        if key != first:
            why = f": {key}" if isinstance(key, Reason) else ", they differ in more than seed, start and numbers"
            raise UsageError(f"{experiment.name} and {experiments[0].name} cannot share a program{why}")
    return keys.differing(experiments[0])


def _fitted(experiments: Sequence[Experiment], drawn: Experiment) -> list[Optimizer]:
    """The optimizer of each run, made once for those that are the same."""
    known: dict[Any, Optimizer] = {}
    found = []
    for experiment in experiments:
        key = id(experiment.optimizer), experiment.seed if _seeded(experiment.optimizer) else None
        if key not in known:
            known[key] = fitted(experiment.optimizer, drawn.problem, drawn.steps, experiment.seed)
        found.append(known[key])
    return found


def _seeded(optimizer: Optimizer) -> bool:
    return getattr(optimizer, "noise", None) is not None


def _starts(experiments: Sequence[Experiment], drawn: Experiment) -> Array:
    """w₀ of each experiment as a column; runs of the same seed and problem start at the same point."""
    shapes: dict[int, Any] = {}
    known: dict[Any, Array] = {}
    columns = []
    first = structure(experiments[0].problem)
    for experiment in experiments:
        problem = experiment.problem
        shape = shapes.get(id(problem)) or structure(problem)
        shapes[id(problem)] = shape
        key = experiment.seed, shape
        if key not in known:
            problem = drawn.problem if shape == first else problem
            known[key] = checked_start(problem.initial(Streams.of(experiment.seed).start))
        columns.append(known[key])
    return np.stack(columns, axis=1)
