import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.report.statistics import verdicts as module
from gdlab.report.statistics.effects import Tolerance
from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.verdicts import verdict, verdicts

INF = math.inf
TRIALS = 400


def seeded(values, failed=None):
    return Sample(values, range(len(values)), failed)


def answers(make, n, trials=TRIALS, paired=True, seed=0):
    """The answers of many trials, each decided for itself; `make` draws the losses of both groups, shape (n,)."""
    rng = np.random.default_rng(seed)
    drawn = [make(rng, n) for _ in range(trials)]
    keys = range(n) if paired else None
    pairs = [(Sample(a, keys), Sample(b, keys)) for a, b in drawn]
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # each trial for itself, and without the intervals, which decide nothing
        patch.setattr(module, "holm", np.asarray)
        patch.setattr(module, "_size", lambda finding, seed: (0.0, 0.0, 0.0))
        return np.array([one.answer for one in verdicts(pairs)])


def start(rng, n):
    return np.exp(rng.normal(0, 2, n))  # seeds differ by powers of ten


# Each draws two optimizers that are the same rule.
SAME = {
    "same distribution": lambda rng, n: (start(rng, n), start(rng, n)),
    "same starts, own noise": lambda rng, n: (w := start(rng, n), w * np.exp(rng.normal(0, 0.1, (2, n))))[1],
    "same values": lambda rng, n: (w := start(rng, n), w),
    "rounding to one side": lambda rng, n: (w := start(rng, n), w * (1 + 1e-15)),
    "half of the runs fail": lambda rng, n: np.where(rng.random((2, n)) < 0.5, INF, np.exp(rng.normal(0, 1, (2, n)))),
    "few values": lambda rng, n: rng.integers(1, 4, (2, n)).astype(float),
    "of any sign": lambda rng, n: rng.standard_cauchy((2, n)),
}


@pytest.mark.parametrize("n", [5, 10, 20, 60])
@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("make", SAME.values(), ids=SAME)
def test_the_same_rule_is_not_told_apart(make, paired, n):
    assert np.mean(answers(make, n, paired=paired) == "~") >= 0.95


def test_the_same_rule_is_not_told_apart_in_far_more_trials():
    found = answers(SAME["same starts, own noise"], 20, trials=4000, seed=1)
    assert np.mean(found == "~") >= 0.965


@pytest.mark.parametrize(("n", "power"), [(10, 0.5), (20, 0.9), (50, 0.99)])
def test_a_planted_difference_is_found(n, power):
    # ln(a/b) is normal with mean −1 and deviation 1: a t-test at this level, to which nothing is superior here, finds
    # 0.68, 0.97 and 1.00 of them (noncentral t); exact ranks of 10 pairs have few levels and stay further below.
    found = answers(lambda rng, n: (w := start(rng, n), (w * np.exp(rng.normal(-1, 1, n)), w))[1], n)
    assert np.mean(found == "better") >= power
    assert not (found == "worse").any()


def test_without_pairs_the_spread_of_the_seeds_hides_it():
    def make(rng, n):
        w = start(rng, n)
        return w * np.exp(rng.normal(-1, 1, n)), w

    assert np.mean(answers(make, 20, paired=False) == "better") < 0.5
    assert (
        np.mean(answers(lambda rng, n: (rng.normal(0, 1, n), rng.normal(2, 1, n)), 10, paired=False) == "better") > 0.95
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("keys", [True, False])
def test_with_few_seeds_nothing_is_ever_proven(n, keys):
    a, b = np.full(n, 1e-9), np.full(n, 1e9)
    one = verdict(seeded(a), seeded(b)) if keys else verdict(Sample(a), Sample(b))
    assert one.answer == "~"
    assert "cannot prove a difference: it takes" in one.why


def test_what_is_known_of_a_pair_by_hand():
    a = [1, 2, 4, 8, 3, 5, 7, 9]
    one = verdict(seeded(a), seeded([2, 4, 8, 16, 6, 10, 14, 9]))
    assert (one.answer, one.wins, one.ties, one.losses, one.n) == ("better", 7, 1, 0, 8)
    assert one.p == 2 / 2**7
    assert (one.is_paired, one.is_ratio) == (True, True)
    assert (one.effect, one.low) == pytest.approx((0.5, 0.5))
    assert one.why == "better in 7 of 8: p = 0.016"


def test_what_is_known_without_pairs_by_hand():
    one = verdict(Sample([-1, 0, 1, 2, 3]), Sample([3, 10, 11, 12, 13]))
    assert (one.wins, one.ties, one.losses) == (24, 1, 0)
    assert (one.is_paired, one.is_ratio, one.effect) == (False, False, 1 - 11)
    assert one.answer == "better"


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ([], [], "there is nothing to compare"),
        ([1.0] * 8, [1.0] * 8, "no difference in 8 pairs"),
        ([INF] * 8, [math.nan] * 8, "no difference in 8 pairs"),
        ([1.0] * 8, [1.0] * 4 + [2.0] * 4, "only 4 of 8 pairs differ, and it takes 7 or more to prove a difference"),
        ([1.0, 2, 3, 4, 5, 6, 7], [2.0, 1, 2, 5, 6, 7, 8], "not told apart in 7 pairs: p = "),
        ([1.0], [2.0], "1 pair cannot prove a difference: it takes 7 or more"),
    ],
)
def test_why_not(a, b, why):
    one = verdict(seeded(a), seeded(b))
    assert one.answer == "~"
    assert one.why.startswith(why)


