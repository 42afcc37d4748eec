"""What the test functions have in common."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from gdlab.problems import checks
from gdlab.problems.base import Array, Flag, Measure, Problem
from gdlab.record import Count

Point = float | tuple[float, ...]  # one number stands for the same number in every coordinate


@dataclass(frozen=True)
class Function(Problem):
    """A function from the literature, as a declaration: its class attributes say what is known of it.

    Class attributes:
        lowest, highest: the corners of the usual box to search and draw in.
        begins_at: the published start, if there is one.
        least: the infimum.
        least_at: where it is attained.
        warnings: what one should know before trusting a run on it.
        squared: for a sum of squares, `squared(w)` gives what is squared, as a tuple of scalars.
    """

    lowest: ClassVar[Point]
    highest: ClassVar[Point]
    begins_at: ClassVar[Point | None] = None
    least: ClassVar[float] = 0.0
    least_at: ClassVar[tuple[Point, ...]] = ()
    warnings: ClassVar[tuple[Flag, ...]] = ()
    squared: ClassVar[Any] = None

    start: Annotated[tuple[float, ...] | None, "where to start; unset: as published, else drawn from the domain"] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.start is not None:
            object.__setattr__(self, "start", checks.point(self.name, "start", self.start, self.dim))

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that is set, else the published one, else one drawn evenly from the domain."""
        if self.start is not None:
            return np.array(self.start)
        published = self.published_start
        return rng.uniform(*self.domain) if published is None else published

    @property
    def published_start(self) -> Array | None:
        """The start that the source gives, shape (n,)."""
        return None if self.begins_at is None else self._coordinates(self.begins_at)

    @property
    def infimum(self) -> float:
        """As declared."""
        return self.least

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """As declared."""
        return tuple(self._coordinates(point) for point in self.least_at)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """As declared."""
        return self.warnings

    @property
    def residuals(self) -> Measure | None:
        """What is squared, in one vector."""
        return None if self.squared is None else self._stacked

    def _stacked(self, w: Any, rows: Any = None) -> Any:
        return np.stack(self.squared(w))

    @property
    def domain(self) -> tuple[Array, Array]:
        """As declared."""
        return self._coordinates(self.lowest), self._coordinates(self.highest)

    def _coordinates(self, point: Point) -> Array:
        return np.array(np.broadcast_to(np.asarray(point, dtype=float), self.dim))


@dataclass(frozen=True)
class FunctionOfAnyDimension(Function):
    """A function that is defined for any number of parameters."""

    dim: Annotated[Count, "number of parameters"] = 2
