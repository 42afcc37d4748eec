"""`gdlab tune`: known answers, the same chance for each, honest costs, and clear words before anything starts."""

import json
import math
from pathlib import Path

import pytest

from gdlab.config.resolve import resolve
from gdlab.store.reader import read_folder
from gdlab.store.selection import read_runs

# Curvatures 10 and 1: plain gradient descent is fastest with lr = 2/(10 + 1).
BOWL = """
problem: {formula: "5*x**2 + y**2/2", start: {x: {from: 1, to: 2}, y: {from: 1, to: 2}}, infimum: 0}
gradient: reverse
optimizer: {name: gd, lr: 0.01}
steps: 60
"""
XOR = "problem: xor\noptimizer: adam\nsteps: 50\ntags: [xor]\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bowl.yaml").write_text(BOWL)
    Path("xor.yaml").write_text(XOR)
    Path("parabola.yaml").write_text("problem: quadratic\noptimizer: gd\nsteps: 20\n")
    Path("saddle.yaml").write_text("problem: polynomial\noptimizer: gd\nsteps: 5\n")
    return tmp_path


@pytest.fixture
def tuned(gdlab, here):
    """Tune, and give what --json says."""

    def tuned(*args):
        result = gdlab("tune", *args, "--json")
        assert result.code == 0, result.err
        return json.loads(result.out)

    return tuned


@pytest.mark.parametrize("trials", [20, 60])
def test_the_best_step_size_of_a_bowl_is_known(tuned, trials):
    found = tuned("bowl.yaml", "--trials", trials)
    ratio = (10 / 1e-4) ** (1.7 / trials)  # the widest gap of that many trials
    assert 2 / 11 / ratio < found["optimizers"][0]["optimizer"]["lr"] < 2 / 10
    assert found["optimizers"][0]["edges"] == []
    assert found["optimizers"][0]["tuned_against_default"]["answer"] in ("better", "~")


def test_an_edge_is_told_on_standard_error_with_what_to_do(gdlab, here):
    result = gdlab("tune", "bowl.yaml", "--range", "gd.lr=1e-4:0.05")
    assert result.code == 0
    assert "warning: gd: the best lr" in result.err
    assert "lies at the upper edge of 0.0001 to 0.05" in result.err
    assert "--range gd.lr=0.0001:5" in result.err


def test_each_has_as_many_trials_however_many_knobs_and_no_seed_is_used_twice(tuned):
    found = tuned("xor.yaml", "--optimizers", "gd,momentum,adam", "--trials", 6, "--seeds", 2, "--report-seeds", 3)
    assert [len(line["trials"]) for line in found["optimizers"]] == [6, 6, 6]
    assert [line["cost"]["runs"] for line in found["optimizers"]] == [12, 12, 12]
    assert [len(line["ranges"]) for line in found["optimizers"]] == [1, 2, 3]
    assert (found["seeds"], found["report_seeds"]) == ([0, 1], [2, 3, 4])
    by_tag = {tag: {run.seed for run in read_runs([folder]).runs} for tag, folder in found["folders"].items()}
    assert by_tag == {"trials": {0, 1}, "tuned": {2, 3, 4}, "default": {2, 3, 4}}


def test_the_cost_is_the_sum_of_what_the_cells_report(tuned):
    found = tuned("xor.yaml", "--optimizers", "gd,lbfgs", "--trials", 4, "--seeds", 2, "--report-seeds", 2)
    for line in found["optimizers"]:
        cells = [r for r in read_runs(["trials"]).runs if r.config["optimizer"]["name"] == line["name"]]
        assert len(cells) == 8
        for name in ("evaluations", "dual_passes", "reverse_passes", "seconds"):
            assert line["cost"][name] == pytest.approx(sum(cell.summary[name] for cell in cells))
    assert found["optimizers"][0]["cost"]["evaluations"] == 4 * 2 * 50


