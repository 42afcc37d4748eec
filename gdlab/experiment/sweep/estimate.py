"""How long a sweep will take, from a few steps of each kind of its work."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from time import perf_counter

from gdlab.experiment.spec import Experiment, Log, Stop
from gdlab.experiment.sweep.plan import Piece
from gdlab.experiment.sweep.work import work

SHORT, LONG = 20, 120  # steps of the two trials, whose difference tells the time of a step
EACH, ENOUGH = 0.5, 2.0  # seconds that one trial, and all of them, may take


def seconds(pieces: Sequence[Piece], workers: int = 1) -> float | None:
    """The wall time of the work, about; None if trying it would take too long.

    Cells that end early make it less, and what waits for others of its kind to end makes it more.

    Args:
        pieces: the work.
        workers: how many work at once.
    """
    begin, total = perf_counter(), 0.0
    known: dict[Hashable, tuple[float, float] | None] = {}
    for piece in pieces:
        kind = _kind(piece)
        if kind not in known:
            known[kind] = None if perf_counter() - begin > ENOUGH else _tried(piece)
        found = known[kind]
        if found is None:
            return None
        setup, step = found
        times = 1 if piece.laned else len(piece)
        total += times * (setup + step * piece.jobs[0].experiment.steps)
    return total / max(1, min(workers, len(pieces)))


def _kind(piece: Piece) -> Hashable:
    """What work takes about the same time for a step: what is alike but for numbers and seeds."""
    first = piece.jobs[0].experiment
    lanes = len(piece) if piece.laned else 0
    return type(first.optimizer), repr(first.problem), repr(first.gradient), repr(first.batch), lanes


def _tried(piece: Piece) -> tuple[float, float] | None:
    """Seconds before the first step, and of each step; None if not even a few steps are done in time."""
    short, few = _timed(piece, SHORT)
    if not few:
        return None
    if short > EACH:  # it is the steps that take long
        return 0.0, short / few
    long, more = _timed(piece, LONG)
    step = max(0.0, long - short) / (more - few) if more > few else long / max(1, more)
    return max(0.0, short - few * step), step


def _timed(piece: Piece, steps: int) -> tuple[float, int]:
    """The time of a trial, and how many of its steps were done."""
    begin, share = perf_counter(), 0.0

    def note(done: float) -> None:
        nonlocal share
        share = done

    jobs = piece.jobs if piece.laned else piece.jobs[:1]
    steps = min(steps, jobs[0].experiment.steps)
    shorter = tuple(replace(job, experiment=_of(job.experiment, steps)) for job in jobs)
    chunks = work(replace(piece, jobs=shorter), lambda: perf_counter() - begin > EACH, note)
    whole = sum(map(len, chunks)) == len(shorter)
    return perf_counter() - begin, max(1, steps) if whole else int(share * steps)


def _of(experiment: Experiment, steps: int) -> Experiment:
    return replace(experiment, steps=steps, stop=Stop(), log=Log(every=max(1, steps)))
