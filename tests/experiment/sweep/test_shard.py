"""Parts of a sweep for machines that know nothing of each other."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff.methods import Reverse
from gdlab.errors import UsageError
from gdlab.experiment.lanes import group
from gdlab.experiment.spec import Experiment
from gdlab.experiment.sweep.plan import Job
from gdlab.experiment.sweep.shard import WIDE, Shard, shard
from gdlab.optimizers import GD, LBFGS, Adam
from gdlab.problems import XOR

PROBLEM = XOR()
KINDS = {
    "adam": lambda i: Adam(lr=0.01 + i / 1e6),
    "gd": lambda i: GD(lr=0.01 + i / 1e6),
    "other": lambda i: Adam(lr=0.02),  # with other steps
    "lbfgs": lambda i: LBFGS(),
}


def cells(kinds):
    return [
        Job(i, Experiment(PROBLEM, Reverse(), KINDS[kind](i), steps=100 if kind != "other" else 90, seed=i))
        for i, kind in enumerate(kinds)
    ]


def numbers(part):
    return [job.cell for job in part]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=120), st.integers(1, 9))
def test_each_cell_is_in_one_part_and_parts_are_alike(kinds, n):
    whole = cells(kinds)
    parts = [shard(whole, i, n) for i in range(1, n + 1)]
    assert sorted(cell for part in parts for cell in numbers(part)) == list(range(len(whole)))
    assert all(numbers(part) == sorted(numbers(part)) for part in parts)
    alone = [sum(kinds[cell] == "lbfgs" for cell in numbers(part)) for part in parts]
    laned = [len(part) - by_itself for part, by_itself in zip(parts, alone, strict=True)]
    assert max(alone) - min(alone) <= 1
    share = -(-sum(laned) // n)
    assert max(laned) <= 2 * share  # a whole program at most beside an equal share


@pytest.mark.parametrize("n", [2, 3, 4])
def test_large_programs_are_cut_evenly_and_each_part_has_some_of_each(n):
    kinds = ["adam", "gd", "gd"] * (WIDE * n)
    parts = [shard(cells(kinds), i, n) for i in range(1, n + 1)]
    for kind, many in (("adam", WIDE), ("gd", 2 * WIDE)):
        assert [sum(kinds[cell] == kind for cell in numbers(part)) for part in parts] == [many] * n


def test_small_programs_stay_whole():
    whole = [
        Job(i, Experiment(PROBLEM, Reverse(), Adam(), steps=100 + program, seed=i))
        for i, program in enumerate([k for k in range(8) for _ in range(10)])
    ]
    parts = [shard(whole, i, 4) for i in range(1, 5)]
    assert [len(part) for part in parts] == [20, 20, 20, 20]
    for part in parts:
        groups, _ = group([job.experiment for job in part])
        assert [len(members) for members in groups] == [10, 10]


def test_one_small_program_is_shared_out_all_the_same():
    assert [len(shard(cells(["adam"] * 50), i, 4)) for i in range(1, 5)] == [12, 13, 12, 13]


def test_the_parts_do_not_depend_on_what_a_cell_is_called():
    named = [SimpleNamespace(experiment=job.experiment, index=job.cell) for job in cells(["adam", "lbfgs", "gd"] * 9)]
    again = cells(["adam", "lbfgs", "gd"] * 9)
    for i in (1, 2, 3):
        assert [cell.index for cell in shard(named, i, 3)] == numbers(shard(again, i, 3))


def test_more_parts_than_cells_leaves_some_empty():
    parts = [shard(cells(["adam", "lbfgs"]), i, 5) for i in range(1, 6)]
    assert sorted(map(len, parts)) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(("text", "i", "n"), [("1/1", 1, 1), ("2/8", 2, 8), (" 3 / 3 ", 3, 3)])
def test_reading_a_part(text, i, n):
    read = Shard.read(text)
    assert (read.i, read.n) == (i, n)
    assert str(read) == f"{i}/{n}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2", "--shard '2' is no part of a sweep; write i/n, such as 2/8 for the second of eight"),
        ("a/b", "--shard 'a/b' is no part of a sweep"),
        ("-1/4", "--shard '-1/4' is no part of a sweep"),
        ("1/2/3", "is no part of a sweep"),
        ("1.5/4", "is no part of a sweep"),
        ("", "is no part of a sweep"),
        ("0/4", "there is no shard 0/4: the parts of 4 are 1/4 to 4/4"),
        ("5/4", "there is no shard 5/4: the parts of 4 are 1/4 to 4/4"),
        ("1/0", "there is no shard 1/0: use 1/1 for all"),
    ],
)
def test_what_is_no_part(text, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        Shard.read(text)
