"""Points of two or more classes, most of them in the plane, generated from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Lt

from gdlab.errors import ParameterError
from gdlab.problems.data.base import Array, DataSet, Table
from gdlab.record import Count, NonNegative, Positive

Rows = Annotated[int, Ge(2)]


@dataclass(frozen=True)
class Points(DataSet):
    """Points in classes of equal size; the first classes have one more where the rows do not divide evenly.

    Draws: what the shape itself asks for; then, with noise, one standard normal number for each coordinate, row by
    row; then one permutation, which mixes the classes.
    """

    rows: Annotated[Rows, "number of points"] = 200

    def shares(self, classes: int) -> list[int]:
        """How many rows each class has."""
        return [self.rows // classes + (k < self.rows % classes) for k in range(classes)]

    def mixed(self, parts: Sequence[Array], noise: float, rng: np.random.Generator) -> Table:
        """The classes as a table: with noise added, in random order."""
        inputs = np.concatenate(parts)
        targets = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        if noise > 0:
            inputs = inputs + noise * rng.standard_normal(inputs.shape)
        order = rng.permutation(self.rows)
        columns = tuple(f"x{i}" for i in range(1, inputs.shape[1] + 1))
        return Table(inputs[order], targets[order], tuple(str(k) for k in range(len(parts))), columns)


@dataclass(frozen=True)
class Moons(Points):
    """Two half circles that reach into each other.

    (cos t, sin t) and (1 − cos t, 1/2 − sin t), t evenly spaced from 0 to π.

    Source: the form of `make_moons`, Pedregosa et al. 2011, "Scikit-learn".
    """

    name = "moons"
    source = "the form of make_moons in Pedregosa et al. 2011, Scikit-learn"

    noise: Annotated[NonNegative, "standard deviation of what is added to each coordinate"] = 0.1

    def table(self, rng: np.random.Generator) -> Table:
        """The points, drawn anew."""
        upper, lower = (np.linspace(0, np.pi, count) for count in self.shares(2))
        parts = [_plane(np.cos(upper), np.sin(upper)), _plane(1 - np.cos(lower), 0.5 - np.sin(lower))]
        return self.mixed(parts, self.noise, rng)


@dataclass(frozen=True)
class Circles(Points):
    """A circle of radius 1 and a smaller one within it.

    Source: the form of `make_circles`, Pedregosa et al. 2011, "Scikit-learn".
    """

    name = "circles"
    source = "the form of make_circles in Pedregosa et al. 2011, Scikit-learn"

    noise: Annotated[NonNegative, "standard deviation of what is added to each coordinate"] = 0.05
    factor: Annotated[float, Gt(0), Lt(1), "radius of the inner circle"] = 0.5

    def table(self, rng: np.random.Generator) -> Table:
        """The points, drawn anew."""
        turns = [np.linspace(0, 2 * np.pi, count, endpoint=False) for count in self.shares(2)]
        parts = [radius * _plane(np.cos(t), np.sin(t)) for radius, t in zip((1.0, self.factor), turns, strict=True)]
        return self.mixed(parts, self.noise, rng)


@dataclass(frozen=True)
class Spirals(Points):
    """Arms that wind around the origin, each a class.

    Arm k of K: radius t, angle 2π(turns·t + k/K), t evenly spaced up to 1. Noise beyond half the distance 1/(K·turns)
    between neighbouring arms mixes them.

    Source: Lang & Witbrock 1988, "Learning to tell two spirals apart", with two arms and three turns.
    """

    name = "spirals"
    source = "Lang & Witbrock 1988"

    noise: Annotated[NonNegative, "standard deviation of what is added to each coordinate"] = 0.02
    arms: Annotated[int, Ge(2), "number of classes"] = 2
    turns: Annotated[Positive, "how often each arm winds around"] = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        _enough(self, "arms", self.arms)

    def table(self, rng: np.random.Generator) -> Table:
        """The points, drawn anew."""
        return self.mixed([self._arm(k, count) for k, count in enumerate(self.shares(self.arms))], self.noise, rng)

    def _arm(self, k: int, count: int) -> Array:
        t = np.arange(1, count + 1) / count
        angle = 2 * np.pi * (self.turns * t + k / self.arms)
        return _plane(t * np.cos(angle), t * np.sin(angle))


@dataclass(frozen=True)
class Blobs(Points):
    """Normal clouds around centres, each a class.

    Draws: the centres, uniform in the box [−10, 10] in each dimension, one after the other; then as all points.
    """

    name = "blobs"
    source = "the form of make_blobs in Pedregosa et al. 2011, Scikit-learn"

    noise: Annotated[NonNegative, "standard deviation of each cloud in each coordinate"] = 1.0
    centers: Annotated[int, Ge(2), "number of clouds, which are the classes"] = 3
    dim: Annotated[Count, "number of coordinates"] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        _enough(self, "centers", self.centers)

    def table(self, rng: np.random.Generator) -> Table:
        """The points, drawn anew."""
        centers = rng.uniform(-10, 10, (self.centers, self.dim))
        parts = [np.tile(center, (count, 1)) for center, count in zip(centers, self.shares(self.centers), strict=True)]
        return self.mixed(parts, self.noise, rng)


def _plane(x: Any, y: Any) -> Array:
    return np.column_stack([x, y])


def _enough(data: Points, field: str, classes: int) -> None:
    if data.rows < classes:
        raise ParameterError(
            f"{data.name}: rows = {data.rows} is not allowed, it must be a whole number ≥ {field}, which is {classes}"
        )
