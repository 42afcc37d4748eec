"""What a run came to, and whom it tells while it trains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdlab.autodiff import Cost
from gdlab.experiment.outcome import Outcome
from gdlab.experiment.rows import Row

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Result:
    """What a run came to.

    Args:
        w: the final parameters, shape (n,); where a run went wrong they may be far off, or not finite.
        outcome: how it ended.
        cost: what the optimizer used.
        logging: what was evaluated only to be logged or to judge the run.
        seconds: of the steps, without tracing and compiling before the first, and without logging.
        summary: final_loss, best_loss and best_step (of all steps; of the logged ones if the optimizer never looks at f
            where its steps begin), grad_norm, the costs, seconds, average_loss if the optimizer averages, and the last
            value of each measure. What there is none of is left out.
        solution: the point that the optimizer offers as its answer, shape (n,): the average if it averages, else w.
        losses, points: the loss and the parameters at every step, if recorded; shapes (steps + 1,), (steps + 1, n).
        remarks: what the optimizer said of single steps, each with its number, such as that the Hessian was damped.
    """

    w: Array
    outcome: Outcome
    cost: Cost
    logging: Cost
    seconds: float
    summary: dict[str, float]
    solution: Array
    losses: Array = field(default_factory=lambda: np.empty(0))
    points: Array | None = None
    remarks: tuple[tuple[int, str], ...] = ()

    def __repr__(self) -> str:
        w = np.array2string(self.w, precision=6, threshold=8, separator=", ")
        loss = self.summary["final_loss"]
        return f"Result({self.outcome.status} at step {self.outcome.step:,}: loss {loss:.6g}, w = {w})"


@dataclass
class Callbacks:
    """What the loop tells while it runs.

    Args:
        rows: takes logged rows, some at a time, in the order of `columns(experiment)`.
        progress: takes step and loss, a few times a second.
        stopped: asked a few times a second whether to stop; true ends the run as interrupted.
        remark: takes the number of a step and what the optimizer says of it, such as that it was damped.
        checkpoint: takes the number of a step and all that it takes to go on from there: nested mappings of arrays,
            numbers, lists and None; as often as the experiment says, and when it is stopped.
    """

    rows: Callable[[Sequence[Row]], None] = lambda rows: None
    progress: Callable[[int, float], None] = lambda step, loss: None
    stopped: Callable[[], bool] = lambda: False
    remark: Callable[[int, str], None] = lambda step, text: None
    checkpoint: Callable[[int, Mapping[str, Any]], None] = lambda step, kept: None
