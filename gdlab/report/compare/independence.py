"""Whether runs of several seeds say more than one of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from gdlab.errors import StoreError
from gdlab.store.run import Run

Shared = Literal["", "seed", "clock"]


def shared(runs: Sequence[Run], *, timed: bool) -> Shared:
    """What makes runs of several seeds count as one, if anything does.

    Ten runs of a fixed start without batches are one run ten times, and cells of a sweep that went side by side have
    the seconds of all of them: either would prove any difference.

    Args:
        runs: of one line.
        timed: whether they are judged by seconds.

    Returns:
        `seed` if it changes nothing, to the last bit, `clock` if seconds are asked for and of one clock, else nothing.
    """
    if len({run.seed for run in runs}) < 2:
        return ""
    if _is_seed_idle(runs):
        return "seed"
    return "clock" if timed and _is_clock_shared(runs) else ""


def _is_seed_idle(runs: Sequence[Run]) -> bool:
    first = runs[0]
    other = next(run for run in runs if run.seed != first.seed)
    if len(runs) == len({run.seed for run in runs}) and _ended(first) != _ended(other):
        return False
    seeds: dict[int, list[str]] = {}
    for run in runs:
        seeds.setdefault(run.seed, []).append(_ended(run))
    if len({tuple(sorted(every)) for every in seeds.values()}) > 1:
        return False
    twin = next(run for run in runs if run.seed != first.seed and _ended(run) == _ended(first))
    if first.summary.get("grad_norm"):  # of other starts it would not be the same to the last bit
        return True
    try:
        a, b = first.curve().get("loss"), twin.curve().get("loss")
    except StoreError:
        return False
    return a is not None and b is not None and a.size > 0 and np.array_equal(a, b, equal_nan=True)


def _ended(run: Run) -> str:
    """All that is known of the end but how long it took; as text, in which NaN is equal to itself."""
    told: list[Any] = sorted((name, value) for name, value in run.summary.items() if name != "seconds")
    return repr((str(run.status), run.step, told))


def _is_clock_shared(runs: Sequence[Run]) -> bool:
    """Whether cells of a sweep have the same seconds to the last bit, which is no coincidence."""
    times = Counter((str(run.folder), run.summary["seconds"]) for run in runs if run.summary.get("seconds"))
    return max(times.values(), default=0) > 1
