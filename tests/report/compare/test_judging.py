import math

import numpy as np
import pytest

from gdlab.report.compare.judging import ALL_PAIRS, judge, mirrored, ranks, seeds_needed
from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.verdicts import verdict


def sample(values, failed=None):
    return Sample(values, range(len(values)), failed)


def answers(found):
    return [None if one is None else one.answer for one in found.verdicts]


GOOD = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
BAD = [2 * value for value in GOOD]
WORST = [9 * value for value in GOOD]


@pytest.mark.parametrize(
    ("groups", "reference", "told", "winner"),
    [
        ([BAD, GOOD], 1, ["worse", None], 1),
        ([BAD, GOOD, WORST], 1, ["worse", None, "worse"], 1),
        ([GOOD, GOOD], 0, [None, "~"], None),
        ([GOOD, GOOD, WORST], 0, [None, "~", "worse"], None),
        ([GOOD[:4], BAD[:4]], 0, [None, "~"], None),
        ([GOOD, BAD, WORST[:2]], 0, [None, "worse", "~"], None),
        ([GOOD], 0, [None], None),
        ([[math.inf] * 10, [math.nan] * 10], None, [None, None], None),
        ([[math.inf] * 10, GOOD], 1, ["worse", None], 1),
    ],
)
def test_the_leader_is_best_only_if_it_is_proven_against_all(groups, reference, told, winner):
    found = judge([sample(values) for values in groups])
    assert (found.reference, answers(found), found.winner) == (reference, told, winner)


def test_beside_a_baseline_the_others_are_better_or_worse():
    found = judge([sample(GOOD), sample(BAD), sample(WORST)], baseline=1)
    assert answers(found) == ["better", None, "worse"]
    assert found.winner == 0


def test_groups_too_small_to_prove_anything_do_not_make_it_harder_for_others():
    """Eight pairs prove 2·2⁻⁸ in up to 3 comparisons, not in 21."""
    small = [sample(WORST[:2])] * 20
    found = judge([sample(GOOD[:8]), sample(BAD[:8]), *small], baseline=0)
    assert answers(found) == [None, "worse", *["~"] * 20]


def test_a_run_without_bound_is_no_leader():
    low = [-1e300] * 10
    found = judge([sample(low, [True] * 10), sample(GOOD)])
    assert (found.reference, found.winner) == (1, 1)


def test_the_leader_of_very_many_is_judged_as_that_of_few():
    many = [sample([value * (2 + i) for value in GOOD]) for i in range(ALL_PAIRS + 5)]
    assert judge([*many, sample(GOOD)]).winner is None  # ten starts cannot decide among so many
    wide = [sample([value * (2 + i) for value in range(1, 31)]) for i in range(ALL_PAIRS + 5)]
    found = judge([*wide, sample(list(range(1, 31)))])
    assert found.winner == found.reference == ALL_PAIRS + 5
    assert set(answers(found)) == {"worse", None}


def test_nothing_is_proven_among_very_many_that_are_the_same():
    rng = np.random.default_rng(0)
    found = [judge([sample(rng.normal(size=15)) for _ in range(ALL_PAIRS + 10)]) for _ in range(20)]
    assert sum(one.winner is not None or "worse" in answers(one) for one in found) <= 1


@pytest.mark.parametrize(("a", "b"), [(GOOD, BAD), (BAD, GOOD), ([-1.0, 2.0, 5.0, 0.0, 1.0], [1.0] * 5), (GOOD, GOOD)])
def test_seen_from_the_other_side(a, b):
    seen, other = mirrored(verdict(sample(a), sample(b))), verdict(sample(b), sample(a))
    assert (seen.answer, seen.wins, seen.losses, seen.why) == (other.answer, other.wins, other.losses, other.why)
    assert (seen.effect, seen.low, seen.high) == pytest.approx((other.effect, other.low, other.high))


# 2·2⁻⁷ = 0.016 of one; 45 comparisons of ten lines with 2·2⁻¹² are 0.022, and nine beside a baseline with 2·2⁻¹⁰ 0.018.
@pytest.mark.parametrize(("lines", "alone", "beside_one"), [(2, 7, 7), (10, 12, 10)])
def test_so_many_seeds_are_needed(lines, alone, beside_one):
    assert seeds_needed(lines, has_baseline=False) == alone
    assert seeds_needed(lines, has_baseline=True) == beside_one


def test_mean_ranks_over_the_seeds_that_all_have():
    a, b = Sample([1.0, 2.0, 9.0], [0, 1, 2]), Sample([2.0, 1.0], [0, 1])
    assert ranks([a, b]) == [1.5, 1.5]
    assert all(map(math.isnan, ranks([a, Sample([1.0], [7])])))
    assert ranks([sample([1, 1, 1]), sample([2, 2, 0])]) == pytest.approx([4 / 3, 5 / 3])
