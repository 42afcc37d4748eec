import dataclasses
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdlab.errors import UsageError
from gdlab.report.comparison import compare
from gdlab.store.status import Status

SOUND = ("converged", "max_steps", "stalled", "timeout")
UNSOUND = (*sorted(set(Status) - set(SOUND)), "running")
POLYNOMIAL = {"name": "polynomial"}


def best(runs, **options):
    """The names of the best."""
    comparison = compare(runs, **options)
    return {run.name for run, mark in zip(comparison.runs, comparison.best, strict=True) if mark}


def order(runs, **options):
    return [run.name for run in compare(runs, **options).runs]


def test_the_lowest_final_loss_is_the_best(make_run):
    runs = [make_run("a", loss=[1, 0.2]), make_run("b", loss=[1, 0.1]), make_run("c", loss=[0.01, 0.3])]
    assert best(runs) == {"b"}
    assert order(runs) == ["b", "a", "c"]


def test_the_metric_decides_what_is_best(make_run):
    runs = [
        make_run("a", loss=[1, 0.2], summary={"accuracy": 1.0}),
        make_run("b", loss=[1, 0.1], summary={"accuracy": 0.75}),
        make_run("c", loss=[0.01, 0.3], summary={"accuracy": 0.5}),
    ]
    assert best(runs, metric="best_loss") == {"c"}
    assert best(runs, metric="accuracy") == {"a"}
    assert order(runs, metric="accuracy") == ["a", "b", "c"]


@pytest.mark.parametrize("status", UNSOUND)
def test_a_run_that_did_not_end_well_is_never_the_best_and_stands_last(make_run, status):
    runs = [make_run("low", loss=[1, -1e300], status=status), make_run("a"), make_run("b", loss=[1, 0.5])]
    assert best(runs) == {"a"}
    assert order(runs) == ["a", "b", "low"]


@pytest.mark.parametrize("status", SOUND)
def test_a_run_that_ended_well_may_be_the_best(make_run, status):
    assert best([make_run("low", loss=[1, 0.001], status=status), make_run("a")]) == {"low"}


@pytest.mark.parametrize("loss", [math.nan, -math.inf, math.inf])
def test_a_number_that_is_not_finite_is_never_the_best(make_run, loss):
    runs = [make_run("odd", loss=[1, loss]), make_run("a")]
    assert best(runs) == {"a"}
    assert order(runs) == ["a", "odd"]


def test_a_run_without_the_number_is_never_the_best(make_run):
    assert best([make_run("empty", loss=[]), make_run("a")]) == {"a"}


def test_where_no_run_ended_well_none_is_the_best(make_run):
    assert best([make_run("a", status="diverged"), make_run("b", status="failed")]) == set()


def test_all_of_a_tie_are_best_and_what_reads_the_same_is_a_tie(make_run):
    runs = [make_run("a", loss=[4.0]), make_run("b", loss=[4.0 + 1e-12]), make_run("c", loss=[4.001])]
    assert best(runs) == {"a", "b"}


def test_each_problem_has_its_own_best_and_its_runs_stand_together(make_run):
    runs = [
        make_run("x1", loss=[0.1]),
        make_run("p1", loss=[5.0], problem=POLYNOMIAL),
        make_run("x2", loss=[0.2]),
        make_run("p2", loss=[4.0], problem=POLYNOMIAL),
    ]
    assert best(runs) == {"x1", "p2"}
    assert order(runs) == ["p2", "p1", "x1", "x2"]
    assert compare(runs).groups == (0, 0, 1, 1)


def test_the_same_problem_with_other_settings_is_another_problem(make_run):
    small, large = ({"name": "xor", "hidden": [size]} for size in (2, 4))
    runs = [make_run("s1", problem=small, loss=[0.3]), make_run("s2", problem=small, loss=[0.2])]
    runs += [make_run("l1", problem=large, loss=[0.1]), make_run("l2", problem=large, loss=[0.15])]
    assert best(runs) == {"s2", "l1"}


def test_a_run_that_is_alone_with_its_problem_is_not_called_the_best(make_run):
    assert best([make_run("alone")]) == set()
    assert best([make_run("a"), make_run("b", problem=POLYNOMIAL)]) == set()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", "abc"),
        ("-name", "cba"),
        ("seconds", "cab"),
        ("-seconds", "bac"),
        ("final loss", "bac"),
        ("lr", "bca"),
        ("optimizer.lr", "bca"),
        ("accuracy", "cab"),
        ("-accuracy", "acb"),
        ("problem.hidden", "abc"),
        ("status", "cab"),
        ("step", "bca"),
        ("steps", "acb"),
    ],
)
def test_any_column_sorts_and_what_is_unknown_stands_last(make_run, sort, expected):
    runs = [
        make_run("a", loss=[0.2], summary={"seconds": 2.0, "accuracy": 1.0}, settings={"lr": 10.0}, step=100),
        make_run("b", loss=[0.1], summary={"seconds": 10.0}, settings={"lr": 0.5}, step=8, config={"steps": 1000}),
        make_run("c", loss=[0.3], summary={"seconds": 1.0, "accuracy": 0.5}, settings={"lr": 2.0}, step=9),
    ]
    runs[2] = dataclasses.replace(runs[2], status="converged")
    assert "".join(order(runs, sort=sort)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "best"}, "unknown --metric 'best': There are final_loss, best_loss and accuracy"),
        ({"metric": "accuracy"}, "--metric accuracy: none of the runs has a value of accuracy"),
        ({"sort": "secnds"}, "unknown --sort 'secnds': did you mean 'seconds'? There are id, name, "),
        ({"sort": "rate"}, "--sort rate: there are several, say which: gradient.rate or optimizer.rate"),
    ],
)
def test_a_wrong_word_is_answered_with_what_is_allowed(make_run, options, message):
    runs = [make_run(settings={"rate": 1}, config={"gradient": {"name": "numeric", "rate": 2}})]
    with pytest.raises(UsageError) as caught:
        compare(runs, **options)
    assert str(caught.value).startswith(message)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.data())
def test_the_best_are_the_sound_runs_of_the_lowest_value_whatever_the_order(make_run, data):
    losses = data.draw(
        st.lists(st.sampled_from([math.nan, math.inf, -math.inf, -1e308, -1.0, 0.0, 0.5, 1e308]), min_size=2)
    )
    states = data.draw(st.lists(st.sampled_from([*SOUND, *UNSOUND]), min_size=len(losses), max_size=len(losses)))
    runs = [make_run(f"r{i}", loss=[v], status=s) for i, (v, s) in enumerate(zip(losses, states, strict=True))]
    sound = {run.name: v for run, v, s in zip(runs, losses, states, strict=True) if s in SOUND and math.isfinite(v)}
    expected = {name for name, value in sound.items() if value == min(sound.values())}
    assert best(runs) == expected
    assert best(data.draw(st.permutations(runs))) == expected
