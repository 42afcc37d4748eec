import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.statistics.targets import cost_above, cost_to_target, log_targets

INF, NAN = math.inf, math.nan
LOSS, COST = [4.0, 2.0, 3.0, 1.0], [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("target", "cost"), [(5, 0), (4, 0), (3.5, 10), (2, 10), (1.5, 30), (1, 30), (0.5, INF), (INF, 0), (-INF, INF)]
)
def test_the_first_row_at_or_below_the_target(target, cost):
    assert cost_to_target(LOSS, COST, target) == cost


@pytest.mark.parametrize(
    ("loss", "cost", "expected"),
    [
        ([], [], INF),
        ([NAN, 0.5], [1, 2], 2),
        ([-INF, 0.5], [1, 2], 2),
        ([-INF], [1], INF),
        ([0.5], [NAN], INF),
        ([-1e308], [3], 3),
        ([1e308], [3], INF),
    ],
)
def test_extremes(loss, cost, expected):
    assert cost_to_target(loss, cost, 1.0) == expected


@given(st.lists(st.floats(), max_size=20), st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5))
def test_many_targets_are_as_a_walk_down_the_rows(loss, targets):
    def walk(target):
        return next((i for i, one in enumerate(loss) if math.isfinite(one) and one <= target), INF)

    found = cost_to_target(loss, np.arange(len(loss)), targets)
    assert found.tolist() == [walk(target) for target in targets]
    dearer_first = found[np.argsort(targets)].tolist()
    assert dearer_first == sorted(dearer_first, reverse=True)


def test_the_targets_of_coco_are_five_to_a_power_of_ten():
    targets = log_targets(1e2, 1e-8)
    assert targets.size == 51
    np.testing.assert_allclose(targets[::5], 10.0 ** np.arange(2, -9, -1))


@pytest.mark.parametrize(("target", "above"), [(2.0, 0), (1.0, 0), (0.5, 0), (0.3, 10), (0.1, 10), (0.01, math.inf)])
def test_the_row_before_bounds_the_cost_from_below(target, above):
    assert cost_above([1.0, 0.5, 0.1], [0, 10, 20], target) == above
