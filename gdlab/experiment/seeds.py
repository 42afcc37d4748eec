"""One seed a run, and a stream of random numbers of its own for each use."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """Independent generators from one seed, so that runs with the same seed start at the same point whatever they do.

    Args:
        start: draws the start.
        data: generates and splits data.
        batches: draws minibatches.
    """

    start: np.random.Generator
    data: np.random.Generator
    batches: np.random.Generator

    @classmethod
    def of(cls, seed: int) -> "Streams":
        """The streams of a seed."""
        return cls(*(np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)))