def test_wins_and_ranks_must_agree():
    # a wins 6 of 20 pairs, but by far more, and loses 14 by little: p is small, and for whom is not clear.
    effects = np.concatenate((-np.arange(100.0, 106), np.arange(1.0, 15)))
    more = np.concatenate((-np.arange(100.0, 120), np.arange(1.0, 22)))
    assert verdict(seeded(effects), seeded(np.zeros(20))).answer == "~"
    one = verdict(seeded(more), seeded(np.zeros(41)))
    assert one.p < 0.025
    assert one.why == "not told apart in 41 pairs: wins and ranks disagree"


def test_who_fails_is_worse_whatever_value_it_ended_at():
    sound, failing = np.arange(1.0, 9), np.full(8, -1e308)
    assert verdict(seeded(sound), seeded(failing, np.ones(8, bool))).answer == "better"
    assert verdict(seeded(failing, np.ones(8, bool)), seeded(sound)).answer == "worse"
    assert verdict(seeded(np.full(8, -INF)), seeded(sound)).answer == "worse"


def test_near_an_infimum_the_caller_says_what_rounding_is():
    a, b = np.full(10, 1e-33), np.full(10, 4e-32)
    assert verdict(seeded(a), seeded(b)).answer == "better"
    assert verdict(seeded(a), seeded(b), tolerance=Tolerance(absolute=1e-16)).answer == "~"


def test_more_comparisons_need_more_seeds():
    a, b = seeded(np.ones(8)), seeded(np.arange(2.0, 10))
    assert verdict(a, b).answer == "better"
    many = verdicts([(a, b)] * 28)
    assert {one.answer for one in many} == {"~"}
    assert many[0].why == "8 pairs cannot prove a difference in 28 comparisons: it takes 12 or more"


EXTREME = [-1.7e308, -1.0, -5e-324, 0.0, 5e-324, 1.0, 1.7e308, INF, -INF, math.nan]


@pytest.mark.parametrize(("x", "y"), list(itertools.product(EXTREME, EXTREME)))
@pytest.mark.parametrize("keys", [True, False])
def test_extremes(x, y, keys):
    make = seeded if keys else Sample
    lower = x if math.isfinite(x) else INF
    upper = y if math.isfinite(y) else INF
    expected = "~" if lower == upper else "better" if lower < upper else "worse"
    one = verdict(make(np.full(8, x)), make(np.full(8, y)))
    assert one.answer == expected
    assert not math.isnan(one.effect)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=15), st.booleans(), st.randoms())
def test_it_mirrors_and_knows_no_order(pairs, keys, random):
    make = seeded if keys else Sample
    a, b = np.array(pairs, dtype=float).reshape(-1, 2).T
    one, other = verdict(make(a), make(b)), verdict(make(b), make(a))
    assert {"better": "worse", "worse": "better", "~": "~"}[one.answer] == other.answer
    assert (one.wins, one.ties, one.losses) == (other.losses, other.ties, other.wins)
    assert one.p == pytest.approx(other.p)
    a, b = np.array(random.sample(pairs, len(pairs)), dtype=float).reshape(-1, 2).T
    assert verdict(make(a), make(b)).answer == one.answer


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=15))
def test_the_unit_does_not_matter(pairs):
    a, b = np.array(pairs, dtype=float).T
    one, other = verdict(seeded(a), seeded(b)), verdict(seeded(1024 * a), seeded(1024 * b))
    assert (one.answer, one.wins) == (other.answer, other.wins)
    assert one.effect == pytest.approx(other.effect)


@pytest.mark.parametrize("keys", [range(10), None])
def test_values_whose_bounds_overlap_are_ties(keys):
    """Costs in (0, 50] and costs known to be 40 might be the same; those known to be 60 are not."""
    wide = Sample(np.arange(50.0, 60), keys, floors=np.zeros(10))
    near, far = Sample(np.arange(40.0, 50), keys), Sample(np.arange(60.0, 70), keys)
    assert [verdict(near, wide).answer, verdict(wide, near).answer] == ["~", "~"]
    assert [verdict(far, wide).answer, verdict(wide, far).answer] == ["worse", "better"]
