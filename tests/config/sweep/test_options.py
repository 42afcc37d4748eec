"""Sweeps from the command line."""

import pytest

from gdlab.config.dump import dump
from gdlab.config.sweep.resolve import resolve_sweep_text
from gdlab.errors import ConfigError

PLAIN = "problem: xor\noptimizer: {name: adam, lr: 0.05}\n"
GRID = PLAIN + "sweep: {grid: {optimizer.lr: [1, 2], steps: [3, 4]}, seeds: 2}\n"
ZIP = PLAIN + "sweep: {zip: {optimizer.lr: [1, 2], steps: [3, 4]}}\n"
RANDOM = PLAIN + "sweep: {random: {n: 2, space: {optimizer.lr: {uniform: [1, 2]}}}}\n"
WHOLE = PLAIN + "sweep: {grid: {optimizer: [gd, momentum]}}\n"

# A config, the options, and the settings and seeds of its cells.
CASES = [
    (PLAIN, ["optimizer.lr=1e-3,1e-2"], None, None, [({"optimizer.lr": 0.001}, 0), ({"optimizer.lr": 0.01}, 0)]),
    (PLAIN, ["optimizer.lr=0.5"], None, None, [({}, 0)]),
    (PLAIN, ["problem.hidden=[2,3]"], None, None, [({}, 0)]),
    (PLAIN, ["problem.hidden=[2],[3]"], None, None, [({"problem.hidden": [2]}, 0), ({"problem.hidden": [3]}, 0)]),
    (PLAIN, [], "2", None, [({}, 0), ({}, 1)]),
    (PLAIN, [], "3,8", None, [({}, 3), ({}, 8)]),
    (PLAIN, [], "10:12", None, [({}, 10), ({}, 11)]),
    (PLAIN, [], None, 7, [({}, 7)]),
    (GRID, ["optimizer.lr=5", "steps=6"], "1", None, [({"optimizer.lr": 5, "steps": 6}, 0)]),
    (GRID, ["steps=6"], None, 9, [({"optimizer.lr": 1, "steps": 6}, 9), ({"optimizer.lr": 2, "steps": 6}, 9)]),
    (ZIP, ["steps=6"], None, None, [({"steps": 6, "optimizer.lr": 1}, 0), ({"steps": 6, "optimizer.lr": 2}, 0)]),
    (ZIP, ["steps=6", "optimizer.lr=7"], None, None, [({"steps": 6, "optimizer.lr": 7}, 0)]),
    (RANDOM, ["optimizer.lr=3,4"], None, None, [({"optimizer.lr": 3}, 0), ({"optimizer.lr": 4}, 0)]),
    (WHOLE, ["optimizer.lr=3"], None, None, [
        ({"optimizer": "gd", "optimizer.lr": 3}, 0), ({"optimizer": "momentum", "optimizer.lr": 3}, 0)]),
    (GRID, ["sweep.seeds=1", "sweep.grid.steps=[6]"], None, None, [
        ({"optimizer.lr": 1, "steps": 6}, 0), ({"optimizer.lr": 2, "steps": 6}, 0)]),
    (PLAIN, ["sweep.seeds=4,5"], None, None, [({}, 4), ({}, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "seeds", "seed", "expected"), CASES)
def test_options_make_and_change_sweeps(text, options, seeds, seed, expected):
    cells = resolve_sweep_text(text, "a.yaml", options, seeds, seed)
    assert [(cell.settings, cell.seed) for cell in cells] == expected


EXCLUDED = PLAIN + (
    "sweep: {grid: {optimizer.lr: [1, 2], optimizer.beta1: [0.1, 0.2]}, "
    "exclude: [{optimizer.lr: [1, 2], optimizer.beta1: 0.1}, {seed: 1, optimizer.lr: 2}], seeds: 2}\n"
)


@pytest.mark.parametrize(
    ("options", "seeds", "seed", "count"),
    [
        ([], None, None, 2 * 2 * 2 - 2 * 2 - 1),
        (["optimizer.lr=2,3"], None, None, 2 * 2 * 2 - 2 - 1),
        (["optimizer.lr=4"], None, None, 2 * 2),
        ([], "5:7", None, 2 * 2 * 2 - 2 * 2),
        ([], None, 0, 2 * 2 - 2),
        (["optimizer.beta1=0.3", "optimizer.lr=1"], "1", None, 1),
    ],
)
def test_what_is_excluded_of_values_that_are_gone_goes_too(options, seeds, seed, count):
    sweep = resolve_sweep_text(EXCLUDED, "a.yaml", options, seeds, seed)
    assert len(sweep) == count
    assert list(resolve_sweep_text(dump(sweep.data))) == list(sweep)


def test_a_value_of_the_command_line_reaches_every_whole_optimizer():
    assert [cell.experiment.optimizer.lr for cell in resolve_sweep_text(WHOLE, overrides=["optimizer.lr=3"])] == [3, 3]


FAULTS = [
    (["oops", "optimizer.lr=[1"], None, None, {"--set oops": "no key", "--set optimizer.lr=[1": "not YAML"}),
    (["optimizer.lr=1,1"], None, None, {"--set optimizer.lr=1,1": "optimizer.lr has 1 twice"}),
    (["optimizer.lr=1,-1"], None, None, {"--set optimizer.lr=1,-1": "cannot be -1"}),
    (["optimizer.betta=1,2"], None, None, {"--set optimizer.betta=1,2": "unknown key 'betta'"}),
    (["extends=x"], None, None, {"--set extends=x": "extends cannot be set"}),
    (["seed=1,2"], None, None, {"--set seed=1,2": "'seed' cannot be swept here"}),
    ([], "3,3", None, {"--seeds 3,3": "seeds has 3 twice"}),
    ([], "many", None, {"--seeds many": "seeds cannot be 'many'"}),
    ([], "3", 3, {"--seeds 3": "beside --seed"}),
    ([], "1000000", None, {"--seeds 1000000": "1,000,000 cells are more than 100,000"}),
]


@pytest.mark.parametrize(("options", "seeds", "seed", "expected"), FAULTS)
def test_faults_name_the_option(options, seeds, seed, expected):
    with pytest.raises(ConfigError) as caught:
        resolve_sweep_text(PLAIN, "a.yaml", options, seeds, seed)
    assert {fault.source for fault in caught.value.faults} == set(expected)
    for fault in caught.value.faults:
        assert expected[fault.source] in fault.message
