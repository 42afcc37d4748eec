"""Averages of the points that an optimizer visits: another answer than the last of them."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from gdlab.optimizers.base import Array
from gdlab.record import Fraction, Record


@dataclass(frozen=True)
class Average(Record):
    """An average over the points so far, which starts as w₀.

    Class attributes:
        formula: the update of the average w̄ after the step k has led to w.
        source: author, year.
    """

    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def updated(self, mean: Array, w: Array, k: Any) -> Array:
        """The average once the point w after k steps has entered it."""
        raise NotImplementedError(f"average {self.name!r} must define updated(mean, w, k)")


@dataclass(frozen=True)
class PolyakAverage(Average):
    """Polyak–Ruppert: the mean of all points after the first `start` steps. Until then it follows w."""

    name = "polyak"
    formula = "w̄ ← w̄ + (w − w̄)/max(1, k − start)"
    source = "Ruppert 1988 (Cornell, technical report 781); Polyak & Juditsky 1992, SIAM J. Control Optim. 30(4)"

    start: Annotated[int, Ge(0), "steps before the averaging starts"] = 0

    def updated(self, mean: Array, w: Array, k: Any) -> Array:
        """The mean of the points after steps start + 1 to k."""
        entered: Array = mean + (w - mean) / np.maximum(1, k - self.start)
        return entered


@dataclass(frozen=True)
class ExponentialAverage(Average):
    """An exponential moving average of the points, which forgets the first ones.

    It starts as w₀ and needs no correction of a bias, unlike that of the source, which starts as 0.
    """

    name = "exponential"
    formula = "w̄ ← decay·w̄ + (1 − decay)·w"
    source = "Kingma & Ba 2015 (arXiv:1412.6980), section 7.2"

    decay: Annotated[Fraction, "share of the average that each step keeps"] = 0.99

    def updated(self, mean: Array, w: Array, k: Any) -> Array:
        """The average with the newest point in it."""
        return self.decay * mean + (1 - self.decay) * w
