"""How rows are split and standardized."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.errors import DataError
from gdlab.problems.data import Blobs, DataSet, Digits, Iris, Moons, Sine, Table, Xor
from gdlab.problems.data.scaling import mean_and_deviation
from gdlab.problems.data.splitting import choose_test_rows, quotas


@dataclass(frozen=True)
class Given(DataSet):
    """Rows that a test chooses."""

    name = "given"

    inputs: tuple[tuple[float, ...], ...] = ()
    targets: tuple[float, ...] = ()
    names: tuple[str, ...] = ()

    def table(self, rng):
        return Table(np.array(self.inputs, float), np.array(self.targets), self.names)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_without_a_share_all_rows_are_to_learn_from():
    split = Iris().split(rng())
    assert split.test is None
    assert len(split.train) == 150
    assert split.mean is None


def test_the_parts_are_all_rows_in_their_order():
    data = Sine(test=0.3, rows=50)
    split, whole = data.split(rng()), data.table(rng())
    where = {x: place for place, x in enumerate(whole.inputs[:, 0])}
    parts = [[where[x] for x in part.inputs[:, 0]] for part in (split.train, split.test)]
    assert [sorted(part) for part in parts] == parts
    assert sorted(parts[0] + parts[1]) == list(range(50))
    for part in (split.train, split.test):
        np.testing.assert_allclose(part.targets, [whole.targets[where[x]] for x in part.inputs[:, 0]])


@pytest.mark.parametrize("data", [Iris(test=0.2), Moons(test=0.25), Sine(test=0.5, standardize=True), Blobs(test=0.1)])
def test_the_same_generator_gives_the_same_split(data):
    first, second, other = data.split(rng(7)), data.split(rng(7)), data.split(rng(8))
    np.testing.assert_array_equal(first.train.inputs, second.train.inputs)
    np.testing.assert_array_equal(first.test.targets, second.test.targets)
    assert not np.array_equal(first.test.inputs, other.test.inputs)


def test_a_seed_takes_the_place_of_the_generator():
    data = Moons(test=0.25, seed=3)
    np.testing.assert_array_equal(data.split(rng(1)).test.inputs, data.split(rng(2)).test.inputs)
    np.testing.assert_array_equal(data.split(rng(1)).test.inputs, Moons(test=0.25).split(rng(3)).test.inputs)


def test_a_share_leaves_the_generated_rows_as_they_are():
    whole, split = Moons().split(rng()).train, Moons(test=0.25).split(rng())
    np.testing.assert_array_equal(
        np.sort(whole.inputs[:, 0]), np.sort(np.r_[split.train.inputs, split.test.inputs][:, 0])
    )


def test_iris_keeps_its_classes_in_proportion():
    split = Iris(test=0.2).split(rng())
    assert np.bincount(split.test.targets).tolist() == [10, 10, 10]
    assert np.bincount(split.train.targets).tolist() == [40, 40, 40]


@pytest.mark.parametrize(
    ("sizes", "count", "shared"),
    [
        ([50, 50, 50], 30, [10, 10, 10]),
        ([50, 50, 50], 31, [11, 10, 10]),  # of equal remainders the first
        ([90, 10], 20, [18, 2]),
        ([97, 3], 10, [10, 0]),  # 9.7 and 0.3
        ([53, 24, 23], 7, [4, 2, 1]),  # 3.71, 1.68 and 1.61: two remainders of 1 are left
        ([1, 1, 10], 6, [0, 0, 6]),  # one of each remains
        ([1, 9], 9, [0, 8]),
        ([0, 4], 2, [0, 2]),
    ],
)
def test_largest_remainders(sizes, count, shared):
    assert quotas(np.array(sizes), count).tolist() == shared


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_shares_of_any_classes(sizes, share, seed):
    targets = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    rows = len(targets)
    count = round(share * rows)
    if not 0 < count < rows or rows == len(sizes):
        with pytest.raises(DataError):
            choose_test_rows(targets, rows, share, rng(seed), "data")
        return
    chosen = choose_test_rows(targets, rows, share, rng(seed), "data")
    kept = np.bincount(targets[~chosen], minlength=len(sizes))
    taken = np.bincount(targets[chosen], minlength=len(sizes))
    assert chosen.sum() == min(count, rows - len(sizes))
    assert kept.min() >= 1
    exact = count * np.array(sizes) / rows
    free = kept > 1  # the others had no more to give
    assert np.all(taken[free] > exact[free] - 1)
    assert np.all(taken < exact + 1) or chosen.sum() < count or not np.all(free)


@given(st.integers(2, 300), st.floats(0.01, 0.99))
def test_shares_of_numbers(rows, share):
    count = round(share * rows)
    if 0 < count < rows:
        assert choose_test_rows(None, rows, share, rng(), "data").sum() == count


def test_every_row_is_as_likely_to_be_tested_on():
    picked = sum(choose_test_rows(np.arange(20) % 2, 20, 0.3, rng(seed), "data") for seed in range(2000))
    np.testing.assert_allclose(picked / 2000, 0.3, atol=0.05)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (Sine(rows=10, test=0.01), "data 'sine': a test share of 0.01 of 10 rows leaves none to test on"),
        (Sine(rows=10, test=0.99), "data 'sine': a test share of 0.99 of 10 rows leaves none to learn from"),
        (
            Given(inputs=((0,), (1,)), targets=(0, 1), names=("a", "b"), test=0.5),
            "data 'given': no class has two rows, so that none can be kept apart to test on",
        ),
        (
            Given(inputs=((0,), (1,), (2,)), targets=(0, 0, 0), names=("a",)),
            "data 'given': all 3 rows are of the class 'a': there must be two at least",
        ),
        (
            Given(inputs=((1e300,), (-1e300,)), targets=(0.5, 1.5), standardize=True),
            "data 'given': the inputs are too large to standardize: their squares exceed the largest float",
        ),
    ],
)
def test_what_cannot_be_split_is_refused(data, message):
    with pytest.raises(DataError) as caught:
        data.split(rng())
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


def test_numbers_become_classes_where_the_problem_needs_them():
    data = Given(inputs=((0,), (1,), (2,), (3,)), targets=(5.0, -1.0, 5.0, 7.0))
    assert data.split(rng()).train.classes == ()
    table = data.split(rng(), classes=True).train
    assert table.classes == ("-1", "5", "7")
    assert table.targets.tolist() == [1, 0, 1, 2]


def test_other_numbers_are_no_classes():
    with pytest.raises(DataError, match=r"data 'sine', row 1: the target -?0\.\d+ is no class: .* squared or huber"):
        Sine().split(rng(), classes=True)


def test_training_rows_are_standardized_and_test_rows_by_the_same():
    raw, split = Iris(test=0.3).split(rng()), Iris(test=0.3, standardize=True).split(rng())
    np.testing.assert_allclose(split.train.inputs.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(split.train.inputs.std(axis=0), 1)
    np.testing.assert_allclose(split.mean, raw.train.inputs.mean(axis=0))
    np.testing.assert_allclose(split.test.inputs * split.deviation + split.mean, raw.test.inputs)
    assert np.abs(split.test.inputs.mean(axis=0)).max() > 1e-3


def test_blank_pixels_stay_finite():
    """The corner of no digit is dark; that column does not vary."""
    split = Digits(standardize=True, test=0.2).split(rng())
    assert np.all(split.train.inputs[:, 0] == 0)
    assert np.all(np.isfinite(split.test.inputs))


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e9, 1e-200])
def test_a_constant_column_becomes_zero(constant):
    data = Given(inputs=tuple((constant, x) for x in range(7)), targets=tuple(range(7)), standardize=True)
    split = data.split(rng())
    assert split.train.inputs[:, 0].tolist() == [0] * 7
    assert split.deviation[0] == 1


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=40),
    st.integers(1, 40),
    st.sampled_from([0.0, 1e9]),
)
def test_pieces_give_the_mean_and_deviation_of_the_whole(values, size, offset):
    column = np.array(values)[:, None] / 1000 + offset
    mean, deviation = mean_and_deviation(column[i : i + size] for i in range(0, len(column), size))
    np.testing.assert_allclose(mean, column.mean(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(deviation, column.std() if np.ptp(column) > 0 else 1, rtol=1e-6, atol=1e-6)


def test_xor_can_be_split():
    split = Xor(copies=5, test=0.2).split(rng())
    assert np.bincount(split.test.targets).tolist() == [2, 2]


def test_pieces_cover_all_rows_once():
    table = Table(np.zeros((7, 2**19)), np.zeros(7))
    pieces = list(table.pieces())
    assert len(pieces) == 4
    assert np.concatenate(pieces).tolist() == list(range(7))
