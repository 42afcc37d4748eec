import numpy as np
import pytest


@pytest.fixture
def make_group(make_run):
    """Runs that differ in their seed: `make_group("adam", [0.1, 0.2])` ends at 0.1 from seed 0 and 0.2 from seed 1.

    Each starts a little above 1, at a loss of its own unless `idle` seeds change nothing.
    """

    def make_group(optimizer, losses, seeds=None, *, idle=False, **changes):
        seeds = range(len(losses)) if seeds is None else seeds
        return [
            make_run(optimizer, optimizer, loss=[1.0 if idle else 1.0 + seed / 1024, loss], seed=seed, **changes)
            for seed, loss in zip(seeds, losses, strict=True)
        ]

    return make_group


@pytest.fixture
def starts():
    """Losses that depend on the start far more than on the rule, as those of runs do."""
    return np.exp(np.random.default_rng(7).normal(-5, 2, size=20))
