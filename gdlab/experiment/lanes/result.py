"""What became of many lanes, in columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gdlab.autodiff import Cost
from gdlab.experiment.outcome import Outcome
from gdlab.store.metrics import PASSES
from gdlab.store.status import Status

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Costs:
    """What a run has used after some steps, where all steps but the first ones cost the same.

    Args:
        first: after 0, 1, … steps.
    """

    first: tuple[Cost, ...]

    def __call__(self, steps: Any) -> dict[str, Any]:
        """evaluations, dual_passes and reverse_passes after a number, or an array of numbers, of steps."""
        known = len(self.first) - 1
        each, more = self.first[-1] + self.first[-2] * -1, np.maximum(np.asarray(steps) - known, 0)
        at = np.minimum(steps, known)
        return {
            name: np.array([getattr(cost, name) for cost in self.first])[at] + more * getattr(each, name)
            for name in PASSES
        }


@dataclass(frozen=True)
class LaneResults:
    """What experiments came to that ran side by side, in their order. Plain arrays and words: cheap to send and store.

    Args:
        statuses: how each ended.
        steps: the steps each had done then, shape (lanes,).
        reasons: why, and what to try.
        w: the final parameters, shape (n, lanes).
        solution: the points that the optimizers offer as their answers, shape (n, lanes).
        summary: the numbers of `Result.summary` by name, each of shape (lanes,); NaN where a lane has none.
        rows: how many rows each has logged, shape (lanes,).
        curves: what was noted in the logged rows by name, from `step` on, each of shape (points, lanes); NaN (in
            `step` −1) beyond the last row of a lane. The last row of each lane is that of its last step.
        lr: the step size of each lane, shape (lanes,), or of each row if it changes, shape (points, lanes); NaN if
            there is none.
        costs: what was used after some steps, the same for all lanes.
    """

    statuses: tuple[Status, ...]
    steps: Array
    reasons: tuple[str, ...]
    w: Array
    solution: Array
    summary: Mapping[str, Array]
    rows: Array
    curves: Mapping[str, Array]
    lr: Array
    costs: Costs

    def __len__(self) -> int:
        return len(self.statuses)

    def outcome(self, lane: int) -> Outcome:
        """How one lane ended."""
        return Outcome(self.statuses[lane], int(self.steps[lane]), self.reasons[lane])

    def summary_of(self, lane: int) -> dict[str, float]:
        """The summary of one lane; what it has none of is left out."""
        found = {name: float(values[lane]) for name, values in self.summary.items()}
        return {name: value for name, value in found.items() if not np.isnan(value) or name == "final_loss"}

    def curve(self, lane: int) -> dict[str, Array]:
        """The logged columns of one lane, each of shape (rows,)."""
        return {name: self.column(name)[: self.rows[lane], lane] for name in self.columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns of the logged rows, in the order of a run by itself."""
        first, others = ("step", "loss", "grad_norm"), tuple(self.curves)
        return (*first, "lr", *PASSES, *(name for name in others if name not in first))

    def column(self, name: str) -> Array:
        """A column of the logged rows, shape (points, lanes); NaN beyond the last row of a lane."""
        if name in self.curves:
            return self.curves[name]
        step = self.curves["step"]
        values = self.lr if name == "lr" else self.costs(np.maximum(step, 0))[name]
        return np.where(step < 0, np.nan, np.broadcast_to(values, step.shape))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The lanes of several results, one after the other."""
        if len(parts) == 1:
            return parts[0]
        points = max(len(part.curves["step"]) for part in parts)
        lrs = [part.lr for part in parts]
        lr = _side_by_side(lrs, points) if lrs[0].ndim > 1 else np.concatenate(lrs)
        return cls(
            tuple(status for part in parts for status in part.statuses),
            np.concatenate([part.steps for part in parts]),
            tuple(reason for part in parts for reason in part.reasons),
            np.concatenate([part.w for part in parts], axis=1),
            np.concatenate([part.solution for part in parts], axis=1),
            {name: np.concatenate([part.summary[name] for part in parts]) for name in parts[0].summary},
            np.concatenate([part.rows for part in parts]),
            {name: _side_by_side([part.curves[name] for part in parts], points) for name in parts[0].curves},
            lr,
            parts[0].costs,
        )


def _side_by_side(columns: Sequence[Array], points: int) -> Array:
    """Columns of lanes beside each other, the shorter ones filled up."""
    whole = np.full((points, sum(c.shape[1] for c in columns)), blank(columns[0].dtype), columns[0].dtype)
    begin = 0
    for column in columns:
        whole[: len(column), begin : begin + column.shape[1]] = column
        begin += column.shape[1]
    return whole


def blank(dtype: Any) -> Any:
    """What stands where a lane has no row."""
    return -1 if np.dtype(dtype).kind == "i" else np.nan