def test_the_same_seed_finds_the_same_and_what_is_done_is_not_run_again(gdlab, tuned):
    args = ("xor.yaml", "--optimizers", "gd,adam", "--trials", 4, "--seeds", 2, "--report-seeds", 2)
    first = tuned(*args)
    again = gdlab("tune", *args)
    assert again.err.count(" done, 0 to run") == 3
    assert tuned(*args) == first
    fresh = tuned(*args, "--root", "elsewhere")
    assert [line["trials"] for line in fresh["optimizers"]] == [line["trials"] for line in first["optimizers"]]
    other = tuned(*args, "--seed", 1)
    assert other["optimizers"][0]["trials"][1:] != first["optimizers"][0]["trials"][1:]


def test_the_same_rule_under_two_names_comes_out_even(tuned):
    found = tuned("bowl.yaml", "--optimizers", "gd,sgd")
    assert found["between"][0]["answer"] == "~"
    assert found["winner"] is None
    assert found["best"] == ["gd", "sgd"]


def test_the_cost_to_a_target_is_what_the_runs_spend_until_then(tuned):
    found = tuned("bowl.yaml", "--target", "1e-3", "--trials", 10, "--report-seeds", 6)
    (line,) = found["optimizers"]
    runs = read_runs(["tuned"]).runs
    assert all(run.status == "converged" for run in runs)
    costs = [run.summary["evaluations"] + run.summary["reverse_passes"] for run in runs]
    assert line["tuned"]["score"] == pytest.approx(sum(costs) / len(costs))
    assert found["goal"] == "cost to a loss of 0.001"


def test_a_budget_of_evaluations_gives_each_as_many_steps_as_it_pays_for(tuned):
    args = ("--trials", 2, "--seeds", 2, "--report-seeds", 2)
    found = tuned("xor.yaml", "--optimizers", "gd,newton", "--budget", "evaluations=400", *args)
    gd, newton = found["optimizers"]
    assert gd["steps"] == 200
    assert newton["steps"] < 20
    for run in read_runs(["trials"]).runs:
        if run.config["optimizer"]["name"] == "gd":
            assert run.summary["evaluations"] + run.summary["reverse_passes"] == 400


def test_the_best_is_written_as_a_config_that_says_what_is_proven(gdlab, here):
    result = gdlab("tune", "bowl.yaml", "--optimizers", "gd,momentum", "--trials", 10, "-o", "best.yaml")
    assert result.code == 0
    text = Path("best.yaml").read_text()
    assert text.startswith("# ")
    best = resolve("best.yaml").experiment
    runs = [run for run in read_runs(["tuned"]).runs if run.config["optimizer"]["name"] == best.optimizer.name]
    assert runs[0].config["optimizer"]["lr"] == best.optimizer.lr
    assert best.seed == 5
    assert f"optimizer: {{name: {best.optimizer.name}, lr: " in result.out


def test_a_run_without_a_seed_of_its_own_proves_nothing(gdlab, here):
    result = gdlab("tune", "parabola.yaml", "--optimizers", "gd,adam", "--trials", 4)
    assert "the seed changes nothing here" in result.out
    assert "better" not in result.out.split("What the trials cost")[0].replace("proven better", "")


def test_what_is_around_the_optimizer_belongs_to_the_problem(tuned):
    args = ("--trials", 2, "--seeds", 1, "--report-seeds", 1)
    tuned("xor.yaml", "--set", "optimizer.clip_norm=0.5", "--optimizers", "gd,adam", *args)
    assert {run.config["optimizer"]["clip_norm"] for run in read_runs(["trials"]).runs} == {0.5}


