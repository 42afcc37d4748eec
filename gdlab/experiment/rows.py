"""The logged rows of a run, measured in batches so that logging costs next to nothing.

At a logged step only the loss, the parameters and the gradient are noted. Gradient norms and measures such as accuracy
are computed for many rows at once, as lanes of one program.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.autodiff import AtPoints, Cost
from gdlab.experiment.batch_stepper import BatchStepper
from gdlab.experiment.parts import OnRows
from gdlab.experiment.spec import Experiment
from gdlab.experiment.stepper import Stepper
from gdlab.experiment.watch import norm_of

Row = tuple[float | None, ...]

SECONDS = 0.2  # that a row waits at most while others come
BATCH = 256  # rows
ELEMENTS = 1 << 16  # of all parameters that wait
MUCH = 1 << 16  # rows × parameters, beyond which one point at a time fills the cache
AVERAGE_LOSS = "average_loss"  # the column of the loss at the averaged point
OF_BATCHES = ("epoch", "batch_loss")  # of a run on batches


class Rows:
    """Collects rows and hands them out, in order.

    Args:
        stepper: whose rows they are.
        experiment: what is run.
        tell: takes finished rows: step, loss, grad_norm, lr (of the step that begins there), evaluations, dual_passes,
            reverse_passes, seconds; on batches epoch and batch_loss, the mean over the batches since the row before;
            average_loss if the optimizer averages; and the measures.

    Attributes:
        grad_norm: of the last row that was handed out; None for a search without gradients.
        last_measures: of the last row that was handed out, average_loss among them.
        cost: of the losses of averaged points.
        slope: the gradient norm of the last row with a finite loss; 0 if there is none.
    """

    def __init__(
        self,
        stepper: Stepper,
        experiment: Experiment,
        tell: Callable[[Sequence[Row]], None],
    ) -> None:
        n, dtype = stepper.w.size, stepper.w.dtype
        self.stepper = stepper
        self.batch = max(1, min(BATCH, ELEMENTS // max(1, n)))
        self.optimizer = experiment.optimizer
        problem = experiment.problem
        lanes = self.batch if (problem.rows + problem.test_rows) * n <= MUCH and problem.resident else 0
        measures = {name: _of_all_rows(measure) for name, measure in problem.measures().items()}
        self.measured = {name: AtPoints(measure, stepper.w.copy(), lanes, few=0) for name, measure in measures.items()}
        parts = OnRows(problem, experiment.gradient, stepper.w.copy()) if problem.rows and not lanes else None
        loss = parts.value if parts is not None else _of_all_rows(problem.loss)
        self.average_loss = AtPoints(loss, stepper.w.copy(), lanes, few=0)
        self.uses_gradient = experiment.optimizer.uses_gradient
        self.tell = tell
        self.grad_norm: float | None = None
        self.slope = 0.0
        self.last_measures: dict[str, float] = {}
        self.cost = Cost()
        self._waiting: list[tuple[int, float, float, Cost | None, tuple[float | None, ...]]] = []
        self._points = np.empty((self.batch, n), dtype)
        self._slopes = np.empty((self.batch, n), dtype)
        self._averages = np.empty((self.batch if self.optimizer.averages else 0, n), dtype)
        self._due = 0.0

    def note(self, step: int, loss: float, seconds: float, now: float) -> None:
        """Take down what is known at a logged step."""
        at, stepper = len(self._waiting), self.stepper
        self._points[at] = stepper.w
        if self.uses_gradient:
            self._slopes[at] = stepper.gradient()
        if self.optimizer.averages:
            self._averages[at] = self.optimizer.solution(stepper.w, stepper.state)
        cost = None if stepper.cost_of_step is not None else stepper.cost(step)
        of_batches = (stepper.epoch(step), stepper.batch_loss()) if isinstance(stepper, BatchStepper) else ()
        self._waiting.append((step, loss, seconds, cost, of_batches))
        if at + 1 >= self.batch or now >= self._due:
            self.flush(now)

    def flush(self, now: float | None = None) -> None:
        """Measure and hand out the rows that wait."""
        waiting, self._waiting = self._waiting, []
        self._due = (perf_counter() if now is None else now) + SECONDS
        if not waiting:
            return
        points, slopes = self._points[: len(waiting)], self._slopes[: len(waiting)]
        norms: list[float | None] = [None] * len(waiting)
        if self.uses_gradient:
            norms = _norms(slopes)
        columns = {name: measured(points.T).tolist() for name, measured in self.measured.items()}
        if self.optimizer.averages:
            columns = {AVERAGE_LOSS: self.average_loss(self._averages[: len(waiting)].T).tolist(), **columns}
            self.cost += Cost(evaluations=len(waiting))
        lrs = self._lrs([step for step, *_ in waiting])
        rows: list[Row] = []
        for (step, loss, seconds, counted, of_batches), norm, lr, *measures in zip(
            waiting, norms, lrs, *columns.values(), strict=True
        ):
            cost = counted or self.stepper.cost(step)
            spent = (cost.evaluations, cost.dual_passes, cost.reverse_passes, round(seconds, 9))
            rows.append((step, loss, norm, lr, *spent, *of_batches, *measures))
            if norm is not None and math.isfinite(loss):
                self.slope = norm
        self.tell(rows)
        self.grad_norm = norms[-1]
        self.last_measures = {name: values[-1] for name, values in columns.items()}

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on, once no row waits."""
        measures = dict(self.last_measures)
        return {"norm": self.grad_norm, "slope": self.slope, "measures": measures, "cost": self.cost.counts()}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on from a snapshot."""
        self.grad_norm, self.slope = kept["norm"], kept["slope"]
        self.last_measures, self.cost = dict(kept["measures"]), Cost(*kept["cost"])

    def _lrs(self, steps: Sequence[int]) -> list[float | None]:
        """The step size of the steps that begin at the rows."""
        lr = self.optimizer.lr_at(np.array(steps, self._points.dtype))
        return [lr] * len(steps) if lr is None or np.ndim(lr) == 0 else lr.tolist()


def _norms(slopes: Any) -> list[float | None]:
    """The Euclidean norm of each row."""
    norms: list[float | None] = np.sqrt(np.einsum("kn,kn->k", slopes, slopes)).tolist()
    return [
        norm if norm is not None and 1e-150 < norm < math.inf else norm_of(slopes[i]) for i, norm in enumerate(norms)
    ]


def _of_all_rows(measure: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda w: measure(w, None)
