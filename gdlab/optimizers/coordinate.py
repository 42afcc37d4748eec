"""Search along the coordinates, without gradients."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from annotated_types import Gt, Le

from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.record import Positive


class CoordinateState(NamedTuple):
    """The reach c of the next sweep, and f where the last one ended (NaN before the first)."""

    c: Array
    f: Array


@dataclass(frozen=True)
class Coordinate(Optimizer):
    """Coordinate search: each coordinate in turn moves by −c, 0 or +c, whichever gives the least f.

    A step is one sweep over all n coordinates and costs 2n evaluations of f (the first one 2n+1): f at the current
    point is known from the sweep before, so on minibatches it is that of another batch. A coordinate stays where it is
    unless one side is strictly better. With shrink = 1 the search ends at the best point that steps of c can reach.
    The default of c is ours.
    """

    name = "coordinate"
    uses_gradient = False
    uses_more = True
    traceable = False
    fixed = frozenset({"c"})
    formula = "for i = 1 … n: wᵢ ← the best of wᵢ, wᵢ − c, wᵢ + c\nc ← shrink·c, if nothing moved"
    source = (
        "Fermi & Metropolis 1952 (Los Alamos LA-1492); as compass search in "
        "Kolda, Lewis & Torczon 2003, SIAM Review 45(3), pp. 385-482, section 1.2.1"
    )

    c: Annotated[Positive, "how far each coordinate reaches to either side"] = 0.1
    shrink: Annotated[float, Gt(0), Le(1), "factor on c after a sweep that moved nothing; 1 keeps c"] = 1.0

    def init(self, w: Array) -> CoordinateState:
        """The given c, and f unknown."""
        lanes = np.zeros(w.shape[1:], w.dtype)
        return CoordinateState(lanes + self.c, lanes + np.nan)

    def step(self, objective: Objective, w: Array, state: CoordinateState) -> tuple[Array, CoordinateState]:
        """One sweep."""
        c, f = state
        if np.any(np.isnan(f)):
            f = objective.value(w)
        before = f
        for i in range(len(w)):
            middle = w
            for side in (-c, c):
                trial = middle.copy()
                trial[i] += side
                f_trial = objective.value(trial)
                better = f_trial < f
                w, f = np.where(better, trial, w), np.where(better, f_trial, f)
        return w, CoordinateState(np.where(f < before, c, self.shrink * c), f)
