"""Noise on the gradient, drawn anew at each step and the same whenever it is asked for."""

import functools
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Array
from gdlab.record import NonNegative, Positive, Record

STREAM = 3  # of the seed's children; a run draws its start, its data and its minibatches from those before


@dataclass(frozen=True)
class Noise(Record):
    """Gaussian noise on every gradient, whose variance falls with the steps.

    It is a pure function of seed and k, by a generator that counts. The source tries variances of 0.01, 0.3 and 1.
    """

    name = "noise"
    formula: ClassVar[str] = "g ← g + N(0, variance/(1 + k)^decay)"
    source: ClassVar[str] = "Neelakantan et al. 2015 (arXiv:1511.06807), equation 1"

    variance: Annotated[Positive, "of the noise in each coordinate at the first step"] = 0.01
    decay: Annotated[NonNegative, "power of the steps by which the variance falls"] = 0.55
    seed: Annotated[Annotated[int, Ge(0)] | None, "of the draws; unset: that of the run"] = None

    def fitted(self, seed: int) -> "Noise":
        """With the seed of a run, if it has none of its own."""
        return replace(self, seed=seed) if self.seed is None else self

    def draw(self, w: Array, k: Any, call: int = 0) -> Array:
        """The noise for a gradient in the shape and dtype of w, the same in all lanes that share a seed.

        Args:
            w: shape (n,) or (n, lanes).
            k: steps done.
            call: counts the gradients that one step asks for.

        Raises:
            ParameterError: if there is no seed yet.
        """
        if self.seed is None:
            raise ParameterError("noise: seed is not set; a run sets it to its own, elsewhere it must be given")
        seeds = np.ravel(self.seed).tolist()
        unit = np.stack([_normal(seed, int(k), call, len(w)) for seed in seeds], axis=-1)
        if len(w.shape) == 1:
            unit = unit[:, 0]
        drawn: Array = np.sqrt(self.variance / (1.0 + float(k)) ** self.decay) * unit
        return np.broadcast_to(drawn, w.shape).astype(w.dtype)


def _normal(seed: int, k: int, call: int, n: int) -> Array:
    counter = np.array([0, 0, call, k], np.uint64)  # a draw counts on from the left, and never gets to the third place
    return np.random.Generator(np.random.Philox(counter=counter, key=_key(seed))).standard_normal(n)


@functools.cache
def _key(seed: int) -> Array:
    return np.random.SeedSequence(seed, spawn_key=(STREAM,)).generate_state(2, np.uint64)
