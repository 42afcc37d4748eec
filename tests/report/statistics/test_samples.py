import math

from gdlab.report.statistics.samples import Sample, paired


def listed(a, b):
    both = paired(a, b)
    return both and tuple(values.tolist() for values in both)


def test_runs_of_one_seed_are_paired_in_whatever_order_they_come():
    assert listed(Sample([1, 2, 3], [0, 1, 2]), Sample([30, 10, 20], [2, 0, 1])) == ([1, 2, 3], [10, 20, 30])


def test_a_failed_run_stays_in_its_pair():
    assert listed(Sample([1, 2], [0, 1], [True, False]), Sample([3, math.nan], [0, 1])) == (
        [math.inf, 2],
        [3, math.inf],
    )


def test_what_has_no_partner_is_left_out_of_the_pairs():
    assert listed(Sample([1, 2, 3], [0, 1, 2]), Sample([10, 20, 40], [0, 1, 9])) == ([1, 2], [10, 20])


def test_a_start_is_as_good_a_key_as_a_seed():
    assert listed(Sample([1, 2], [("xor", 0), ("iris", 0)]), Sample([4, 3], [("iris", 0), ("xor", 0)])) == (
        [1, 2],
        [3, 4],
    )


def test_other_seeds_are_no_pairs():
    assert paired(Sample([1, 2, 3], [0, 1, 2]), Sample([1, 2, 3], [2, 3, 4])) is None
    assert paired(Sample([1, 2]), Sample([1, 2])) is None
    assert paired(Sample([], []), Sample([], [])) is None


def test_runs_of_one_seed_count_once():
    sample = Sample([1, 2, 9], [0, 1, 1])
    assert sample.charged.tolist() == [1, 5.5]
    assert sample.median == 3.25


def test_the_median_of_no_runs_is_not_a_number():
    assert math.isnan(Sample([]).median)
    assert math.isnan(Sample([], []).median)
