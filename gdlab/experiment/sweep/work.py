"""What a worker does: a piece of work from its cells to what became of them."""

import os
import socket
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np

from gdlab.errors import GdlabError, in_a_line
from gdlab.experiment.lanes import LaneCallbacks, LaneResults, train_lanes
from gdlab.experiment.result import Callbacks, Result
from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.parcel import Parcel
from gdlab.experiment.sweep.plan import Piece
from gdlab.experiment.train import columns, train
from gdlab.store.run import FEW
from gdlab.store.status import Status
from gdlab.store.sweep.chunk import Chunk

Array = np.ndarray[Any, np.dtype[Any]]


def work(
    piece: Piece | Parcel,
    stopped: Callable[[], bool] = lambda: False,
    within: Callable[[float], None] = lambda share: None,
) -> list[Chunk]:
    """Do a piece of work.

    What goes wrong with a cell is a result of that cell: it fails, and the others go on.

    Args:
        piece: the cells, as they are or as they were sent.
        stopped: asked a few times a second whether to stop; cells that it ends are not among the results.
        within: takes how much of the piece is done, as a share, a few times a second.
    """
    if isinstance(piece, Parcel):
        piece = Piece(*piece.opened())
    if not piece.laned:
        return _in_a_row(piece, stopped, within)
    try:
        return [_side_by_side(piece, stopped, within)]
    except MemoryError:
        if len(piece) == 1:
            return _in_a_row(piece, stopped, within)
        return [chunk for half in piece.halves() for chunk in work(half, stopped, within)]
    except Exception as error:  # noqa: BLE001 - each by itself tells which cell it is, and what is wrong with it
        why = " ".join(" ".join(traceback.format_exception_only(error)).split())
        chunks = _in_a_row(piece, stopped, within)
        return [replace(chunk, remark=f"cells ran one by one, since side by side: {why}") for chunk in chunks]


def _side_by_side(piece: Piece, stopped: Callable[[], bool], within: Callable[[float], None]) -> Chunk:
    begin, steps = perf_counter(), max(1, piece.jobs[0].experiment.steps)
    callbacks = LaneCallbacks(lambda done, step: within(step / steps), stopped)
    found = train_lanes([job.experiment for job in piece.jobs], callbacks)
    chunk = of_lanes(np.array([job.cell for job in piece.jobs]), found)
    return _finished(chunk, perf_counter() - begin)


def of_lanes(cells: Array, found: LaneResults) -> Chunk:
    """Lanes as they are stored."""
    small = found.w.shape[0] <= FEW
    return Chunk(
        cells=cells,
        status=[str(status) for status in found.statuses],
        step=found.steps,
        reason=found.reasons,
        summary=found.summary,
        rows=found.rows,
        curves={name: _narrow(found.column(name), found.rows) for name in found.columns},
        w=found.w if small else None,
    )


def _narrow(column: Array, rows: Array) -> Array:
    """A column of shape (points,) if it is the same for all cells, as steps and costs are: so much less is sent."""
    longest = column[:, int(np.argmax(rows))]
    within = np.arange(len(column))[:, None] < rows
    alike = (column == longest[:, None]) | ~within
    return longest.copy() if alike.all() else column


def _finished(chunk: Chunk, seconds: float) -> Chunk:
    """The chunk without the cells that were stopped, and with where and how long it took."""
    kept = np.array([status != Status.INTERRUPTED for status in chunk.status])
    return chunk.only(kept).with_surroundings(seconds, _where())


def _where() -> dict[str, Any]:
    return {"host": socket.gethostname(), "pid": os.getpid()}


@dataclass
class _Run:
    """A cell that ran by itself."""

    cell: int
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    status: str = Status.FAILED
    step: int = 0
    reason: str = ""
    summary: Mapping[str, float] = field(default_factory=dict)
    w: Array | None = None


def _in_a_row(piece: Piece, stopped: Callable[[], bool], within: Callable[[float], None]) -> list[Chunk]:
    """One cell after the other; those that log the same columns are stored together."""
    begin, runs = perf_counter(), []
    for job in piece.jobs:
        if stopped():
            break
        runs.append(_alone(job.cell, job.experiment, stopped))
        within(len(runs) / len(piece))
    kinds: dict[Any, list[_Run]] = {}
    for run in runs:
        kinds.setdefault((run.names, None if run.w is None else run.w.shape), []).append(run)
    seconds = (perf_counter() - begin) / max(1, len(runs))
    chunks = [_finished(_together(alike), seconds * len(alike)) for alike in kinds.values()]
    return [chunk for chunk in chunks if len(chunk)]


def _alone(cell: int, experiment: Experiment, stopped: Callable[[], bool]) -> _Run:
    run = _Run(cell, ("step", "loss"))
    try:
        run.names = columns(experiment)
        result = train(experiment, Callbacks(rows=run.rows.extend, stopped=stopped))
    except MemoryError:
        run.reason = "out of memory"
    except GdlabError as error:
        run.reason = in_a_line(error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one cell must not take the others with it
        run.reason = " ".join(traceback.format_exception_only(error)).strip()
    else:
        _take(run, result)
    return run


def _take(run: _Run, result: Result) -> None:
    outcome = result.outcome
    run.status, run.step, run.reason, run.summary = str(outcome.status), outcome.step, outcome.reason, result.summary
    run.w = result.w if result.w.size <= FEW else None


def _together(runs: Sequence[_Run]) -> Chunk:
    names, points = runs[0].names, max(len(run.rows) for run in runs)
    table = np.full((len(names), points, len(runs)), np.nan)
    for i, run in enumerate(runs):
        if run.rows:
            table[:, : len(run.rows), i] = np.array(run.rows, dtype=float).T
    keys = dict.fromkeys(key for run in runs for key in run.summary)
    return Chunk(
        cells=np.array([run.cell for run in runs]),
        status=[str(run.status) for run in runs],
        step=np.array([run.step for run in runs]),
        reason=[run.reason for run in runs],
        summary={key: np.array([run.summary.get(key, np.nan) for run in runs]) for key in keys},
        rows=np.array([len(run.rows) for run in runs]),
        curves=dict(zip(names, table, strict=True)),
        w=None if runs[0].w is None else np.stack([run.w for run in runs], axis=1),  # type: ignore[misc]
    )
