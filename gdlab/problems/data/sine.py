"""A wave to fit, generated from a seed."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge

from gdlab.problems.data.base import DataSet, Table
from gdlab.record import NonNegative, Positive


@dataclass(frozen=True)
class Sine(DataSet):
    """A sine wave to fit: y = sin x + noise·ε.

    Draws: every x, uniform from −π·periods to π·periods; then, with noise, every ε, standard normal.
    """

    name = "sine"
    source = "y = sin x, as in Bishop 2006, Pattern Recognition and Machine Learning, section 1.1"

    rows: Annotated[int, Ge(2), "number of points"] = 100
    noise: Annotated[NonNegative, "standard deviation of what is added to y"] = 0.1
    periods: Annotated[Positive, "periods of the wave that the points cover"] = 1.0

    def table(self, rng: np.random.Generator) -> Table:
        """The points, drawn anew."""
        x = rng.uniform(-math.pi * self.periods, math.pi * self.periods, self.rows)
        y = np.sin(x)
        if self.noise > 0:
            y += self.noise * rng.standard_normal(self.rows)
        return Table(x[:, None], y, (), ("x",))
