import math

import numpy as np
import pytest

from gdlab.report.statistics.effects import Tolerance, on_ratios, pair_effects

INF = math.inf


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1 + 1e-12, True),
        (1, 1 + 1e-6, False),
        (1e-30, 2e-30, False),
        (0, 5e-324, False),
        (INF, INF, True),
        (INF, 1e308, False),
        (-INF, INF, False),
        (1.7e308, -1.7e308, False),
        (1.7e308, 1.7e308 * (1 - 1e-12), True),
    ],
)
def test_what_is_no_difference(a, b, same):
    assert Tolerance().same(a, b) == same
    assert Tolerance().same(b, a) == same


def test_near_an_infimum_the_absolute_part_decides():
    assert Tolerance(absolute=1e-16).same(1e-30, 2e-20)
    assert not Tolerance(absolute=1e-16).same(1e-30, 2e-16)


def test_chains_are_merged():
    near = Tolerance(relative=0, absolute=1.0)
    assert near.merged([5, 1, 2, 9, 3, INF, INF]).tolist() == [5, 1, 1, 9, 1, INF, INF]
    assert near.merged([]).size == 0


@pytest.mark.parametrize(
    ("a", "b", "ratios"),
    [
        ([1, 2], [3, 4], True),
        ([0, 2], [INF, 4], True),
        ([0, 0], [1, 2], False),
        ([-1, 2], [1, 2], False),
        ([], [], False),
    ],
)
def test_ratios_need_positive_numbers(a, b, ratios):
    assert on_ratios(np.array(a, float), np.array(b, float)) == ratios


def test_effects_by_hand():
    a, b = np.array([1, 4, INF, 2, INF, 0]), np.array([2, 1, INF, INF, 3, 5])
    assert np.exp(pair_effects(a, b, True, Tolerance())).tolist() == pytest.approx([0.5, 4, 1, 0, INF, 0])
    assert pair_effects(a, b, False, Tolerance()).tolist() == [-1, 3, 0, -INF, INF, -5]
