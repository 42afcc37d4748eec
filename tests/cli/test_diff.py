import json
from pathlib import Path

import pytest

CONFIGS = {
    "gd": "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 20}",
    "adam": "{problem: quadratic, optimizer: {name: adam, lr: 0.001}, steps: 20}",
    "rates": "{problem: quadratic, optimizer: gd, steps: 20, sweep: {grid: {optimizer.lr: [0.1, 0.2]}}}",
}


@pytest.fixture(autouse=True)
def runs(stored):
    return stored(CONFIGS)


def difference(gdlab, a, b):
    result = gdlab("diff", a, b, "--json")
    assert result.code == 0
    return json.loads(result.out)


def test_two_runs(gdlab):
    found = difference(gdlab, "gd", "adam")
    assert found["config"]["optimizer"] == ["gd", "adam"]
    assert found["config"]["optimizer.lr"] == [0.1, 0.001]
    assert found["config"]["optimizer.beta1"] == [None, 0.9]
    assert "problem" not in found["config"]
    assert found["curves"].startswith("the curves differ after step 0: loss at step 1 is 4.64 and ")
    table = gdlab("diff", "gd", "adam").out.splitlines()
    assert [line.split() for line in table if line.startswith("optimizer ")] == [["optimizer", "gd", "adam"]]


def test_two_cells(gdlab):
    found = difference(gdlab, "rates/0", "rates/1")
    assert found["config"] == {"optimizer.lr": [0.1, 0.2]}


def test_a_run_that_is_repeated_is_the_same(gdlab):
    assert gdlab("run", "gd.yaml", "--force").code == 0
    first, second = sorted(path.name for path in Path("runs").glob("*-gd-*"))
    out = gdlab("diff", first, second).out
    assert "config: the same" in out
    assert "the curves are the same to the last bit" in out


def test_configs_and_what_was_run_of_them(gdlab):
    assert difference(gdlab, "gd.yaml", "adam.yaml")["config"]["name"] == ["gd", "adam"]
    found = difference(gdlab, "gd.yaml", "gd")
    assert (found["config"], found["curves"]) == ({}, "")
    assert "sweep.grid.optimizer.lr" in difference(gdlab, "gd.yaml", "rates.yaml")["config"]


def test_a_sweep_beside_a_run(gdlab):
    found = difference(gdlab, "gd", "rates")
    assert found["config"]["sweep.grid.optimizer.lr"] == [None, [0.1, 0.2]]


@pytest.mark.parametrize(("args", "message"), [(("gd", "nope"), "'nope'"), (("gd",), "Missing argument 'B'")])
def test_what_there_is_not(gdlab, args, message):
    result = gdlab("diff", *args)
    assert result.code == 2
    assert message in result.err


def test_two_sweeps_that_end_alike_at_other_losses_differ(gdlab):
    """Of three step sizes, each better than the one before, the middle one is that of the single run."""
    around = "{problem: quadratic, optimizer: gd, steps: 20, sweep: {grid: {optimizer.lr: [0.05, 0.1, 0.2]}}}"
    below = "{problem: quadratic, optimizer: gd, steps: 20, sweep: {grid: {optimizer.lr: [0.001, 0.002, 0.003]}}}"
    Path("around.yaml").write_text(around)
    Path("below.yaml").write_text(below)
    assert gdlab("run", "around.yaml", "below.yaml").code == 0
    single = json.loads(gdlab("compare", "gd", "--format", "json").out)[0]["final_loss"]
    first, second = difference(gdlab, "around", "below")["result"]["median final_loss"]
    assert first == pytest.approx(single)
    assert second > 1.1 * first  # the minimum is 4
