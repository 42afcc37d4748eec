import math

import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.problems import PROBLEMS
from gdlab.report.page.captions import ECDF
from gdlab.report.plots.profiles import draw_ecdf, draw_profile
from gdlab.report.plots.solvers import solvers


@pytest.fixture
def task(make_run):
    """A run of a problem whose losses are logged after 0, 1, 2, … steps."""

    def task(problem, optimizer, loss, status="max_steps", seed=0, **changes):
        loss = np.array(loss, float)
        curve = {"step": np.arange(float(loss.size)), "loss": loss, "evaluations": 2 * np.arange(float(loss.size))}
        run = make_run(f"{optimizer}_{problem}", optimizer, loss=loss, problem={"name": problem}, status=status,
                       seed=seed, curve=curve, **changes)  # fmt: skip
        return run, curve

    return task


HALF = np.array([0.5])


def costs(runs, targets=HALF, x="step", **options):
    found = solvers(runs, x, targets, **options)
    return {label: found.costs[:, k, 0].tolist() for k, label in enumerate(found.labels)}


def test_a_problem_is_solved_once_so_much_of_the_way_is_done(task):
    runs = [task("p", "gd", [8, 7, 4, 0]), task("p", "adam", [8, 3, 2, 1]), task("q", "gd", [2, 1, 0])]
    assert costs(runs) == {"gd": [2, 1], "adam": [1, math.inf]}


def test_the_known_infimum_counts_and_not_the_best_that_was_reached(task):
    runs = [task("quadratic", "gd", [14, 10, 9.5]), task("quadratic", "adam", [14, 13, 8])]
    assert costs(runs) == {"gd": [1], "adam": [2]}  # half the way to 8, the lowest, is 11, and that to 4 is 9
    assert costs(runs, problem_of=lambda run: PROBLEMS["quadratic"]()) == {
        "gd": [math.inf],
        "adam": [2],
    }
    nine = [task("quadratic", "gd", [14, 9, 8.5])]
    assert costs(nine, problem_of=lambda run: PROBLEMS["quadratic"]()) == {"gd": [1]}


def test_seeds_are_problems_of_their_own(task):
    runs = [task("p", "gd", [4, 2, 0], seed=seed) for seed in range(3)]
    assert costs(runs) == {"gd": [1, 1, 1]}


def test_an_optimizer_that_ran_twice_on_a_problem_is_several_solvers(task):
    runs = [task("p", "gd", [4, 2, 0], settings={"lr": 0.1}), task("p", "gd", [4, 3, 0], settings={"lr": 0.2})]
    assert costs(runs) == {"gd lr=0.1": [1], "gd lr=0.2": [2]}


def test_one_tuned_for_each_problem_is_one_solver(task):
    runs = [task("p", "gd", [4, 2, 0], settings={"lr": 0.1}), task("q", "gd", [4, 3, 0], settings={"lr": 0.2})]
    assert costs(runs) == {"gd": [1, 2]}


def test_a_problem_without_a_lower_bound_is_left_out_and_named(task):
    runs = [task("polynomial", "gd", [4, -2, -9], status="unbounded"), task("p", "gd", [2, 0])]
    found = solvers(runs, "step", HALF, lambda run: PROBLEMS["polynomial"]() if "poly" in run.name else None)
    assert found.costs.shape == (1, 1, 1)
    assert found.notes == ("not drawn: polynomial has no lower bound",)


def test_what_did_not_run_is_not_solved_and_said(task):
    runs = [task("p", "gd", [2, 0]), task("q", "gd", [2, 0]), task("p", "adam", [2, 0])]
    found = solvers(runs, "step", HALF)
    assert found.absent == 1
    (axes,) = draw_profile(runs, "step").figure.axes
    said = "1 of 4 pairs of a problem and an optimizer were not run, and count as not solved"
    assert axes.get_title(loc="left").splitlines()[1] == said


# Dolan & Moré's definition by hand: gd is cheapest on p and on q, adam needs twice as much on p and three times on q,
# and alone solves r.
PLANTED = [
    ("p", "gd", [8, 0]), ("p", "adam", [8, 8, 0]),
    ("q", "gd", [8, 0]), ("q", "adam", [8, 8, 8, 0]),
    ("r", "gd", [8, 8, 8]), ("r", "adam", [8, 8, 0]),
]  # fmt: skip


