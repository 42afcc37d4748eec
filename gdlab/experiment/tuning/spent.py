"""What tuning cost."""

from collections.abc import Iterable
from dataclasses import dataclass

from gdlab.store.flat import COSTS
from gdlab.store.run import Run


@dataclass(frozen=True)
class Spent:
    """The cost of some runs, as they report it themselves.

    Args:
        runs: how many.
        evaluations, dual_passes, reverse_passes: of all of them.
        seconds: of training; of runs side by side, the share of each.
    """

    runs: int
    evaluations: float
    dual_passes: float
    reverse_passes: float
    seconds: float

    @property
    def passes(self) -> float:
        """Passes over the function, of each kind."""
        return self.evaluations + self.dual_passes + self.reverse_passes


def spent(runs: Iterable[Run]) -> Spent:
    """Add up what runs cost."""
    every = list(runs)
    return Spent(len(every), *(sum(run.summary.get(name, 0.0) for run in every) for name in COSTS))
