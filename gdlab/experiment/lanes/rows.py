"""The logged rows of many lanes, as columns of shape (points, lanes)."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff import AtPoints
from gdlab.experiment.lanes.kit import Kit
from gdlab.experiment.lanes.numbers import with_numbers
from gdlab.experiment.lanes.result import blank
from gdlab.experiment.lanes.stepper import LaneStepper
from gdlab.experiment.lanes.watch import norms
from gdlab.experiment.rows import AVERAGE_LOSS

Array = np.ndarray[Any, np.dtype[Any]]
ROOM = 1024  # rows that room is made for at once


class Measured:
    """What is measured at logged points beside loss and gradient, compiled once for each number of lanes."""

    def __init__(self, kit: Kit) -> None:
        problem = kit.experiment.problem
        self.measures: dict[str, Callable[[Any], Any]] = {
            name: _of_all_rows(measure) for name, measure in problem.measures().items()
        }
        self.average = _of_all_rows(problem.loss) if kit.optimizer.averages else None
        self.names = (*([AVERAGE_LOSS] if self.average else []), *self.measures)
        self._start = kit.start
        self._programs: dict[tuple[str, int], AtPoints] = {}

    def at(self, name: str, points: Array) -> Array:
        """A measure, or the loss of averages, at points of shape (n, lanes)."""
        key = name, points.shape[1]
        if key not in self._programs:
            f = self.average if name == AVERAGE_LOSS and self.average is not None else self.measures[name]
            self._programs[key] = AtPoints(f, self._start, points.shape[1])
        return self._programs[key](points)


class RowsOfLanes:
    """Collects the rows of lanes.

    Args:
        kit: what the lanes have in common.
        measured: likewise.
        numbers: by path, the numbers in which they differ, each of shape (lanes,).
        lanes: how many there are.

    Attributes:
        count: rows that each lane has, shape (lanes,).
        slope: the gradient norm of the last row of each lane with a finite loss, 0 if there is none; shape (lanes,).
    """

    def __init__(self, kit: Kit, measured: Measured, numbers: dict[str, Array], lanes: int) -> None:
        self._kit = kit
        self._measured = measured
        self._numbers = numbers
        self.count = np.zeros(lanes, int)
        self.slope = np.zeros(lanes)
        names = ("loss", "grad_norm", "seconds", *measured.names)
        whole = np.int32 if kit.experiment.steps < 1 << 31 else np.int64
        self._dtypes: dict[str, Any] = {"step": np.dtype(whole)} | dict.fromkeys(names, np.dtype(float))
        self._shape = min(kit.experiment.steps // kit.experiment.every + 2, ROOM), lanes
        self._pieces: list[dict[str, Array]] = []

    def note(self, step: int, stepper: LaneStepper, at: Array, lanes: Array, loss: Array, seconds: float) -> None:
        """Take down a row of some lanes.

        Args:
            step: steps done.
            stepper: whose points they are.
            at: where the lanes are in the stepper.
            lanes: their numbers here.
            loss: f(w) of all lanes of the stepper.
            seconds: of training.
        """
        row = int(self.count[lanes[0]])  # lanes that run have all been logged at the same steps
        whole: Any = slice(None)  # while all run, none has changed its place
        at, lanes = (whole, whole) if len(lanes) == len(self.count) else (at, lanes)
        values: dict[str, Any] = {"step": step, "loss": loss[at], "seconds": seconds}
        found = values["grad_norm"] = norms(stepper.gradient())[at]
        finite = np.isfinite(values["loss"])
        self.slope[lanes] = np.where(finite, found, self.slope[lanes])
        for name in self._measured.names:
            points = stepper.solution() if name == AVERAGE_LOSS else stepper.w
            values[name] = self._measured.at(name, points)[at]
        piece, at_row = divmod(row, self._shape[0])
        if piece == len(self._pieces):  # the system gives out its memory only as it is written to
            self._pieces.append({name: np.empty(self._shape, dtype) for name, dtype in self._dtypes.items()})
        for name, value in values.items():
            self._pieces[piece][name][at_row, lanes] = value
        self.count[lanes] += 1

    @cached_property
    def curves(self) -> dict[str, Array]:
        """What was noted, by name, with blanks beyond the last row of each lane; asked when all is noted."""
        points = int(self.count.max())
        beyond = np.arange(points)[:, None] >= self.count
        found = {}
        for name, dtype in self._dtypes.items():
            pieces = [piece[name] for piece in self._pieces]
            column = (pieces[0] if len(pieces) == 1 else np.concatenate(pieces))[:points]
            column[beyond] = blank(dtype)
            found[name] = column
        return found

    def last(self, name: str) -> Array:
        """The value in the last row of each lane."""
        return np.asarray(self.curves[name][self.count - 1, np.arange(len(self.count))])

    def lr(self) -> Array:
        """The step size of each lane, shape (lanes,), or of each row if it changes; NaN if there is none."""
        step = self.curves["step"]
        k = np.maximum(step, 0).astype(self._kit.start.dtype)
        lr = with_numbers(self._kit.optimizer, self._numbers).lr_at(k)
        lr = np.nan if lr is None else lr
        return np.array(lr) if np.ndim(lr) == 2 else np.array(np.broadcast_to(lr, step.shape[1:]))


def _of_all_rows(measure: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda w: measure(w, None)
