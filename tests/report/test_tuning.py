"""How settings are judged, chosen and compared: planted runs whose answer is known."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from gdlab.experiment.tuning.budget import Budget
from gdlab.experiment.tuning.draw import settings
from gdlab.experiment.tuning.spent import Spent, spent
from gdlab.experiment.tuning.study import Candidate, Study
from gdlab.optimizers import OPTIMIZERS
from gdlab.optimizers.ranges import Range
from gdlab.report.tuning import Goal, choose
from gdlab.report.tuning_json import as_data
from gdlab.report.tuning_study import conduct
from gdlab.report.tuning_table import cost_grid, notes, result_grid, snippet, warnings

NOTHING = Spent(0, 0, 0, 0, 0)


def curve(loss, each=2.0):
    steps = np.arange(float(len(loss)))
    return {"step": steps, "loss": np.array(loss), "evaluations": each * steps, "reverse_passes": each * steps}


@pytest.fixture
def ran(make_run):
    """A run with these losses; a step costs `each` evaluations and as many reverse passes."""

    def ran(loss, each=2.0, status="max_steps", **more):
        spent = {"evaluations": each * (len(loss) - 1), "reverse_passes": each * (len(loss) - 1)}
        return make_run(loss=loss, curve=curve(loss, each), status=status, summary=spent, **more)

    return ran


def test_the_final_loss_of_what_went_wrong_is_the_worst(ran):
    goal = Goal()
    assert goal.values([ran([1.0, 0.5]), ran([1.0, 0.1], status="diverged"), ran([1.0, np.nan])]) == [
        0.5,
        np.inf,
        np.inf,
    ]
    assert goal.score([ran([1.0, 0.5]), ran([1.0, 0.2]), ran([1.0, 0.1], status="failed")]) == 0.5


def test_the_cost_to_a_target_pays_for_those_that_miss_it(ran):
    goal = Goal(target=0.3)
    first, second, missed = ran([1.0, 0.5, 0.3, 0.1]), ran([1.0, 0.2]), ran([1.0, 0.5, 0.4, 0.35])
    assert goal.values([first, second, missed]) == [8, 4, np.inf]
    assert goal.score([first, second, missed]) == (8 + 4 + 12) / 2
    assert goal.score([missed]) == np.inf


def test_what_comes_behind_the_budget_does_not_count(ran):
    long, goal = ran([1.0, 0.5, 0.3, 0.1]), Goal(budget=Budget("evaluations", 9))
    assert goal.loss(long) == 0.3
    assert goal.loss(ran([1.0, 0.5])) == 0.5
    assert goal.loss(ran([1.0, 0.5, 0.3, np.inf], status="non_finite")) == 0.3
    assert goal.loss(ran([1.0, np.inf], status="non_finite")) == np.inf
    assert replace(goal, target=0.1).cost(long) == (9, False)
    assert replace(goal, target=0.3).cost(long) == (8, True)
    assert Goal(budget=Budget("steps", 3)).loss(long) == 0.1


def test_a_run_that_failed_before_it_began_reaches_nothing(make_run):
    failed = make_run(loss=[], status="failed", curve={"step": np.empty(0), "loss": np.empty(0)})
    assert Goal(target=1.0).cost(replace(failed, summary={})) == (0.0, False)
    assert Goal().loss(replace(failed, summary={})) == np.inf


def test_the_best_trial_is_the_lowest_and_of_equals_the_first(ran):
    trials = [[ran([1.0, loss])] for loss in (0.4, 0.2, 0.2, 0.3)]
    choice = choose(Goal(), trials, NOTHING)
    assert choice.order == [1, 2, 3, 0]
    assert choice.best == 1


def test_where_none_arrives_the_final_loss_decides(ran):
    choice = choose(Goal(target=0.01), [[ran([1.0, 0.4])], [ran([1.0, 0.2])]], NOTHING)
    assert choice.scores == [np.inf, np.inf]
    assert (choice.best, choice.sound, choice.failed) == (1, [], 2)


def test_the_cost_is_what_the_runs_report(make_run):
    runs = [make_run(summary={"evaluations": 3.0, "reverse_passes": 2.0, "seconds": 0.25}) for _ in range(4)]
    assert spent(runs) == Spent(4, 12, 0, 8, 1.0)
    assert spent(runs).passes == 20


def study(names=("gd", "sgd"), trials=8, report=12, high=1.0):
    space = {"lr": Range(1e-3, high, "")}
    candidates = [
        Candidate(
            name, {"name": name}, space, {p.name: p for p in OPTIMIZERS[name].parameters()}, settings(space, trials, 0)
        )
        for name in names
    ]
    return Study({"name": "bowl", "steps": 2}, candidates, range(3), range(3, 3 + report))


@pytest.fixture
def conducted(ran):
    """Conduct a study on runs whose final loss is a function of the optimizer's data and the seed."""

    def conducted(study, loss, goal=None, status=lambda data, seed: "max_steps"):
        asked = []

        def run(data, tag):
            asked.append((tag, data))
            rows, seeds = data["sweep"]["zip"]["optimizer"], data["sweep"]["seeds"]
            return [
                ran([2.0 + seed, loss(one, seed)], seed=seed, status=status(one, seed))
                for one in rows
                for seed in seeds
            ]

        return conduct(study, goal or Goal(), run), asked

    return conducted


def valley(data, seed):
    """Least at lr = 0.05, noisy by seed."""
    return (1 + np.log(data.get("lr", 1.0) / 0.05) ** 2) * np.random.default_rng(seed).uniform(0.5, 1.5)


