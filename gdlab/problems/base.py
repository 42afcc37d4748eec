"""What a problem is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np

from gdlab.own_code import OwnRecord

Array = np.ndarray[Any, np.dtype[Any]]
Measure = Callable[[Any, Any], Any]  # (w, rows) -> scalar, or a vector of residuals, in plain NumPy


class Flag(StrEnum):
    """What one should know of a loss before trusting a run on it.

    A loss with several minima has saddles or maxima between them; they are not flagged again.
    """

    UNBOUNDED = "unbounded below"
    NOT_ATTAINED = "infimum not attained"
    SADDLE = "has a saddle point"
    MANY_MINIMA = "has several minima"
    SINGULAR = "Hessian singular at the minimum"
    KINK = "not differentiable at the minimum"


@dataclass(frozen=True)
class Problem(OwnRecord):
    """Something to minimise: an immutable record with a loss in plain NumPy, a start, and what is known of its minimum.

    Every problem can be made without arguments, so that it can be listed and tested: all its fields have defaults.

    Class attributes:
        formula: the loss in one line, as a reader would write it.
        source: where it and its known minimum come from.
        name: as YAML has it; that of the class, if it is not set.

    Properties a subclass may override: `infimum`, `minimizers`, `flags`, `domain`, `dim`, `rows`, `residuals`.
    """

    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "name"):
            cls.name = cls.__name__

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The loss, a scalar, of parameters w of shape (n,).

        Plain NumPy, no branch on the values of w. `rows` are the row numbers of a minibatch (int array; data is taken
        with `gdlab.take_rows(X, rows)`), or None for all of them. With data, it is a mean over the rows (and
        what does not depend on them), so that the loss of all is the mean of those of equal parts.
        """
        raise NotImplementedError(f"problem {self.name!r} must define loss(w, rows)")

    def initial(self, rng: np.random.Generator) -> Array:
        """The start w₀ of shape (n,): fixed, or drawn from the run's own generator."""
        raise NotImplementedError(f"problem {self.name!r} must define initial(rng)")

    def drawn(self, rng: np.random.Generator) -> Self:
        """The problem of a run: with its data generated, or split, by the run's own generator for data.

        A problem without such data, as most are, is the same for every run. One that is not drawn has the data of
        seed 0, so that it can be looked at.
        """
        return self

    @property
    def infimum(self) -> float | None:
        """The greatest lower bound of the loss over all rows: -inf if it is unbounded below, None if unknown."""
        return None

    @property
    def minimizers(self) -> tuple[Array, ...]:
        """Where the infimum is attained, as far as it is known and attained."""
        return ()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What one should know before trusting a run on it."""
        return ()

    @property
    def domain(self) -> tuple[Array, Array] | None:
        """The usual box to search, draw and test in: its lowest and highest corner, each (n,). It bounds nothing."""
        return None

    @property
    def dim(self) -> int:
        """n, the number of parameters."""
        return int(self.initial(np.random.default_rng(0)).size)

    @property
    def rows(self) -> int:
        """How many rows of data there are for minibatches; 0 if there is no data."""
        return 0

    @property
    def test_rows(self) -> int:
        """How many rows are kept apart to test on."""
        return 0

    @property
    def resident(self) -> bool:
        """Whether all rows are in memory; if not, the loss takes some at a time only."""
        return True

    @property
    def residuals(self) -> Measure | None:
        """For a loss that is a constant times Σ rᵢ², the function (w, rows) -> r, shape (m,); None for any other.

        Plain NumPy without branches, as the loss is. Gauss-Newton and Levenberg-Marquardt need it.
        """
        return None

    def measures(self) -> Mapping[str, Measure]:
        """Extra measures that are logged beside the loss, such as accuracy: plain NumPy functions of (w, rows)."""
        return {}