def test_a_rule_of_ones_own_is_tuned_like_any_other(gdlab, here):
    Path("mine.py").write_text(
        "from dataclasses import dataclass\nfrom gdlab import Optimizer\n\n\n@dataclass(frozen=True)\n"
        "class Mine(Optimizer):\n    lr: float = 0.1\n\n    def init(self, w):\n        return ()\n\n"
        "    def step(self, objective, w, state):\n        return w - self.lr * objective.gradient(w), state\n"
    )
    Path("mine.yaml").write_text(BOWL.replace("{name: gd, lr: 0.01}", "{name: Mine, file: mine.py}"))
    refused = gdlab("tune", "mine.yaml")
    assert refused.code == 2
    assert "--range Mine.lr=1e-4:1" in refused.err
    result = gdlab("tune", "mine.yaml", "--optimizers", "Mine,gd", "--range", "Mine.lr=1e-4:10", "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["optimizers"][0]["optimizer"]["lr"] == found["optimizers"][1]["optimizer"]["lr"]
    assert found["between"][0]["answer"] == "~"


def test_two_processes_find_the_same(tuned):
    args = ("xor.yaml", "--optimizers", "gd,adam", "--trials", 4, "--seeds", 2, "--report-seeds", 2)
    one, two = tuned(*args), tuned(*args, "-j", 2, "--root", "elsewhere")
    for mine, other in zip(one["optimizers"], two["optimizers"], strict=True):
        assert mine["optimizer"] == other["optimizer"]
        assert math.isclose(mine["tuned"]["score"], other["tuned"]["score"], rel_tol=1e-9)


def test_a_dry_run_says_what_would_be_searched_and_writes_nothing(gdlab, here):
    result = gdlab("tune", "xor.yaml", "--optimizers", "gd,adam", "--trials", 4, "--dry-run")
    assert result.code == 0
    assert "2 × 4 trials × 5 seeds, chosen by final loss: 0 done, 40 to run" in result.out
    assert "log(1 - beta1)" in result.out
    assert not Path("runs").exists()
    data = json.loads(gdlab("tune", "xor.yaml", "--trials", 4, "--dry-run", "--json").out)
    assert data["trials"]["adam"][0] == {"name": "adam"}
    assert len(data["trials"]["adam"]) == 4
    assert data["runs"] == 4 * 5 + 2 * 20


def test_what_was_stopped_is_gone_on_with(gdlab, here, monkeypatch):
    from gdlab.experiment.sweep import drive

    work, calls = drive.work, []

    def stopped(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return work(*args)

    args = ("tune", "xor.yaml", "--optimizers", "gd,adam", "--trials", 4, "--seeds", 2, "--report-seeds", 2)
    with monkeypatch.context() as patch:
        patch.setattr(drive, "work", stopped)
        result = gdlab(*args)
    assert result.code == 130
    assert result.out == ""
    assert "xor-trials: what is done is stored; the same command goes on with it" in result.err
    (sweep,) = (read_folder(path) for path in Path("runs").iterdir())
    assert (sweep.status, sweep.stored) == ("interrupted", 8)
    again = gdlab(*args)
    assert again.code == 0
    assert "xor-trials: 8 done, 8 to run" in again.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--optimizers", "gd,adma"], "unknown optimizer 'adma': did you mean 'adam'?"),
        (["--optimizers", "gd,gd"], "gd comes twice"),
        (["--trials", "0"], "'--trials'"),
        (["--seeds", "0"], "0 seeds"),
        (["--seeds", "3,3"], "twice"),
        (["--report-seeds", "2:9"], "--report-seeds 2:9: has seeds that settings are chosen on: 2, 3, 4"),
        (["--range", "adam.lr=1:0.1"], "low must be less than high"),
        (["--budget", "evals=100"], "--budget evals=100: unknown unit 'evals'"),
        (["--trials", "30000"], "150,000 cells are more than 100,000"),
        (["--target", "nan"], "--target nan: it must be a loss, a finite number"),
        (["-o", "xor.yaml"], "-o xor.yaml is the config itself"),
        (["-o", "nowhere/best.yaml"], "there is no folder nowhere"),
        (["--set", "steps=many"], "steps"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(gdlab, here, args, said):
    result = gdlab("tune", "xor.yaml", *args)
    assert result.code == 2
    assert said in result.err
    assert not Path("runs").exists()


def test_all_optimizers_that_cannot_be_used_are_named_with_the_reason(gdlab, here):
    result = gdlab("tune", "saddle.yaml", "--optimizers", "gd,gauss_newton,polyak")
    assert result.code == 2
    assert "--optimizers gauss_newton: optimizer 'gauss_newton' needs a loss that is a sum of squares" in result.err
    assert "--optimizers polyak: " in result.err
    assert not Path("runs").exists()
