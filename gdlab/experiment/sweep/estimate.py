"""How long a sweep will take, from a few steps of each kind of its work."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from gdlab.experiment.spec import Log, Stop
from gdlab.experiment.sweep.plan import Piece
from gdlab.experiment.sweep.work import work

SHORT, LONG = 20, 120  # steps of the two trials, whose difference tells the time of a step
ENOUGH = 2.0  # seconds that trying may take, about


def seconds(pieces: Sequence[Piece], workers: int = 1) -> float | None:
    """The wall time of the work, about; None if trying it would take too long.

    Cells that end early make it less, and what waits for others of its kind to end makes it more.

    Args:
        pieces: the work.
        workers: how many work at once.
    """
    begin, total = perf_counter(), 0.0
    known: dict[object, tuple[float, float]] = {}
    for piece in pieces:
        first = piece.jobs[0].experiment
        kind = (
            piece.laned,
            type(first.problem),
            type(first.optimizer),
            first.gradient,
            len(piece) if piece.laned else 0,
        )
        if kind not in known:
            if perf_counter() - begin > ENOUGH:
                return None
            known[kind] = _tried(piece)
        setup, step = known[kind]
        times = 1 if piece.laned else len(piece)
        total += times * (setup + step * first.steps)
    return total / max(1, min(workers, len(pieces)))


def _tried(piece: Piece) -> tuple[float, float]:
    """Seconds before the first step, and of each step."""
    short, long = _timed(piece, SHORT), _timed(piece, LONG)
    step = max(0.0, (long - short) / (LONG - SHORT))
    return max(0.0, short - SHORT * step), step


def _timed(piece: Piece, steps: int) -> float:
    jobs = piece.jobs if piece.laned else piece.jobs[:1]
    few = min(steps, jobs[0].experiment.steps)
    shorter = tuple(
        replace(job, experiment=replace(job.experiment, steps=few, stop=Stop(), log=Log(every=steps))) for job in jobs
    )
    begin = perf_counter()
    work(replace(piece, jobs=shorter))
    return perf_counter() - begin