def curves(axes):
    told = [text.get_text() for text in axes.get_legend().get_texts()]
    return dict(zip(told, (np.column_stack(line.get_data()).tolist() for line in axes.lines), strict=False))


def test_a_profile_is_the_fraction_solved_within_a_multiple_of_the_cheapest(task):
    (axes,) = draw_profile([task(*row) for row in PLANTED], "step").figure.axes
    drawn = curves(axes)
    assert [y for x, y in drawn["gd"] if x == 1] == [pytest.approx(2 / 3)]
    adam = [(x, pytest.approx(y)) for x, y in drawn["adam"]]
    assert adam[:3] == [(1, 1 / 3), (2, 2 / 3), (3, 1)]
    for line in axes.lines:
        assert line.get_xdata()[-1] >= axes.get_xlim()[1], "as wide as the axis"
    assert axes.lines[0].get_drawstyle() == "steps-post"
    assert "3 problems" in axes.get_title(loc="left")


def test_targets_reached_rise_to_what_was_reached(task):
    (axes,) = draw_ecdf([task(*row) for row in PLANTED], "step").figure.axes
    drawn = curves(axes)
    assert drawn["gd"][-1][1] == pytest.approx(2 / 3)
    assert drawn["adam"][-1][1] == pytest.approx(1)
    assert axes.get_xlabel() == "step"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("p", "gd", [8, 0])], "compares optimizers, and all runs are of one: gd"),
        ([("p", "gd", [8, 9]), ("p", "adam", [8, 8])], "no run of p gets below where it starts"),
        ([("p", "gd", []), ("p", "adam", [math.nan])], "no run of p gets below where it starts"),
    ],
)
def test_what_cannot_be_compared_is_said(task, rows, message):
    with pytest.raises(UsageError, match=message):
        draw_profile([task(*row) for row in rows], "step")


def test_a_target_that_nobody_reaches_is_said(task):
    runs = [task("quadratic", name, [14, 13]) for name in ("gd", "adam")]
    with pytest.raises(UsageError, match=r"no run does all but 0\.001 of the way to its minimum; try a larger"):
        draw_profile(runs, "step", problem_of=lambda run: PROBLEMS["quadratic"]())


def test_the_last_jump_counts_for_the_order_of_the_legend(task):
    # Both solve p at once, gd nothing more, adam all three other problems, at the right end.
    late = [(problem, "adam", [8, 8, 8, 8, 0]) for problem in "qrs"]
    early = [(problem, "gd", [8, 0] if problem == "t" else [8, 8]) for problem in "tqrs"]
    (axes,) = draw_ecdf([task(*row) for row in [*late, *early, ("t", "adam", [8, 8, 8, 8, 0])]], "step").figure.axes
    drawn = curves(axes)
    assert drawn["adam"][-1][1] == pytest.approx(1)
    assert drawn["gd"][-1][0] == drawn["adam"][-1][0]


def test_seeds_of_one_problem_are_not_called_problems(task):
    runs = [task("p", name, [4, 2, 0], seed=seed) for seed in range(3) for name in ("gd", "adam")]
    for draw in (draw_profile, draw_ecdf):
        (axes,) = draw(runs, "step").figure.axes
        assert "· 1 problem with 3 seeds, " in axes.get_title(loc="left")


def test_targets_are_as_many_as_the_title_says(task):
    (axes,) = draw_ecdf([task(*row) for row in PLANTED], "step").figure.axes
    assert axes.get_title(loc="left").endswith("50 targets each")
    assert "50 targets" in ECDF.caption


def test_solvers_of_one_optimizer_are_told_apart_without_colour(task):
    runs = [task("p", "gd", [4, 2, 0], settings={"lr": lr}) for lr in (0.1, 0.2, 0.3)]
    (axes,) = draw_ecdf(runs, "step").figure.axes
    assert len({line.get_marker() for line in axes.lines}) == 3
