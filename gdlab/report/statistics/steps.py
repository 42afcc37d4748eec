"""Step functions: the fraction reached, as it grows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats


@dataclass(frozen=True)
class StepFunction:
    """A function that is constant between its jumps, and continuous from the right.

    Args:
        x: where it jumps, ascending, and its two ends; shape (m,).
        y: its value from there on, shape (m,). To be drawn with `drawstyle="steps-post"`.
    """

    x: Floats
    y: Floats

    def __call__(self, x: ArrayLike) -> Floats:
        """Its value at each x; left of its first x it is 0, from its last x on it stays what it is there."""
        return np.append(0.0, self.y)[np.searchsorted(self.x, np.asarray(x, dtype=np.float64), side="right")]


def fraction_within(costs: ArrayLike, *, start: float = 0.0, end: float | None = None) -> StepFunction:
    """The fraction of costs that are at most x: F(x) = #{i : costᵢ ≤ x} / n.

    Args:
        costs: any shape; what is not finite, or negative, is never reached, but counts in n.
        start: where the function begins. Costs below are counted there.
        end: where it ends; later jumps are cut. Unset: at the last finite cost.

    Returns:
        0 everywhere if there are no costs.
    """
    every = np.asarray(costs, dtype=np.float64).ravel()
    reached = np.sort(every[np.isfinite(every) & (every >= 0)])
    last = max(start, (reached[-1] if reached.size else start) if end is None else end)
    at, counts = np.unique(np.clip(reached[reached <= last], start, None), return_counts=True)
    y = np.cumsum(counts) / max(1, every.size)
    if at.size == 0 or at[0] > start:
        at, y = np.append(start, at), np.append(0.0, y)
    if at[-1] < last:
        at, y = np.append(at, last), np.append(y, y[-1])
    return StepFunction(at, y)
