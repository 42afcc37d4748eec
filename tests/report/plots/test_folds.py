import math

import numpy as np
import pytest

from gdlab.report.plots.folds import MOST_POINTS, fold

X = np.arange(3.0)


def folded(*ys, ends=None, xs=None):
    return fold([(X if xs is None else np.array(xs[i], float), np.array(y, float)) for i, y in enumerate(ys)],
                [math.nan] * len(ys) if ends is None else ends)  # fmt: skip


def test_quartiles_are_those_of_definition_7():
    found = folded([1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 8])
    assert found.median.tolist() == [2.5, 2.5, 2.5]
    assert found.lower.tolist() == [1.75, 1.75, 1.75]
    assert found.upper.tolist() == [3.25, 3.25, 4.25]


def test_a_run_that_has_arrived_stays_where_it_is():
    found = folded([4, 2, 2], [4, 1], [4, 3, 3], xs=[[0, 1, 2], [0, 1], [0, 1, 2]])
    assert found.x.tolist() == [0, 1, 2]
    assert found.median.tolist() == [4, 2, 2]


@pytest.mark.parametrize(("end", "last"), [(math.inf, 3.0), (-math.inf, 2.0)])
def test_a_run_that_broke_is_not_left_out(end, last):
    found = folded([1, 2, 2], [1, 5], [1, 3, 3], ends=[math.nan, end, math.nan], xs=[[0, 1, 2], [0, 1], [0, 1, 2]])
    assert found.median[-1] == last


def test_where_most_runs_broke_the_median_ends():
    found = folded([1, 2, 2], [1, 9], [1, 9], ends=[math.nan, math.inf, math.inf], xs=[[0, 1, 2], [0, 1], [0, 1]])
    assert found.median.tolist() == [1, 9, math.inf]
    x, y = found.finite
    assert (x.tolist(), y.tolist()) == ([0, 1], [1, 9])


def test_curves_at_different_places_are_step_functions():
    found = folded([8, 4], [6, 2], xs=[[0, 2], [0, 1]])
    assert found.x.tolist() == [0, 1, 2]
    assert found.median.tolist() == [7, 5, 3]


def test_many_places_become_as_many_as_are_seen():
    rng = np.random.default_rng(0)
    xs = [np.sort(rng.random(400)) for _ in range(5)]
    found = folded(*(1 - x for x in xs), xs=xs)
    assert found.x.size == MOST_POINTS
    assert (np.diff(found.median) <= 0).all()


def test_the_largest_floats_can_be_folded():
    found = folded([1e308] * 3, [-1e308] * 3)
    assert found.median.tolist() == [0, 0, 0]
    assert np.isfinite([found.lower, found.upper]).all()
