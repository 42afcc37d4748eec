"""What is tried: the same number for each, spread evenly, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.errors import UsageError
from gdlab.experiment.tuning.draw import points
from gdlab.experiment.tuning.draw import settings as drawn
from gdlab.optimizers.ranges import RANGES, Range


@given(st.integers(1, 6), st.integers(1, 60), st.integers(0, 10**6))
def test_points_lie_in_the_cube_and_more_of_them_go_on(dimensions, n, seed):
    found = points(dimensions, n, seed)
    assert found.shape == (n, dimensions)
    assert ((found >= 0) & (found < 1)).all()
    np.testing.assert_array_equal(found, points(dimensions, n + 5, seed)[:n])
    np.testing.assert_allclose(found[n // 2 :], points(dimensions, n - n // 2, seed, n // 2), atol=1e-12)


@given(st.integers(2, 200), st.integers(0, 10**6))
def test_no_gap_in_one_dimension_is_much_larger_than_an_equal_share(n, seed):
    # By the three-distance theorem the gaps of multiples of the golden ratio differ by factors of φ and φ².
    places = np.sort(points(1, n, seed)[:, 0])
    gaps = np.append(np.diff(places), 1 - places[-1] + places[0])
    assert gaps.max() < 2.7 / n


@pytest.mark.parametrize(("dimensions", "ratio"), [(1, 1.618033988749895), (2, 1.324717957244746)])
def test_the_step_is_that_of_the_golden_ratio_and_of_the_plastic_number(dimensions, ratio):
    first, second = points(dimensions, 2, 0)
    np.testing.assert_allclose((second - first) % 1, ratio ** -np.arange(1.0, dimensions + 1))


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("trials", [1, 2, 20])
def test_each_optimizer_has_the_same_number_of_trials_and_begins_at_its_default(name, trials):
    found = drawn(RANGES[name], trials, seed=3)
    assert len({tuple(setting.items()) for setting in found}) == trials
    assert found[0] == {}
    for setting in found[1:]:
        assert list(setting) == list(RANGES[name])
        assert all(RANGES[name][key].low <= value <= RANGES[name][key].high for key, value in setting.items())


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_the_same_seed_draws_the_same_and_another_does_not(seed):
    space = RANGES["adam"]
    assert drawn(space, 10, seed) == drawn(space, 10, seed)
    assert drawn(space, 10, seed) != drawn(space, 10, seed + 1)
    assert drawn(space, 10, seed) == drawn(space, 20, seed)[:10]


def test_rules_with_the_same_ranges_try_the_same():
    assert drawn(RANGES["gd"], 20, 0) == drawn(RANGES["sgd"], 20, 0)


def test_whole_numbers_are_whole_and_none_comes_twice():
    found = drawn({"memory": Range(1, 30, "", whole=True)}, 20, 0)
    values = [setting["memory"] for setting in found[1:]]
    assert all(isinstance(value, int) for value in values)
    assert len(set(values)) == 19


def test_more_trials_than_there_are_settings_are_refused():
    with pytest.raises(UsageError, match="--trials 20: there are only 4 different settings of memory; ask for fewer"):
        drawn({"memory": Range(1, 3, "", whole=True)}, 20, 0)
