"""Generated rows: what they are by their definition, and that they come from the generator."""

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.problems.data import DATA, And, Blobs, Circles, Moons, Or, Parity, Sine, Spirals, Xor

DRAWN = ["moons", "circles", "spirals", "blobs", "sine"]
TABLES = ["xor", "and", "or", "parity"]


def table(data, seed=0):
    return data.table(np.random.default_rng(seed))


def linear_accuracy(rows):
    """The accuracy of the plane of least squares on ±1, for two classes."""
    x = np.column_stack([rows.inputs, np.ones(len(rows))])
    sign = 2 * rows.targets - 1
    return np.mean(np.sign(x @ np.linalg.lstsq(x, sign, rcond=None)[0]) == sign)


def nearest_accuracy(rows):
    """How many rows have a nearest other row of their own class."""
    apart = np.linalg.norm(rows.inputs[:, None] - rows.inputs[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.mean(rows.targets[np.argmin(apart, axis=1)] == rows.targets)


@pytest.mark.parametrize(("name", "kind"), DATA.items(), ids=list(DATA))
def test_the_registry_says_what_each_set_is(name, kind):
    assert kind.name == name
    assert kind.summary()
    assert kind.source
    assert all(parameter.doc for parameter in kind.parameters())


@pytest.mark.parametrize("name", [name for name in DATA if name != "file"])
def test_the_parts_of_a_table_fit(name):
    rows = table(DATA[name]())
    assert rows.inputs.dtype == float
    assert rows.inputs.flags.c_contiguous
    assert rows.inputs.shape == (len(rows), len(rows.columns))
    assert rows.targets.shape == (len(rows),)
    assert np.all(np.isfinite(rows.inputs))
    if rows.classes:
        assert rows.targets.dtype.kind == "i"
        assert set(rows.targets) == set(range(len(rows.classes)))


@pytest.mark.parametrize(
    ("data", "answers"),
    [(Xor(), [0, 1, 1, 0]), (And(), [0, 0, 0, 1]), (Or(), [0, 1, 1, 1]), (Parity(bits=3), [0, 1, 1, 0, 1, 0, 0, 1])],
)
def test_truth_tables(data, answers):
    rows = table(data)
    assert rows.targets.tolist() == answers
    assert rows.inputs[1].tolist() == [0] * (data.width - 1) + [1]
    assert len(np.unique(rows.inputs, axis=0)) == 2**data.width


@pytest.mark.parametrize("bits", [1, 2, 5, 10])
def test_every_single_bit_changes_the_parity(bits):
    rows = table(Parity(bits=bits))
    answers = dict(zip(map(tuple, rows.inputs.astype(int).tolist()), rows.targets.tolist(), strict=True))
    for row, answer in answers.items():
        for place in range(bits):
            other = (*row[:place], 1 - row[place], *row[place + 1 :])
            assert answers[other] == 1 - answer


def test_copies_of_a_truth_table_with_noise():
    rows = table(Xor(copies=500, noise=0.1))
    assert len(rows) == 2000
    noise = rows.inputs - np.tile(table(Xor()).inputs, (500, 1))
    assert np.std(noise) == pytest.approx(0.1, rel=0.1)
    assert rows.targets.tolist() == [0, 1, 1, 0] * 500


@pytest.mark.parametrize("name", DRAWN)
def test_rows_come_from_the_generator(name):
    data = DATA[name]()
    np.testing.assert_array_equal(table(data, 3).inputs, table(data, 3).inputs)
    assert not np.array_equal(table(data, 3).inputs, table(data, 4).inputs)


@pytest.mark.parametrize("kind", [Moons, Circles, Spirals, Blobs])
def test_classes_have_the_same_size_and_are_mixed(kind):
    rows = table(kind(rows=101))
    sizes = np.bincount(rows.targets)
    assert sizes.sum() == 101
    assert np.ptp(sizes) <= 1
    assert len(set(rows.targets[:20])) == len(rows.classes)


def test_moons_are_half_circles():
    rows = table(Moons(noise=0.0, rows=300))
    upper, lower = (rows.inputs[rows.targets == k] for k in (0, 1))
    np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(lower - [1, 0.5], axis=1), 1)
    assert np.all(upper[:, 1] >= -1e-15)
    assert np.all(lower[:, 1] <= 0.5 + 1e-15)


def test_circles_differ_only_in_their_radius():
    rows = table(Circles(noise=0.0, factor=0.3))
    np.testing.assert_allclose(np.linalg.norm(rows.inputs, axis=1), np.where(rows.targets == 0, 1, 0.3))


@pytest.mark.parametrize(
    "data", [Moons(noise=0.05), Circles(noise=0.05), Spirals(noise=0.0), Spirals(turns=3, rows=400)]
)
def test_no_line_separates_what_neighbours_do(data):
    rows = table(data)
    assert linear_accuracy(rows) < 0.92
    assert nearest_accuracy(rows) > 0.98  # arms come near each other at the origin only


def test_spirals_are_no_better_than_a_guess_for_a_line():
    assert linear_accuracy(table(Spirals(turns=3, rows=400, noise=0.0))) < 0.65


def test_arms_of_a_spiral_are_turns_of_the_first():
    rows = table(Spirals(arms=3, rows=99, noise=0.0, turns=0.8))
    arms = [rows.inputs[rows.targets == k] @ [1, 1j] for k in range(3)]
    first = np.sort(np.abs(arms[0]))
    np.testing.assert_allclose(first, np.arange(1, 34) / 33)
    for k, arm in enumerate(arms):
        turned = arm * np.exp(-2j * np.pi * k / 3)
        np.testing.assert_allclose(turned[np.argsort(np.abs(turned))], arms[0][np.argsort(np.abs(arms[0]))], atol=1e-14)


def test_blobs_have_their_deviation():
    rows = table(Blobs(rows=6000, noise=0.5, centers=4, dim=3))
    assert rows.inputs.shape == (6000, 3)
    for k in range(4):
        np.testing.assert_allclose(rows.inputs[rows.targets == k].std(axis=0), 0.5, rtol=0.1)
    assert np.abs([rows.inputs[rows.targets == k].mean(axis=0) for k in range(4)]).max() < 10.1


def test_a_sine_is_one():
    rows = table(Sine(noise=0.0, periods=2.5))
    np.testing.assert_allclose(rows.targets, np.sin(rows.inputs[:, 0]))
    assert 2 * np.pi < np.abs(rows.inputs).max() <= 2.5 * np.pi
    noisy = table(Sine(rows=5000, noise=0.2))
    assert np.std(noisy.targets - np.sin(noisy.inputs[:, 0])) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Parity, {"bits": 0}, "parity: bits = 0 is not allowed, it must be a whole number ≥ 1 and ≤ 16"),
        (Moons, {"rows": 1}, "moons: rows = 1 is not allowed, it must be a whole number ≥ 2"),
        (Moons, {"noise": -0.1}, "moons: noise = -0.1 is not allowed, it must be a number ≥ 0"),
        (Circles, {"factor": 1.0}, "circles: factor = 1.0 is not allowed, it must be a number > 0 and < 1"),
        (Spirals, {"arms": 1}, "spirals: arms = 1 is not allowed, it must be a whole number ≥ 2"),
        (Spirals, {"turns": 0.0}, "spirals: turns = 0.0 is not allowed, it must be a number > 0"),
        (Blobs, {"rows": 2}, "blobs: rows = 2 is not allowed, it must be a whole number ≥ centers, which is 3"),
        (Sine, {"test": 1.0}, "sine: test = 1.0 is not allowed, it must be a number ≥ 0 and < 1"),
        (Xor, {"copies": 0}, "xor: copies = 0 is not allowed, it must be a whole number ≥ 1"),
    ],
)
def test_what_is_out_of_range_is_refused(kind, fields, message):
    with pytest.raises(ParameterError) as caught:
        kind(**fields)
    assert str(caught.value) == message
