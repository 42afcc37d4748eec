import math
from dataclasses import replace

import pytest

from gdlab.errors import UsageError
from gdlab.report.folded import fold_runs, is_foldable
from gdlab.report.folded_table import tabulate_folds
from gdlab.report.seeds import by_settings


@pytest.fixture
def cells(make_run):
    """Runs as cells of a sweep: losses by optimizer, a seed for each."""

    def cells(**losses):
        runs = [
            make_run(optimizer=name, loss=[1, loss], seed=seed, status="max_steps" if loss < 100 else "diverged")
            for name, each in losses.items()
            for seed, loss in enumerate(each)
        ]
        return [replace(run, id=f"sweep/{number}") for number, run in enumerate(runs)]

    return cells


def test_runs_that_differ_in_their_seed_only_are_one_line(cells):
    folded = fold_runs(cells(gd=[1, 2, 3, 4], adam=[0.5, 0.25]))
    adam, gd = folded.lines
    assert (adam.settings["optimizer"], len(adam), len(gd)) == ("adam", 2, 4)
    assert (gd.lower, gd.median, gd.upper, gd.extreme) == (1.75, 2.5, 3.25, 1), "definition 7 of Hyndman & Fan"
    assert (adam.best, gd.best) == (True, False)
    assert "seed" not in adam.settings


def test_a_run_that_diverged_counts_as_the_worst_and_is_not_left_out(cells):
    folded = fold_runs(cells(gd=[1, 2, 1e9], adam=[3, 1e9, 1e9]))
    gd, adam = folded.lines
    assert (gd.median, gd.upper, gd.ended) == (2, math.inf, {"max_steps": 2, "diverged": 1})
    assert (adam.median, adam.best, adam.extreme) == (math.inf, False, 3)


def test_equal_settings_are_one_group_whoever_made_them(make_run):
    first, second, other = make_run(seed=0), make_run(seed=1), make_run(seed=0, settings={"lr": 0.5})
    assert [group.runs for group in by_settings([first, other, second])] == [(first, second), (other,)]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, ["adam", "gd", "momentum"]),
        ("-final_loss", ["momentum", "gd", "adam"]),
        ("n", ["momentum", "adam", "gd"]),
        ("optimizer", ["adam", "gd", "momentum"]),
        ("-optimizer", ["momentum", "gd", "adam"]),
    ],
)
def test_the_order(cells, sort, order):
    folded = fold_runs(cells(gd=[2, 2, 2], adam=[1, 1], momentum=[3]), sort=sort)
    assert [line.settings["optimizer"] for line in folded.lines] == order


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "los"}, "--metric"),
        ({"sort": "optimzer"}, "did you mean 'optimizer'"),
        ({"metric": "accuracy"}, "none"),
    ],
)
def test_what_cannot_be_is_told(cells, arguments, message):
    with pytest.raises(UsageError, match=message):
        fold_runs(cells(gd=[1]), **arguments)


def test_only_sweeps_are_folded(make_run, cells):
    assert not is_foldable([make_run(), make_run(seed=1)])
    assert is_foldable([make_run(), *cells(gd=[1])])


def test_the_table(cells, printed):
    table = tabulate_folds(fold_runs(cells(gd=[1, 2, 3], adam=[0.5, 0.25, 1e9])))
    text = printed(table.grid)
    assert text.splitlines()[0].split("  ")[0] == "optimizer"
    assert "adam" in text.splitlines()[2]
    assert "2 max_steps, 1 diverged" in text
    assert "0.375 … inf" in text
    assert "0.5*" in text
    assert "ended: 5 max_steps and 1 diverged" in table.notes


def test_a_long_table_is_cut_and_says_so(cells, make_run, printed):
    runs = [replace(make_run(settings={"lr": i + 1}, loss=[1, i]), id=f"s/{i}") for i in range(60)]
    table = tabulate_folds(fold_runs(runs))
    lines = printed(table.grid).splitlines()
    assert len(lines) == 2 + 50
    assert lines[2].startswith("s/0")
    assert table.notes[-1] == "10 more lines; --limit 0 shows all, --format csv has every run"
    assert len(printed(tabulate_folds(fold_runs(runs), 0).grid).splitlines()) == 62
