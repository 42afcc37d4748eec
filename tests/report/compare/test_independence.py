from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdlab.report.compare.comparison import Question, compare
from gdlab.report.compare.independence import shared


def test_a_run_that_is_repeated_with_other_seeds_is_one(make_group):
    same = make_group("gd", [0.5] * 10, idle=True)
    assert shared(same, timed=False) == "seed"
    assert shared([*same[:9], *make_group("gd", [np.nextafter(0.5, 1)], seeds=[9], idle=True)], timed=False) == ""
    assert shared(same[:1], timed=False) == ""


def test_who_ends_alike_from_other_starts_is_not(make_run):
    """All ten end at exactly 0, each from a start of its own."""
    assert shared([make_run(loss=[1.0 + seed, 0.0], seed=seed) for seed in range(10)], timed=False) == ""


def test_two_settings_of_each_seed_are_told_from_two_seeds(make_group):
    runs = [*make_group("gd", [0.5] * 3, idle=True), *make_group("gd", [0.25] * 3, settings={"lr": 0.2}, idle=True)]
    assert shared(runs, timed=False) == "seed"
    other = [
        *make_group("gd", [0.5] * 3, idle=True),
        *make_group("gd", [0.25, 0.25, 0.2], settings={"lr": 0.2}, idle=True),
    ]
    assert shared(other, timed=False) == ""


def in_one_sweep(runs, seconds):
    return [
        replace(run, folder=Path("runs/sweep"), summary={**run.summary, "seconds": time})
        for run, time in zip(runs, seconds, strict=True)
    ]


def test_cells_that_ran_side_by_side_share_a_clock(make_group, starts):
    cells = in_one_sweep(make_group("gd", starts), [0.25] * 20)
    assert shared(cells, timed=True) == "clock"
    assert shared(cells, timed=False) == ""
    assert shared(in_one_sweep(make_group("gd", starts), np.linspace(1, 2, 20)), timed=True) == ""


@pytest.mark.parametrize("metric", ["final", "steps", "seconds"])
def test_replicas_prove_nothing_and_it_is_told(make_group, metric):
    runs = [*make_group("gd", [0.5] * 10, idle=True), *make_group("adam", [0.001] * 10, idle=True)]
    found = compare(runs, Question(metrics=(metric,), target="0.9"))
    assert [(line.n, line.independent, line.is_best) for line in found.lines] == [(10, 1, False)] * 2
    assert all(line.verdict is None for line in found.lines)
    assert "the seed changes nothing here: 10 runs are one" in found.cautions


def test_replicas_beside_runs_that_draw(make_group, starts):
    found = compare([*make_group("gd", [1e9] * 20, idle=True), *make_group("adam", starts)])
    assert [(line.settings["optimizer"], line.is_best) for line in found.lines] == [("adam", False), ("gd", False)]
    assert found.lines[1].verdict.answer == "~"
    assert found.cautions == ("the seed changes nothing in 1 of 2 lines: 20 runs are one",)


def test_nothing_is_judged_by_a_clock_that_is_shared(make_group, starts):
    fast, slow = make_group("adam", 0.5 * starts), make_group("gd", starts)
    runs = [*in_one_sweep(fast, [0.25] * 20), *in_one_sweep(slow, [2.5] * 20)]
    found = compare(runs, Question(metrics=("seconds",), target="0.9"))
    assert all(line.verdict is None and not line.is_best for line in found.lines)
    assert any(caution.startswith("cells that ran side by side share one clock here") for caution in found.cautions)
