"""The `sweep` of a config, and everything that can be wrong with it."""

import re

import pytest

from gdlab.config.sweep.resolve import resolve_sweep_text
from gdlab.errors import ConfigError

BASE = "problem: {name: xor}\noptimizer: {name: adam, lr: 0.05}\nsweep: "

# The value of `sweep`, with ^ where the fault stands, which is else at its key, and a pattern of what is told.
FAULTS = [
    ("{grid: {^optimizer.beta1: [0.8], optimizer.name: [gd, momentum, adam]}}",
     "swept for all, but optimizers gd and momentum have no 'beta1'.*adam has it; sweep optimizers as a whole"),
    ("{grid: {optimizer.name: [gd, adam]}, random: {n: 2, space: {^optimizer.beta1: {uniform: [0.1, 0.9]}}}}",
     "optimizer gd has no 'beta1'"),
    ("{grid: {^optimizer.betta: [0.1]}}", "unknown key 'betta' of optimizer 'adam'.*did you mean 'beta1'"),
    ("{grid: {problem.name: [xor, quadratic], ^problem.hidden: [[2], [4]]}}", "problem quadratic has no 'hidden'"),
    ("{grid: {optimizer.name: [gd, ^adma]}}", "unknown optimizer 'adma'.*did you mean 'adam'"),
    ("{grid: {optimizer: [{name: gd}, {name: adam, ^bta1: 0.5}]}}", "unknown key 'bta1'.*did you mean 'beta1'"),
    ("{^grid: {}}", "grid is empty"),
    ("{^zip: {}}", "zip is empty"),
    ("{random: {n: 2, ^space: {}}}", "space is empty"),
    ("{}", "sweep varies nothing"),
    ("", "sweep cannot be null"),
    ("^5", "sweep cannot be 5"),
    ("{grid: ^[1]}", "grid cannot be"),
    ("{grid: {optimizer.lr: ^[]}}", "optimizer.lr has no values"),
    ("{grid: {optimizer.lr: [0.1, 1, ^1.0]}}", "optimizer.lr has 1.0 twice"),
    ("{seeds: [1, 2, ^1]}", "seeds has 1 twice"),
    ("{^zip: {optimizer.lr: [0.1, 1], steps: [1, 2, 3]}}", "optimizer.lr has 2 and steps has 3"),
    ("{zip: {optimizer.lr: [0.1, 1, ^0.1], steps: [1, 2, 1]}}", "zip has .* twice"),
    ("{^gird: {optimizer.lr: [0.1]}}", "unknown key 'gird' of sweep.*did you mean 'grid'"),
    ("{^optimizer.lr: [0.1]}", "belongs under grid"),
    ("{grid: {^optimzer.lr: [0.1]}}", "unknown key 'optimzer.lr'.*did you mean 'optimizer'"),
    ("{grid: {^optimizer..lr: [0.1]}}", "unknown key 'optimizer..lr'"),
    ("{grid: {^seed: [1, 2]}}", "go under seeds"),
    ("{grid: {^name: [a, b]}}", "the name is that of the sweep"),
    ("{grid: {optimizer.lr: [0.1]}, zip: {^optimizer.lr: [0.2]}}", "optimizer.lr is in grid already"),
    ("{^random: {space: {optimizer.lr: [1]}}}", "random needs 'n'"),
    ("{random: {n: ^0, space: {optimizer.lr: [1]}}}", "n of random cannot be 0"),
    ("{random: {n: 1, seed: ^x, space: {optimizer.lr: [1]}}}", "seed of random cannot be 'x'"),
    ("{random: {^m: 1, n: 1, space: {optimizer.lr: [1]}}}", "unknown key 'm' of random"),
    ("{random: ^{n: 3, space: {optimizer.lr: [1, 2]}}}", "only 2 different rows"),
    ("{seeds: 2, exclude: [{^optimizer.lr: 1}]}", "'optimizer.lr' does not vary"),
    ("{seeds: 2, exclude: {seed: ^2}}", "seed is never 2.*one of: 0, 1"),
    ("{seeds: 2, ^exclude: {seed: [0, 1]}}", "every cell is excluded"),
    ("{seeds: 2, exclude: ^5}", "exclude cannot be 5"),
    ("{seeds: 100001}", "100,001 cells are more than 100,000: 100,001 seeds.*--yes"),
    ("{grid: {optimizer.lr: {logspace: [1e-4, 1, 1000]}}, seeds: 1000}",
     "1,000,000 cells are more than 100,000: 1,000 of optimizer.lr × 1,000 seeds"),
    ("{grid: {steps: {range: [0, 1000000000000]}}, seeds: 1000}", "1,000,000,000,000,000 cells"),
    ("{grid: {steps: {range: [0, 1000]}}, seeds: 1000, exclude: {seed: 3}}", "999,000 cells are more"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "pattern"), FAULTS)
def test_says_what_is_wrong_where(marked, pattern):
    text = marked.replace("^", "")
    column = marked.find("^") + len("sweep: ") + 1 if "^" in marked else 1
    with pytest.raises(ConfigError) as caught:
        resolve_sweep_text(BASE + text, "a.yaml")
    (fault,) = caught.value.faults
    assert (fault.source, fault.line, fault.column) == ("a.yaml", 3, column)
    assert re.search(pattern, f"{fault.message} {fault.hint}")


def test_everything_that_is_wrong_is_told_at_once():
    text = "{grid: {optimizer.lr: [], optimzer.lr: [1]}, zip: {steps: 5}, seeds: [1, 1], oops: 1}"
    with pytest.raises(ConfigError) as caught:
        resolve_sweep_text(BASE + text)
    assert len(caught.value.faults) == 5


def test_every_value_that_is_not_allowed_is_told_at_its_place():
    text = "{grid: {optimizer.lr: [0.1, -1, x], optimizer.beta1: [0.5, 2], steps: [1, 1.5]}, seeds: 5}"
    with pytest.raises(ConfigError) as caught:
        resolve_sweep_text(BASE + text)
    assert [(fault.column, fault.message.rpartition(" ")[2]) for fault in caught.value.faults] == [
        (36, "-1"), (40, "'x'"), (67, "2"), (82, "1.5")
    ]  # fmt: skip


def test_what_does_not_go_together_names_the_cell():
    with pytest.raises(
        ConfigError, match=r"size = 200 is not allowed, the data have 4 rows \(where batch.size = 200\)"
    ):
        resolve_sweep_text(BASE + "{grid: {batch.size: [2, 200]}}")


def test_one_mistake_in_very_many_cells_is_told_soon():
    text = (
        "problem: xor\noptimizer: {name: adam, lr: -1}\nsweep: {grid: {optimizer.beta1: {linspace: [0, 0.9, 50000]}}}"
    )
    with pytest.raises(ConfigError) as caught:
        resolve_sweep_text(text)
    assert [fault.message for fault in caught.value.faults] == ["lr of optimizer 'adam' cannot be -1"]


def test_a_large_sweep_is_allowed_when_it_is_asked_for():
    assert len(resolve_sweep_text(BASE + "{seeds: 1000000}", large=True)) == 10**6
    assert len(resolve_sweep_text(BASE + "{seeds: 100000}")) == 10**5
