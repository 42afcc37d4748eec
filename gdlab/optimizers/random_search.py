"""Search by random steps, without gradients."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from annotated_types import Ge

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Array, Objective, Optimizer
from gdlab.record import Positive

STREAM = 4  # of the seed's children; start, data, minibatches and noise on gradients are drawn from those before


class RandomSearchState(NamedTuple):
    """Steps done, and the standard deviation of the next."""

    k: Array
    sigma: Array


@dataclass(frozen=True)
class RandomSearch(Optimizer):
    """Random search: a step in a random direction, taken if it decreases f.

    The baseline that every other method must beat. ξ is standard normal; that of step k depends on seed and k alone. A
    step takes one evaluation of f. With grow > 1 it is the (1 + 1) evolution strategy: σ grows after a success and
    shrinks after a failure, and keeps its size where one step in five succeeds. The default of sigma is ours.
    """

    name = "random_search"
    uses_gradient = False
    uses_more = True
    traceable = False
    fixed = frozenset({"sigma", "grow"})
    patience: ClassVar[float] = np.inf  # steps without success are nothing unusual, and a later one may have some
    formula = "w ← w + σξ if f(w + σξ) < f(w)\nσ ← σ·grow if it is, σ·grow^(−1/4) if not"
    source = (
        "Matyas 1965, Automation and Remote Control 26, pp. 246-253; with grow > 1 the 1/5 success rule of "
        "Rechenberg 1973, Evolutionsstrategie"
    )

    sigma: Annotated[Positive, "σ, standard deviation of a step in each coordinate"] = 0.1
    grow: Annotated[float, Ge(1), "factor on σ after a success; 1 keeps σ"] = 1.0
    seed: Annotated[Annotated[int, Ge(0)] | None, "what the random numbers depend on; unset: the seed of the run"] = (
        None
    )

    def init(self, w: Array) -> RandomSearchState:
        """The given σ."""
        return RandomSearchState(np.zeros((), w.dtype), np.array(self.sigma, w.dtype))

    def fitted(self, steps: int, seed: int, infimum: float | None = None) -> "RandomSearch":
        """With the seed of the run, if it has none of its own."""
        return replace(self, seed=seed) if self.seed is None else self

    def step(self, objective: Objective, w: Array, state: RandomSearchState) -> tuple[Array, RandomSearchState]:
        """One try."""
        k, sigma = state
        trial = w + sigma * self._direction(int(k), w)
        if objective.value(trial) < objective.value(w):
            return trial, RandomSearchState(k + 1, sigma * self.grow)
        return w, RandomSearchState(k + 1, sigma * self.grow**-0.25)

    def _direction(self, k: int, w: Array) -> Array:
        if self.seed is None:
            raise ParameterError("random_search: seed is not set; a run sets it to its own, elsewhere it must be given")
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(STREAM, k)))
        return rng.standard_normal(w.size).astype(w.dtype)
