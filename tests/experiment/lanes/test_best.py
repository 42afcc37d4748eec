"""The least loss of each lane against a look at all losses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.experiment.lanes.best import BestOfLanes

walks = st.integers(1, 80).flatmap(lambda steps: arrays(float, (steps, 3), elements=st.integers(-5, 5).map(float)))


@given(walks, st.sets(st.integers(0, 79)))
def test_the_first_of_the_least_losses(losses: np.ndarray, looked: set[int]) -> None:
    best = BestOfLanes(3, float)
    for step, row in enumerate(losses):
        if step in looked:
            best.settle()
            best.improve(step, np.arange(3), row)
            best.pass_by(step, row)
        else:
            best.put(step, row)
        assert best.last.tolist() == row.tolist()
    best.settle()
    assert best.loss.tolist() == losses.min(axis=0).tolist()
    assert best.step.tolist() == losses.argmin(axis=0).tolist()


def test_nan_is_never_best_and_lanes_change_places() -> None:
    best = BestOfLanes(2, float)
    best.put(0, np.array([3.0, 1.0]))
    best.settle()
    best.improve(1, np.arange(2), np.array([np.nan, 0.5]))
    best.pass_by(1, np.array([np.nan, 0.5]))
    best.rearrange(np.array([1, 0, 1]))
    assert best.loss.tolist() == [0.5, 3.0, 0.5]
    assert best.step.tolist() == [1, 0, 1]
    assert np.isnan(best.last[1])
    best.put(2, np.array([1.0, 2.0, 0.25]))
    best.settle()
    assert best.loss.tolist() == [0.5, 2.0, 0.25]
    assert best.step.tolist() == [1, 2, 2]
