"""Planted data with known answers, through the whole of a comparison."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.comparison import Question, compare

QUADRATIC = {"name": "quadratic", "start": 0.0}


def only(evaluations):
    """The counters of a run that differentiated nothing."""
    return {"evaluations": float(evaluations), "reverse_passes": 0.0}


def told(comparison):
    """Optimizer, answer and whether it is best, of each line in order."""
    return [
        (line.settings["optimizer"], line.verdict.answer if line.verdict else None, line.is_best)
        for line in comparison.lines
    ]


def test_a_rule_that_is_ten_times_better_from_every_start_is_proven_best(make_group, starts):
    found = compare([*make_group("gd", 10 * starts), *make_group("adam", starts)])
    assert told(found) == [("adam", None, True), ("gd", "worse", False)]
    adam, gd = found.lines
    assert (gd.verdict.wins, gd.verdict.ties, gd.verdict.losses) == (0, 0, 20)
    assert gd.verdict.effect == pytest.approx(10)
    assert gd.verdict.low == pytest.approx(10)
    assert adam.figures["final"].value == pytest.approx(np.median(starts))
    assert [adam.figures["final"].lower, adam.figures["final"].upper] == pytest.approx(
        np.quantile(starts, [0.25, 0.75]).tolist()
    )


def test_pairs_show_what_unpaired_runs_would_hide(make_group, starts):
    """1.3 times worse from every start is nothing beside a spread of e², unless starts are paired."""
    paired = compare([*make_group("gd", 1.3 * starts), *make_group("adam", starts)])
    other = compare([*make_group("gd", 1.3 * starts, seeds=range(100, 120)), *make_group("adam", starts)])
    assert [line.is_best for line in paired.lines] == [True, False]
    assert not any(line.is_best for line in other.lines)


def test_rules_that_are_the_same_are_not_told_apart_in_95_of_100_trials(make_group):
    """Two and three optimizers whose losses are drawn from one distribution, with the start shared."""
    rng = np.random.default_rng(1)
    for rules in (["adam", "gd"], ["adam", "gd", "momentum"]):
        told_apart = 0
        for _ in range(100):
            start = rng.normal(size=12)
            runs = [run for rule in rules for run in make_group(rule, np.exp(start + rng.normal(size=12)))]
            found = compare(runs)
            told_apart += any(line.is_best or (line.verdict and line.verdict.answer != "~") for line in found.lines)
        assert told_apart <= 5


def test_the_same_rule_to_the_last_bit_is_no_winner(make_group, starts):
    found = compare([*make_group("gd", starts), *make_group("adam", starts * (1 + 1e-15))])
    assert [(answer, best) for _, answer, best in told(found)] == [(None, False), ("~", False)]


@pytest.mark.parametrize("status", ["unbounded", "diverged", "non_finite", "failed", "running", "interrupted"])
def test_what_did_not_end_well_is_counted_and_never_best(make_group, starts, status):
    found = compare([*make_group("gd", -1e300 * np.ones(20), status=status), *make_group("adam", starts)])
    assert told(found) == [("adam", None, True), ("gd", "worse", False)]
    assert (found.lines[1].fold.failures, found.lines[1].fold.successes) == (20, 0)
    assert found.lines[1].ended == {status: 20}


def test_a_few_failures_count_as_the_worst_of_their_line(make_group, starts):
    runs = make_group("adam", starts)
    broken = make_group("adam", [0.0] * 3, seeds=[20, 21, 22], status="diverged")
    line = compare([*runs, *broken]).lines[0]
    assert (line.n, line.fold.failures, line.fold.rate) == (23, 3, 20 / 23)
    assert line.figures["final"].value == sorted(starts)[11]


def test_single_runs_prove_nothing(make_run):
    found = compare([make_run("a", loss=[1.0, 0.5]), make_run("b", "gd", loss=[1.0, 0.1])])
    assert told(found) == [("gd", None, False), ("adam", None, False)]


def test_values_of_any_size(make_group, make_run):
    for values in ([1e308] * 8, [-1e308] * 8, [0.0] * 8, [5e-324] * 8):
        found = compare([*make_group("adam", values), *make_group("gd", values)])
        assert [answer for _, answer, _ in told(found)] == [None, "~"]
    far = compare([*make_group("adam", [-1e308] * 8), *make_group("gd", [1e308] * 8)])
    assert told(far) == [("adam", None, True), ("gd", "worse", False)]
    lone = compare([make_run(loss=[])])
    assert math.isnan(lone.lines[0].figures["final"].value)


def test_each_problem_has_a_best_of_its_own(make_group, starts):
    runs = [
        *make_group("adam", starts),
        *make_group("gd", 3 * starts),
        *make_group("adam", 3 * starts, problem=QUADRATIC),
        *make_group("gd", starts, problem=QUADRATIC),
    ]
    found = compare(runs)
    assert [(line.block, name, best) for line, (name, _, best) in zip(found.lines, told(found), strict=True)] == [
        (0, "gd", True),
        (0, "adam", False),
        (1, "adam", True),
        (1, "gd", False),
    ]


def test_of_an_accuracy_the_highest_is_best(make_group):
    good = make_group("adam", [0.1] * 10, summary={"accuracy": 0.9})
    bad = make_group("gd", [0.01] * 10, summary={"accuracy": 0.8})
    found = compare([*bad, *good], Question(metrics=("accuracy",)))
    assert told(found) == [("adam", None, True), ("gd", "worse", False)]


def test_ert_charges_failures_as_coco_does(make_run):
    """Reached at 40 and 60 evaluations, and once not at all for 100: (40 + 60 + 100) / 2."""
    step = np.array([0.0, 10.0, 20.0])

    def run(seed, reached, spent):
        curve = {"step": step, "loss": np.array([1.0, 0.5, 0.1 if reached else 0.3]), "evaluations": step * spent / 20}
        return make_run(loss=curve["loss"], curve=curve, seed=seed, summary=only(spent))

    runs = [run(0, True, 40), run(1, True, 60), run(2, False, 100)]
    line = compare(runs, Question(metrics=("ert", "evaluations"), target="0.1")).lines[0]
    assert line.figures["ert"].value == 100
    assert line.figures["evaluations"].value == 60
    assert (line.fold.successes, line.n) == (2, 3)
    nobody = compare(runs, Question(metrics=("ert",), target="1e-9")).lines[0]
    assert nobody.figures["ert"].value == math.inf


def test_who_leads_by_ert_is_first_though_its_median_run_failed(make_run):
    """One of three reaches it at 1 evaluation of 2, so that its ERT is 5; the others always do, at 100."""

    def run(optimizer, seed, cost, spent):
        curve = {"step": np.array([0.0, 1.0]), "loss": np.array([1.0, 0.1 if cost else 0.3])}
        curve["evaluations"] = np.array([0.0, float(cost or spent)])
        return make_run(optimizer, optimizer, curve["loss"], curve=curve, seed=seed, summary=only(spent))

    lucky = [run("adam", 0, 1, 2), run("adam", 1, None, 2), run("adam", 2, None, 2)]
    sure = [run("gd", seed, 100, 100) for seed in range(3)]
    first, second = compare([*sure, *lucky], Question(metrics=("ert",), target="0.1")).lines
    assert (first.settings["optimizer"], first.figures["ert"].value, first.is_reference) == ("adam", 5, True)
    assert (second.figures["ert"].value, second.verdict.answer) == (100, "~")


def test_seconds_of_several_machines_are_shown_and_not_judged(make_group, starts):
    slow = make_group("gd", [1e-5] * 10, summary={}, details={"host": "snail"})
    fast = make_group("adam", [1e-5] * 10, details={"host": "hare"})
    asked = Question(metrics=("seconds",), target="1e-3")
    found = compare([*slow, *fast], asked)
    assert all(line.verdict is None and not line.is_best for line in found.lines)
    assert "seconds are of several machines, so that nothing is judged by them" in found.cautions
    assert compare([*fast, *fast[:0]], asked).cautions == ()


def test_lines_by_what_was_asked_for(make_group, starts):
    runs = [
        *make_group("adam", starts, settings={"lr": 0.1}),
        *make_group("adam", 2 * starts, settings={"lr": 0.2}),
        *make_group("gd", 4 * starts, settings={"lr": 0.1}),
    ]
    by_rule = compare(runs, Question(group_by=("optimizer",)))
    assert [(line.group.named, line.n) for line in by_rule.lines] == [
        ((("optimizer", "adam"),), 40),
        ((("optimizer", "gd"),), 20),
    ]
    assert by_rule.lines[1].verdict.n == 20, "two runs from one start are one pair"
    by_rate = compare(runs, Question(group_by=("lr",)))
    assert sorted((line.group.named[0], line.n) for line in by_rate.lines) == [
        (("optimizer.lr", "0.1"), 40),
        (("optimizer.lr", "0.2"), 20),
    ]


def test_a_seed_that_comes_twice_is_a_line_of_its_own_for_each_name(make_group, make_run):
    first, again = make_group("adam", [0.1] * 5), make_group("adam", [0.1] * 5)
    renamed = [replace(run, name="again") for run in again]
    assert sorted((line.runs[0].name, line.n) for line in compare([*first, *renamed]).lines) == [
        ("adam", 5),
        ("again", 5),
    ]
    assert [line.n for line in compare([make_run(), make_run()]).lines] == [1, 1]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, ["momentum", "adam", "gd"]),
        ("-final", ["gd", "adam", "momentum"]),
        ("optimizer", ["adam", "gd", "momentum"]),
        ("-seconds", ["gd", "momentum", "adam"]),
        ("gamma", ["momentum", "adam", "gd"]),
        ("n", ["momentum", "gd", "adam"]),
    ],
)
def test_in_the_order_that_was_asked_for(make_group, sort, order):
    runs = [
        *make_group("gd", [0.3, 0.3], summary={"seconds": 3.0}),
        *make_group("momentum", [0.1, 0.1], summary={"seconds": 2.0}),
        *make_group("adam", [0.2, 0.2, 0.2], summary={"seconds": 1.0}),
    ]
    assert [name for name, _, _ in told(compare(runs, Question(sort=sort)))] == order


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question(metrics=("evaluations",)), "say which, such as --target 1e-3"),
        (Question(metrics=("finl",)), "unknown --metric 'finl': did you mean 'final'?"),
        (Question(metrics=("suboptimality",)), "the minimum of its problem is not known"),
        (Question(target="+1e-3"), "the minimum, and that is not known"),
        (Question(target="low"), "must be a finite number"),
        (Question(sort="secnds"), "unknown --sort 'secnds': did you mean 'seconds'?"),
        (Question(group_by=("optmizer",)), "unknown key 'optmizer' in --group-by: did you mean 'optimizer'?"),
    ],
)
def test_what_cannot_be_answered_is_told(make_run, question, message):
    with pytest.raises(UsageError) as caught:
        compare([make_run(), make_run(optimizer="gd")], question)
    assert message in str(caught.value)


def test_the_distance_from_a_known_minimum(make_run):
    runs = [make_run(loss=[5.0, 4.25]), make_run(optimizer="gd", loss=[5.0, 4.5])]
    found = compare(runs, Question(metrics=("suboptimality",), infimum_of=lambda run: 4.0))
    assert [line.figures["suboptimality"].value for line in found.lines] == [0.25, 0.5]


CAUTIONS = [
    ({"config": {"steps": 50}}, "budgets differ: 20 and 50 steps"),
    ({"config": {"stop": {"target_loss": 0.1}}}, "runs stop at different things: the budget and target_loss=0.1"),
    ({"config": {"batch": {"size": 8}}}, "batches differ: all and 8 rows"),
]


@pytest.mark.parametrize(("changes", "message"), CAUTIONS)
def test_what_is_not_alike_is_told(make_group, starts, changes, message):
    runs = [*make_group("adam", starts), *make_group("gd", starts, **changes)]
    assert any(message in caution for caution in compare(runs).cautions)
    assert compare([*make_group("adam", starts), *make_group("gd", starts)]).cautions == ()


def test_a_budget_is_no_matter_for_the_cost_to_a_target(make_group, starts):
    runs = [*make_group("adam", starts), *make_group("gd", starts, config={"steps": 50})]
    assert compare(runs, Question(metrics=("steps",), target="0.1")).cautions == ()


def test_tuned_beside_untuned_and_unequal_seeds_are_told(make_group, starts):
    tuned = [replace(run, tags=("tuned",)) for run in make_group("adam", starts)]
    assert compare([*tuned, *make_group("gd", starts)]).cautions == (
        "tuned beside untuned: 1 of 2 lines is tagged tuned",
    )
    assert compare([*make_group("adam", starts), *make_group("gd", starts[:5])]).cautions == (
        "lines have 5 to 20 runs; only those with the same seeds are compared in pairs",
    )
    other = make_group("gd", starts, seeds=range(50, 70))
    assert compare([*make_group("adam", starts), *other]).cautions == (
        "seeds differ from line to line; only runs with the same seed start at the same point",
    )


def counted(make_run, optimizer, *, seed=0, **counters):
    """A run that reaches 0.1 at its second row, and what its counters are at each row."""
    curve = {"step": np.arange(3.0), "loss": np.array([1.0, 0.1, 0.1])}
    curve |= {name: np.array(values, dtype=float) for name, values in counters.items()}
    return make_run(optimizer, optimizer, curve["loss"], curve=curve, seed=seed)


def test_passes_of_every_kind_are_paid_for(make_run):
    """A rule that spends 50 dual passes is no cheaper than one that spends 5 evaluations and 5 reverse passes."""
    dual = [
        counted(make_run, "gd", seed=seed, evaluations=[0, 0, 0], dual_passes=[0, 50, 99], reverse_passes=[0, 0, 0])
        for seed in range(10)
    ]
    reverse = [
        counted(make_run, "adam", seed=seed, evaluations=[0, 5, 9], reverse_passes=[0, 5, 9]) for seed in range(10)
    ]
    found = compare([*dual, *reverse], Question(target="0.1"))
    assert [(line.settings["optimizer"], line.figures["passes"].value) for line in found.lines] == [
        ("adam", 10),
        ("gd", 50),
    ]
    with pytest.raises(UsageError, match=r"10 of 20 runs count no evaluations, and would cost nothing \(gd\)"):
        compare([*dual, *reverse], Question(target="0.1", metrics=("evaluations",)))


def falling(make_run, optimizer, seed, rate, *, every, steps, status="max_steps"):
    """A loss that falls by a part in each step, logged now and then."""
    step = np.arange(0.0, steps + 1, every)
    curve = {"step": step, "loss": (1 + seed % 100 / 64) * (1 - rate) ** step, "evaluations": step, "seconds": step}
    config = {"steps": steps, "log": {"every": every}}
    return make_run(optimizer, optimizer, curve["loss"], curve=curve, seed=seed, config=config, status=status)


@pytest.mark.parametrize("shift", [0, 100])
@pytest.mark.parametrize("metric", ["steps", "passes", "ert"])
def test_a_rule_that_is_logged_more_seldom_is_not_told_apart_from_itself(make_run, metric, shift):
    """Both reach 0.1 after some 230 steps of 1 %; who logs every 50th step notes it up to 49 steps later."""
    often = [falling(make_run, "adam", seed, 0.01, every=1, steps=300) for seed in range(20)]
    seldom = [falling(make_run, "gd", seed + shift, 0.01, every=50, steps=1000) for seed in range(20)]
    found = compare([*often, *seldom], Question(metrics=(metric,), target="0.1"))
    assert [line.verdict.answer for line in found.lines if line.verdict] == ["~"]
    assert not any(line.is_best for line in found.lines)
    assert any(caution.startswith("losses are logged at different steps") for caution in found.cautions)


@pytest.mark.parametrize("shift", [0, 100])
def test_a_rule_that_is_far_faster_is_proven_so_however_it_is_logged(make_run, shift):
    often = [falling(make_run, "adam", seed, 0.1, every=1, steps=300) for seed in range(20)]
    seldom = [falling(make_run, "gd", seed + shift, 0.01, every=50, steps=1000) for seed in range(20)]
    found = compare([*often, *seldom], Question(metrics=("steps",), target="0.1"))
    assert told(found) == [("adam", None, True), ("gd", "worse", False)]


def test_a_target_that_was_reached_counts_though_the_run_broke_later_and_is_never_crowned(make_run):
    broke = [falling(make_run, "adam", seed, 0.1, every=1, steps=300, status="diverged") for seed in range(20)]
    sound = [falling(make_run, "gd", seed, 0.01, every=1, steps=300) for seed in range(20)]
    first, second = compare([*broke, *sound], Question(metrics=("steps",), target="0.1")).lines
    assert (first.settings["optimizer"], first.fold.successes, first.is_best) == ("adam", 20, False)
    assert (second.verdict.answer, second.is_best) == ("worse", False)
    unbounded = [falling(make_run, "adam", seed, 0.1, every=1, steps=300, status="unbounded") for seed in range(20)]
    first, second = compare([*unbounded, *sound], Question(metrics=("ert",), target="0.1")).lines
    assert (first.settings["optimizer"], first.is_best, second.fold.successes) == ("gd", True, 0)


def test_trials_are_left_out_of_a_line_with_others(make_group, starts):
    """The seeds that chose the settings are luckier than others."""
    trials = [replace(run, tags=("trials",)) for run in make_group("adam", starts / 1000, seeds=range(100, 120))]
    found = compare([*trials, *make_group("adam", starts)])
    assert [(line.n, line.figures["final"].value) for line in found.lines] == [(20, pytest.approx(np.median(starts)))]
    assert found.cautions == ("20 runs tagged trials chose the settings, and count in no line with other runs",)
    beside = compare([*trials, *make_group("gd", starts)])
    assert [line.n for line in beside.lines] == [20, 20]
    assert any(caution.startswith("1 of 2 lines is tagged trials") for caution in beside.cautions)


def test_who_stops_at_a_target_is_not_better_for_landing_lower(make_group, starts):
    stop = {"config": {"stop": {"target_loss": 0.25}}}
    runs = [*make_group("adam", starts, **stop), *make_group("gd", 2 * starts, **stop)]
    (caution,) = compare(runs).cautions
    assert caution.startswith("40 of 40 runs stopped at their target_loss")
    assert caution.endswith("--metric passes --target 0.25")
    assert compare(runs, Question(target="0.25")).cautions == ()
