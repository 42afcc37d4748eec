import math
from dataclasses import replace

import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.comparison import Question, compare
from gdlab.report.compare.regression import parse_allowance, regression

STARTS = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]


def asked(runs, base, allowed=0.05, **question):
    keys = frozenset((str(run.folder), run.id) for run in base)
    return regression(compare([*runs, *base], Question(baseline=keys, **question)), allowed)


@pytest.mark.parametrize(
    ("value", "is_worse"),
    [(1.0, False), (1.04, False), (1.05, False), (1.06, True), (0.5, False), (math.nan, True), (math.inf, True)],
)
def test_a_single_run_is_worse_if_its_value_is_worse_by_more(make_run, value, is_worse):
    told = asked([make_run("new", loss=[2.0, value])], [make_run("old", loss=[2.0, 1.0])])
    assert bool(told) == is_worse


@pytest.mark.parametrize(("status", "is_worse"), [("diverged", True), ("failed", True), ("max_steps", False)])
def test_a_run_that_fails_is_worse_whatever_it_ended_at(make_run, status, is_worse):
    told = asked([make_run("new", loss=[2.0, 0.5], status=status)], [make_run("old", loss=[2.0, 1.0])])
    assert bool(told) == is_worse


def test_nothing_is_worse_than_a_baseline_that_failed(make_run):
    base = [make_run("old", loss=[2.0, 1.0], status="diverged")]
    assert asked([make_run("new", loss=[2.0, 9.0])], base) == ""
    assert asked([make_run("new", loss=[2.0, 9.0], status="diverged")], base) == ""


@pytest.mark.parametrize(
    ("factors", "is_worse"),
    [
        ([1.2] * 10, True),
        ([1.04] * 10, False),
        ([1.2, 0.8] * 5, False),
        ([3, 0.5, 3, 0.5, 3, 0.5, 3, 0.5, 3, 3], False),
    ],
)
def test_with_ten_seeds_it_must_be_proven_and_more_than_is_allowed(make_group, factors, is_worse):
    base = make_group("adam", STARTS)
    new = make_group("adam", [start * factor for start, factor in zip(STARTS, factors, strict=True)])
    told = asked([replace(run, name="new") for run in new], base)
    assert bool(told) == is_worse


@pytest.mark.parametrize("lines", [1, 10])
@pytest.mark.parametrize("n", [2, 5, 6, 7, 9, 10])
@pytest.mark.parametrize("how", ["larger", "diverged"])
def test_what_is_a_thousand_times_worse_fails_with_any_number_of_seeds(make_group, n, lines, how):
    """Among many lines, and with few seeds, nothing can be proven; that must not open the gate."""
    base = make_group("adam", STARTS[:n])
    changes = {"status": "diverged"} if how == "diverged" else {}
    bad = [
        run
        for k in range(lines)
        for run in make_group("gd", [1000 * start for start in STARTS[:n]], settings={"lr": 0.1 + k}, **changes)
    ]
    told = asked(bad, base)
    assert told.startswith("worse than the baseline by more than 5 %")
    assert ("cannot prove a difference" in told) == (n < (7 if lines == 1 else 10))


def test_few_seeds_that_are_better_or_the_same_pass(make_group):
    for factor in (0.5, 1.0, 1.04):
        new = make_group("gd", [factor * start for start in STARTS[:6]])
        assert asked(new, make_group("adam", STARTS[:6])) == ""


def test_the_worst_is_the_one_with_the_largest_part_too_much(make_run):
    """1.5 beside 1 is worse than 110 beside 100."""
    easy = {"name": "quadratic", "start": 0.0}
    base = [make_run("old", loss=[200.0, 100.0]), make_run("old", loss=[2.0, 1.0], problem=easy)]
    new = [make_run("large", "gd", loss=[200.0, 110.0]), make_run("small", "gd", loss=[2.0, 1.5], problem=easy)]
    assert "small" in asked(new, base)


def test_one_sentence_on_the_worst_and_how_many_more(make_run):
    base = [make_run("old", loss=[2.0, 1.0])]
    new = [make_run("bad", "gd", loss=[2.0, 1.5]), make_run("worse", "momentum", loss=[2.0, 2.5])]
    assert asked(new, base) == (
        "worse than the baseline by more than 5 %: 20261124-213602-worse-0002, final loss 2.5 beside 1 (+150 %); "
        "1 more is worse"
    )


def test_of_an_accuracy_less_is_worse(make_run):
    base = [make_run("old", summary={"accuracy": 0.9})]
    for accuracy, is_worse in ((0.95, False), (0.87, False), (0.8, True)):
        told = asked([make_run("new", summary={"accuracy": accuracy})], base, metrics=("accuracy",))
        assert bool(told) == is_worse


def test_there_must_be_something_to_compare(make_run):
    with pytest.raises(UsageError, match="no run of the same problem beside the baseline"):
        asked([make_run(problem={"name": "quadratic"})], [make_run()])


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), ("0%", 0.0), (" 12.5 % ", 0.125)])
def test_a_percentage(text, value):
    assert parse_allowance(text) == value


@pytest.mark.parametrize("text", ["5", "0.05", "-1%", "%", "many%", "nan%", "inf%"])
def test_what_is_no_percentage(text):
    with pytest.raises(UsageError, match="must be a percentage, such as 5%"):
        parse_allowance(text)
