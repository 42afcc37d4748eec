import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.statistics.running_time import dispersion, expected_running_time, simulated_restarts

INF, NAN = math.inf, math.nan

# The runs of the example of `simulated_evals` in COCO's toolsstats.py: one success after 1 evaluation, failures after
# 2, 4, 2, 6 and 100. So ERT = (1 + 2 + 4 + 2 + 6 + 100)/1 = 115.
COCO = ([1, 2, 4, 2, 6, 100], [True, False, False, False, False, False])


@pytest.mark.parametrize(
    ("costs", "reached", "expected"),
    [
        (*COCO, 115),
        ([10, 20, 30], [True, True, True], 20),
        ([10, 50, 50, 30], [True, False, False, True], 70),
        ([10, 50], [False, False], INF),
        ([10, NAN], [True, True], INF),
        ([INF], [True], INF),
        ([0], [True], 0),
        ([1e308, 1e308], [True, False], INF),
        ([], [], NAN),
    ],
)
def test_ert_by_hand(costs, reached, expected):
    assert expected_running_time(costs, reached) == pytest.approx(expected, nan_ok=True)


def test_simulated_restarts_are_those_of_coco():
    costs = simulated_restarts(*COCO, samples=100_000)
    # A success comes at once with p = 1/6; exactly one failure of cost 2 with 5/6 · 2/5 · 1/6 = 1/18 before it.
    assert np.mean(costs == 1) == pytest.approx(1 / 6, abs=0.005)
    assert np.mean(costs == 3) == pytest.approx(1 / 18, abs=0.003)
    # Mean 115; K is geometric with E K = 5, Var K = 30, a failure costs 22.8 ± 38.6: the standard error is below 0.5.
    assert costs.mean() == pytest.approx(115, abs=2.5)


def test_without_failures_a_restart_is_a_run():
    assert set(simulated_restarts([3, 5, 9], [True] * 3)) == {3, 5, 9}
    assert dispersion([7, 7], [True, True]) == (7, 7)


def test_without_success_it_takes_for_ever_and_without_runs_nothing_is_known():
    assert dispersion([3, 5], [False, False]) == (INF, INF)
    assert all(math.isnan(end) for end in dispersion([], []))


@given(st.lists(st.tuples(st.integers(1, 100), st.booleans()), min_size=1, max_size=12), st.randoms())
def test_neither_depends_on_the_order_of_runs_and_both_scale_with_the_unit(runs, random):
    costs, reached = zip(*runs, strict=True)
    shuffled = zip(*random.sample(runs, len(runs)), strict=True)
    assert dispersion(*shuffled) == dispersion(costs, reached)
    scaled = [8 * cost for cost in costs]
    assert expected_running_time(scaled, reached) == 8 * expected_running_time(costs, reached)
    assert dispersion(scaled, reached) == tuple(8 * end for end in dispersion(costs, reached))
