import dataclasses

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import RandomSearch


def test_takes_a_step_only_if_it_decreases_f(bowl, path):
    walked = path(RandomSearch(seed=0), bowl, [0.3, -0.7, 2.0], 200)
    values = np.array([bowl.f(w) for w in walked])
    moved = (np.diff(walked, axis=0) != 0).any(axis=1)
    assert (np.diff(values)[moved] < 0).all()
    assert 0 < moved.sum() < 200


def test_steps_are_standard_normal_times_sigma():
    class Falling:
        """Less wherever it is asked next."""

        def __init__(self, start):
            self.here = start

        def value(self, w):
            return 0.0 if w is self.here else -1.0

    rule, w = RandomSearch(seed=1, sigma=0.5), np.zeros(50)
    state, steps = rule.init(w), []
    for _ in range(100):
        after, state = rule.step(Falling(w), w, state)
        steps.append(after - w)
        w = after
    assert np.mean(steps) == pytest.approx(0, abs=0.03)
    assert np.std(steps) == pytest.approx(0.5, abs=0.02)
    between = np.corrcoef(steps)[~np.eye(100, dtype=bool)]
    assert np.mean(between) == pytest.approx(0, abs=0.02)
    assert np.max(np.abs(between)) < 0.7


def test_a_step_depends_on_seed_and_number_alone(bowl, walk):
    w = np.array([0.3, -0.7, 2.0])
    rule = RandomSearch(seed=3)
    points, _ = walk(rule, bowl, w, 20)
    again, _ = walk(rule, bowl, points[10], 10, walk(rule, bowl, w, 10)[1])
    np.testing.assert_array_equal(points[10:], again)
    other, _ = walk(RandomSearch(seed=4), bowl, w, 20)
    assert not np.array_equal(points, other)


def test_sigma_keeps_its_size_where_one_step_in_five_succeeds(bowl, walk):
    rule = RandomSearch(seed=0, sigma=0.1, grow=2.0)
    _, state = walk(rule, bowl, np.array([0.3, -0.7, 2.0]), 1)
    assert float(state.sigma) in (pytest.approx(0.2), pytest.approx(0.1 * 2**-0.25))
    (*_, w), state = walk(rule, bowl, np.array([0.3, -0.7, 2.0]), 1500)
    np.testing.assert_allclose(w, [1, -2, 0.5], atol=1e-7)
    assert state.sigma < 1e-6


def test_a_run_gives_it_its_seed():
    assert RandomSearch().fitted(100, 7) == RandomSearch(seed=7)
    assert RandomSearch(seed=3).fitted(100, 7) == RandomSearch(seed=3)


def test_without_a_seed_it_says_what_is_missing(bowl):
    rule, w = RandomSearch(), np.zeros(3)
    with pytest.raises(ParameterError, match="random_search: seed is not set; a run sets it to its own"):
        rule.step(bowl, w, rule.init(w))
    with pytest.raises(ParameterError, match="seed = -1"):
        dataclasses.replace(rule, seed=-1)


def test_nan_is_never_a_success(walk):
    trap = type("Trap", (), {"value": staticmethod(lambda w: np.nan if w[0] < 0 else w[0])})
    points, _ = walk(RandomSearch(seed=0), trap, np.array([0.05]), 200)
    assert (np.ravel(points) >= 0).all()
