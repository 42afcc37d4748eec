import math

import pytest

from gdlab.report.comparison import compare
from gdlab.report.comparison_table import tabulate


def columns(runs, **options):
    """The shown columns: titles and texts without padding."""
    grid = tabulate(compare(runs, **options)).grid
    return {column.head: [cell.text.strip() for cell in column.cells] for column in grid.columns}


def test_what_all_runs_share_stands_in_one_line_and_only_what_differs_in_columns(make_run):
    runs = [make_run("a", "adam", loss=[1, 0.2]), make_run("g", "gd", loss=[1, 0.5], summary={"seconds": 0.25})]
    table = tabulate(compare(runs))
    assert table.common == (
        "All 2 runs: problem xor hidden=[4] activation=tanh; gradient reverse; optimizer lr=0.1; steps 20; seed 0; "
        "status max_steps; step 20; evaluations 21; dual passes 0; reverse passes 20"
    )
    assert columns(runs) == {
        "name": ["a", "g"],
        "optimizer": ["adam", "gd"],
        "final loss": ["0.2*", "0.5"],
        "best loss": ["0.2", "0.5"],
        "seconds": ["0.5", "0.25"],
    }


def test_an_optimizer_is_shown_with_the_hyper_parameters_that_tell_runs_apart(make_run):
    runs = [make_run("a", "adam"), make_run("b", "adam", settings={"lr": 1e-8}), make_run("c", "gd")]
    assert columns(runs, sort="name")["optimizer"] == ["adam lr=0.1", "adam lr=1e-8", "gd lr=0.1"]


def test_a_name_that_is_common_is_not_repeated_in_the_cells(make_run):
    runs = [make_run("a"), make_run("b", settings={"lr": 0.5})]
    assert columns(runs)["optimizer"] == ["lr=0.1", "lr=0.5"]
    assert "optimizer adam beta1=0.9 beta2=0.999; " in tabulate(compare(runs)).common


def test_seeds_and_budgets_and_goals_are_shown_where_they_differ(make_run):
    goal = {"stop": {"target_loss": 0.5}}
    shown = columns([make_run("a", seed=1), make_run("b", seed=2, config={"steps": 99}), make_run("c", config=goal)])
    assert shown["seed"] == ["1", "2", "0"]
    assert shown["steps"] == ["20", "99", "20"]
    assert shown["stop"] == ["target_loss=null", "target_loss=null", "target_loss=0.5"]


def test_where_runs_share_a_name_they_are_shown_by_their_id(make_run):
    runs = [make_run("same", loss=[1]), make_run("other", loss=[2]), make_run("same", loss=[3])]
    assert columns(runs)["id"] == [run.id for run in runs]


def test_the_best_is_bold_and_starred_and_the_digits_stay_below_each_other(make_run):
    runs = [make_run("a", loss=[0.5]), make_run("b", loss=[0.25])]
    grid = tabulate(compare(runs)).grid
    cells = next(column.cells for column in grid.columns if column.head == "final loss")
    assert cells == [("0.25*", "bold"), ("0.5 ", "")]


def test_the_metric_is_marked_wherever_it_stands(make_run):
    runs = [make_run("a", summary={"accuracy": 0.75}), make_run("b", summary={"accuracy": 1.0})]
    assert columns(runs, metric="accuracy")["accuracy"] == ["1*", "0.75"]


@pytest.mark.parametrize(
    ("states", "notes"),
    [
        (["max_steps", "max_steps"], ("* lowest final loss",)),
        (["max_steps", "diverged"], ("* lowest final loss; not in the running: 1 diverged",)),
        (["failed", "diverged", "diverged"], ("no best: 2 diverged and 1 failed",)),
        (["max_steps"], ()),
    ],
)
def test_notes_say_what_the_star_means_and_who_was_left_out(make_run, states, notes):
    runs = [make_run(f"r{i}", status=status, loss=[0.1 * (i + 1)]) for i, status in enumerate(states)]
    assert tabulate(compare(runs)).notes == notes


def test_notes_name_the_direction_and_the_problems(make_run):
    runs = [make_run(f"x{i}", summary={"accuracy": i / 4}) for i in range(2)]
    runs += [make_run(f"q{i}", problem={"name": "moons"}, summary={"accuracy": i / 4}) for i in range(2)]
    assert tabulate(compare(runs, metric="accuracy")).notes == ("* highest accuracy of each problem",)


def test_each_of_several_problems_is_a_title_above_its_runs(make_run):
    problem = {"name": "polynomial"}
    grid = tabulate(compare([make_run("a"), make_run("p", problem=problem), make_run("b")])).grid
    assert grid.titles == {0: "polynomial", 1: "xor hidden=[4]"}
    assert [cell.text for cell in grid.columns[0].cells] == ["p", "a", "b"]
    assert "problem" not in [column.head for column in grid.columns]


def test_one_problem_needs_no_title(make_run):
    assert tabulate(compare([make_run("a"), make_run("b")])).grid.titles == {}


def test_a_single_run_is_shown_with_its_settings_above_and_all_its_results(make_run):
    table = tabulate(compare([make_run()]))
    assert table.common.startswith("1 run: problem xor hidden=[4] activation=tanh; gradient reverse; optimizer adam lr")
    heads = [column.head for column in table.grid.columns]
    assert heads[:4] == ["name", "status", "step", "final loss"]


def test_words_for_what_is_not_finite_and_a_dash_for_what_is_not_there(make_run):
    runs = [make_run("a", loss=[math.inf]), make_run("b", loss=[math.nan]), make_run("c", loss=[]), make_run("d")]
    assert columns(runs, sort="name")["final loss"] == ["inf", "nan", "-", "0.01*"]
    assert tabulate(compare(runs)).notes == ("* lowest final loss; not in the running: 3 without a finite final loss",)


def test_nan_everywhere_counts_as_the_same(make_run):
    runs = [make_run(name, loss=[math.nan], status="non_finite") for name in "ab"]
    assert "final loss nan" in tabulate(compare(runs)).common


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_every_number_is_whole_at_any_width(make_run, printed, width):
    runs = [make_run(f"a_rather_long_name_{i}", loss=[1.2346e-7 * (i + 1)], status="stalled") for i in range(3)]
    text = printed(tabulate(compare(runs)).grid, width=width)
    assert {"1.2346e-7*", "2.4692e-7", "3.7038e-7"} <= set(text.split())


def test_names_are_literal(make_run):
    runs = [make_run("[red]\x1b[31m\n"), make_run("b")]
    assert r"[red]\x1b[31m\n" in columns(runs)["name"]
