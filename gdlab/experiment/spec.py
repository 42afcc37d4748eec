"""An experiment: everything that determines a run."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

from annotated_types import Ge

from gdlab.autodiff.methods import Method
from gdlab.errors import ParameterError
from gdlab.experiment.fitting import fitted
from gdlab.experiment.seeds import Streams
from gdlab.optimizers.base import Optimizer
from gdlab.problems.base import Problem
from gdlab.record import Count, NonNegative, Positive, Record

ROWS = 1000  # that a run logs, or up to twice as many, unless it says how often
ROWS_OF_A_CELL = 100  # of a sweep, in which there are many curves to draw
FEW_ROWS = 20  # that a run on batches logs at least


@dataclass(frozen=True)
class Stop(Record):
    """When to stop before all steps are done."""

    name = "stop"

    target_loss: Annotated[float | None, "stop as converged once the loss is at most this"] = None
    grad_tol: Annotated[
        NonNegative | None, "stop as converged once the Euclidean norm of the gradient is at most this"
    ] = None
    max_seconds: Annotated[Positive | None, "stop as timeout after this many seconds of training"] = None


@dataclass(frozen=True)
class Log(Record):
    """What is logged while a run trains."""

    name = "log"

    every: Annotated[
        Count | None,
        "steps between two logged rows; unset: steps // 1000, in a sweep steps // 100; on batches at least an epoch or "
        "steps // 20",
    ] = None


@dataclass(frozen=True)
class Checkpoint(Record):
    """When everything that it takes to go on with a run is stored, so that it need not begin again."""

    name = "checkpoint"

    every: Annotated[Count | None, "steps between two checkpoints; unset: none"] = None


@dataclass(frozen=True)
class Batch(Record):
    """How many rows of the data each step looks at, and how they are chosen.

    Source: Robbins & Monro 1951 (one row a step, with replacement); Bottou, Curtis & Nocedal 2018, SIAM Review 60(2).
    """

    name = "batch"

    size: Annotated[Count | None, "rows of a step; 1 is stochastic gradient descent; unset: all"] = None
    sampling: Annotated[Literal["epoch", "replacement"], "each row once an epoch, or rows drawn with replacement"] = (
        "epoch"
    )
    shuffle: Annotated[bool, "a new order of the rows in each epoch"] = True
    partial: Annotated[
        Literal["weighted", "mean", "drop"],
        "the smaller batch at the end of an epoch: its loss is the mean over its rows times its share of size, so that "
        "all rows count alike; the plain mean; or it is left out",
    ] = "weighted"
    shards: Annotated[Count, "parts of the rows whose gradients are computed apart, in threads, and added"] = 1


@dataclass(frozen=True)
class Experiment:
    """Everything that determines a run: the same experiment gives the same curve.

    Args:
        problem: what is minimised.
        gradient: how it is differentiated.
        optimizer: how it is minimised.
        steps: the budget in steps of the optimizer.
        seed: feeds the streams for the start, the data and the minibatches.
        stop: when to stop earlier.
        log: what is logged.
        batch: the rows of each step.
        checkpoint: when to store what it takes to go on.
        name: letters, digits, `.`, `_` and `-`.
        tags: words to select runs by.

    Raises:
        ParameterError: if steps or seed is not a whole number ≥ 0, or the optimizer cannot be used for the problem.
    """

    problem: Problem
    gradient: Method
    optimizer: Optimizer
    steps: Annotated[int, Ge(0)] = 1000
    seed: Annotated[int, Ge(0)] = 0
    stop: Stop = field(default_factory=Stop)
    log: Log = field(default_factory=Log)
    batch: Batch = field(default_factory=Batch)
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    name: str = "run"
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("steps", "seed"):
            value = getattr(self, key)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ParameterError(f"{key} = {value!r} is not allowed, it must be a whole number ≥ 0", key)
        fitted(self.optimizer, self.problem, self.steps, self.seed)
        _check_batch(self.batch, self.problem, self.optimizer)

    def drawn(self) -> Self:
        """With what is left open until it runs: the data of its seed, and what the optimizer has to know of the run."""
        problem = self.problem.drawn(Streams.of(self.seed).data)
        return replace(self, problem=problem, optimizer=fitted(self.optimizer, problem, self.steps, self.seed))

    @property
    def every(self) -> int:
        """Steps between two logged rows."""
        return self.log.every or self.interval(ROWS)

    def interval(self, rows: int) -> int:
        """Steps between two logged rows, for a run that logs so many, or up to twice as many.

        On batches a row costs a look at all rows of the data, as much as an epoch does: there are then fewer.
        """
        few = max(1, self.steps // rows)
        if self.batch.size is None:
            return few
        epoch = -(-self.problem.rows // self.batch.size)
        return max(few, min(epoch, self.steps // FEW_ROWS))


def _check_batch(batch: Batch, problem: Problem, optimizer: Optimizer) -> None:
    """Hold a batch to the rows that there are.

    Raises:
        ParameterError: if it cannot be taken from them.
    """
    if batch == Batch():
        return
    rows, key = problem.rows, "size" if batch.size is not None else "shards"
    many = batch.size if batch.size is not None else rows
    if rows == 0:
        raise ParameterError(f"batch: problem {problem.name!r} has no rows of data to take a batch from", "batch")
    if many > rows:
        raise ParameterError(f"batch: size = {many:,} is not allowed, the data have {rows:,} rows", "batch.size")
    if batch.shards > many:
        message = f"batch: shards = {batch.shards:,} is not allowed, there are {many:,} rows to share out"
        raise ParameterError(message, "batch.shards")
    if key == "size" and "residuals" in optimizer.needs:
        message = f"batch: optimizer {optimizer.name!r} works on the residuals of all rows; leave size out"
        raise ParameterError(message, "batch.size")
