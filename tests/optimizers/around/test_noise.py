"""Noise is a pure function of seed, step and call, with the variance of its source."""

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import GD, Around, Noise

W = np.zeros(5)


def test_same_seed_and_step_give_the_same_noise_in_any_order():
    noise = Noise(0.3, seed=11)
    forward = [noise.draw(W, k) for k in range(5)]
    backward = [noise.draw(W, k) for k in reversed(range(5))]
    np.testing.assert_array_equal(forward, backward[::-1])


def test_seeds_steps_and_calls_are_apart():
    draws = [Noise(1.0, 0.0, seed).draw(W, k, call) for seed in (0, 1, 2**128) for k in (0, 1, 2) for call in (0, 1)]
    assert len({draw.tobytes() for draw in draws}) == len(draws)


def test_noise_is_none_of_the_streams_of_a_run():
    from gdlab.experiment.seeds import Streams

    streams = Streams.of(3)
    drawn = Noise(1.0, 0.0, seed=3).draw(W, 0)
    for generator in (streams.start, streams.data, streams.batches, np.random.default_rng(3)):
        assert not np.isin(drawn, generator.standard_normal(50)).any()


@pytest.mark.parametrize(("variance", "decay", "k"), [(0.3, 0.55, 0), (0.3, 0.55, 99), (1.0, 0.0, 50), (0.01, 2.0, 3)])
def test_variance_is_that_of_the_source(variance, decay, k):
    """Neelakantan et al. 2015: σ² = η/(1 + k)^γ."""
    drawn = Noise(variance, decay, seed=5).draw(np.zeros(20_000), k)
    assert np.mean(drawn) == pytest.approx(0, abs=5 * np.sqrt(np.var(drawn) / 20_000))
    assert np.var(drawn) == pytest.approx(variance / (1 + k) ** decay, rel=0.05)


def test_steps_are_not_correlated():
    draws = np.array([Noise(1.0, 0.0, seed=5).draw(np.zeros(2000), k) for k in range(6)])
    off = np.corrcoef(draws)[~np.eye(6, dtype=bool)]
    assert np.max(np.abs(off)) < 0.1


def test_dtype_and_lanes_are_those_of_w():
    assert Noise(1.0, seed=1).draw(W.astype(np.float32), 0).dtype == np.float32
    alone = Noise(1.0, seed=1).draw(W, 4)
    np.testing.assert_array_equal(Noise(1.0, seed=1).draw(np.zeros((5, 3)), 4), np.stack([alone] * 3, axis=1))
    seeds = Noise(1.0, seed=np.array([1, 2]))
    both = [alone, Noise(1.0, seed=2).draw(W, 4)]
    np.testing.assert_array_equal(seeds.draw(np.zeros((5, 2)), 4), np.stack(both, axis=1))


def test_seed_is_that_of_the_run_unless_it_has_its_own():
    assert Noise().fitted(9) == Noise(seed=9)
    assert Noise(seed=4).fitted(9) == Noise(seed=4)
    with pytest.raises(ParameterError, match="noise: seed is not set"):
        Noise().draw(W, 0)


def test_a_step_that_asks_twice_gets_two_draws(bowl):
    class Twice(GD):
        def step(self, objective, w, state):
            return objective.gradient(w) - objective.gradient(w), ()

    rule = Around(Twice(), noise=Noise(seed=1))
    difference, _ = rule.step(bowl, np.ones(3), rule.init(np.ones(3)))
    assert np.all(difference != 0)