def test_each_has_as_many_trials_and_what_is_reported_was_not_chosen_on(conducted):
    one = study()
    _, asked = conducted(one, valley)
    assert [tag for tag, _ in asked] == ["trials", "tuned", "default"]
    (_, trials), *finals = asked
    assert [data["name"] for data in trials["sweep"]["zip"]["optimizer"]] == ["gd"] * 8 + ["sgd"] * 8
    assert trials["sweep"]["seeds"] == [0, 1, 2]
    for _, data in finals:
        assert not {*data["sweep"]["seeds"]} & {0, 1, 2}
        assert len(data["sweep"]["zip"]["optimizer"]) == 2
    assert [data["tags"] for _, data in asked] == [["trials"], ["tuned"], ["default"]]
    assert one.runs == 2 * 8 * 3 + 2 * 2 * 12


def test_the_best_setting_is_found_and_beats_the_default(conducted):
    found, _ = conducted(study(trials=20), valley)
    for line in found.lines:
        assert line.setting["lr"] == pytest.approx(0.05, rel=0.25)
        assert line.against.answer == "better"
        assert line.score < line.default_score
        assert not line.edges


def test_the_same_rule_under_two_names_is_not_told_apart(conducted):
    found, _ = conducted(study(), valley)
    assert found.standing.of("gd", "sgd") == "~"
    assert found.winner is None
    assert found.best == {"gd", "sgd"}
    assert any("no winner: gd and sgd are not told apart" in note for note in notes(found))


def test_no_winner_without_proof_and_one_with_it(conducted):
    def better(data, seed):
        return valley(data, seed) * (0.5 if data["name"] == "gd" else 1)

    assert conducted(study(report=4), better)[0].winner is None  # 4 pairs prove nothing
    found, _ = conducted(study(report=12), better)
    assert found.winner == "gd"
    assert any("gd is proven better than sgd" in note for note in notes(found))


def test_who_is_faster_on_most_seeds_but_slower_in_expectation_wins_nothing(ran):
    def one(name, seed):
        if name == "gd" and seed == 5:
            return ran([2.0] * 500, seed=seed)
        return ran([2.0 + seed, 0.1], each=1.0 if name == "gd" else 4.0, seed=seed)

    def run(data, tag):
        sweep = data["sweep"]
        return [one(row["name"], seed) for row in sweep["zip"]["optimizer"] for seed in sweep["seeds"]]

    found = conduct(study(report=20), Goal(target=0.2), run)
    assert [line.score for line in found.lines] == [(19 * 2 + 4 * 499) / 19, 8]
    assert found.standing.winner == "gd"
    assert found.winner is None
    assert found.best == {"gd", "sgd"}
    assert any(
        note.startswith("* no winner: gd on most seeds, sgd by its expected running time") for note in notes(found)
    )


def test_defaults_need_not_be_beaten(conducted):
    found, _ = conducted(study(), lambda data, seed: 1.0 + seed if "lr" in data else 0.5 + seed)
    assert all(line.setting == {} for line in found.lines)
    assert all(line.against.answer == "~" for line in found.lines)


def test_an_edge_is_told_with_its_side_and_what_to_do(conducted):
    found, _ = conducted(study(trials=20, high=0.04), valley)
    told = [*warnings(found)]
    assert len(told) == 2
    assert "gd: the best lr" in told[0]
    assert "upper edge of 0.001 to 0.04" in told[0]
    assert told[0].endswith("--range gd.lr=0.001:4")


def test_where_nothing_ends_well_it_is_said(conducted):
    found, _ = conducted(study(), valley, status=lambda data, seed: "diverged")
    assert [line.choice.failed for line in found.lines] == [24, 24]
    assert all("no trial ended well" in text for text in warnings(found))
    assert found.best == frozenset()
    found, _ = conducted(study(), valley, Goal(target=1e-6))
    assert all("no trial reached 1e-06, so its best was chosen by final loss" in text for text in warnings(found))


def test_runs_of_one_start_prove_nothing(ran):
    tally = count()

    def run(data, tag):
        rows, seeds = data["sweep"]["zip"]["optimizer"], data["sweep"]["seeds"]
        return [ran([2.0, valley(one, 0)], seed=seed) for one in rows for seed in seeds if next(tally) >= 0]

    found = conduct(study(), Goal(), run)
    assert not found.independent
    assert [line.against.answer for line in found.lines] == ["~", "~"]
    assert any("the seed changes nothing here" in note for note in notes(found))


def test_the_tables_say_what_was_found(conducted, printed):
    one = study()
    found, _ = conducted(one, lambda data, seed: valley(data, seed) * (0.5 if data["name"] == "gd" else 1))
    shown = printed(result_grid(found))
    head, _, first, second = shown.splitlines()
    assert "tuned loss" in head
    assert first.startswith("gd*")
    assert "better than sgd" in first
    assert "worse than gd" in second
    assert second.startswith("sgd ")
    costs = printed(cost_grid(found, one)).splitlines()
    assert costs[2].split() == ["gd", "lr", "8", "24", "0", "48", "48", "12"]


def test_a_snippet_is_a_line_of_a_config():
    assert snippet({"name": "adam", "lr": 0.01}) == "optimizer: {name: adam, lr: 0.01}"
    assert snippet({"name": "mine", "file": "a b.py"}) == 'optimizer: {name: mine, file: "a b.py"}'


def test_the_data_have_all_trials_and_verdicts(conducted):
    one = study()
    found, _ = conducted(one, valley)
    data = as_data(found, one, {"trials": "runs/x"})
    assert [len(line["trials"]) for line in data["optimizers"]] == [8, 8]
    assert data["between"][0]["answer"] == "~"
    assert data["report_seeds"] == [*range(3, 15)]
    assert data["optimizers"][0]["cost"]["runs"] == 24
