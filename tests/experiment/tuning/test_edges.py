"""An edge is told where the search leans against it, and only there."""

import numpy as np
import pytest

from gdlab.experiment.tuning.draw import settings
from gdlab.experiment.tuning.edges import edges
from gdlab.optimizers import LBFGS, Adam, Polyak
from gdlab.optimizers.ranges import RANGES, Range

ADAM = {p.name: p for p in Adam.parameters()}
LR = {"lr": Range(1e-5, 1, "")}


def order(trials, loss):
    """The trials in the order of a loss; the default comes last."""
    return sorted(range(len(trials)), key=lambda i: loss(trials[i]) if trials[i] else np.inf)


def found(space, loss, trials=20, seed=0, parameters=ADAM):
    tried = settings(space, trials, seed)
    return [*edges(space, tried, order(tried, loss), parameters)]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("best", "side"), [(10, "upper"), (1e-6, "lower"), (1e-3, None), (3e-3, None), (3e-4, None)])
def test_one_parameter_whose_best_value_is_known(seed, best, side):
    one = found(LR, lambda setting: abs(np.log(setting["lr"] / best)), seed=seed)
    assert [edge.side for edge in one] == ([] if side is None else [side])


def test_it_says_what_to_do():
    (edge,) = found(LR, lambda setting: -setting["lr"])
    assert (edge.parameter, edge.side, edge.wider) == ("lr", "upper", (1e-5, 100))
    (edge,) = found(LR, lambda setting: setting["lr"])
    assert (edge.side, edge.wider) == ("lower", (1e-7, 1))
    assert edge.value == min(setting["lr"] for setting in settings(LR, 20, 0)[1:])


def test_what_lies_further_out_and_is_worse_speaks_against_an_edge():
    tried = settings(LR, 20, 0)
    highest = max(setting["lr"] for setting in tried[1:])
    assert found(LR, lambda setting: np.inf if setting["lr"] == highest else -setting["lr"]) == []


def test_a_parameter_that_does_not_matter_is_seldom_told():
    space = RANGES["adam"]
    rng = np.random.default_rng(0)
    told = [edge for seed in range(100) for edge in found(space, lambda setting: rng.random(), seed=seed)]
    assert len(told) < 0.1 * 100 * len(space)


def test_a_decay_is_widened_towards_one():
    space = {"beta2": RANGES["adam"]["beta2"]}
    (edge,) = found(space, lambda setting: -setting["beta2"])
    assert edge.wider == (0.8, 0.99999)
    (edge,) = found(space, lambda setting: setting["beta2"])
    assert edge.wider == (0, 0.9999)


def test_where_the_parameter_itself_ends_there_is_no_edge():
    space = {"memory": Range(1, 50, "", whole=True)}
    assert found(space, lambda s: s["memory"], parameters={p.name: p for p in LBFGS.parameters()}) == []
    lr = {"lr": Range(0.1, 1.9, "")}
    assert found(lr, lambda setting: -setting["lr"], parameters={p.name: p for p in Polyak.parameters()}) == []


def test_a_default_is_a_trial_like_any_other():
    lr = {"lr": Range(1e-2, 1, "")}  # that of Adam is 1e-3
    tried = settings(lr, 20, 0)
    (edge,) = edges(lr, tried, [0, *order(tried, lambda setting: setting["lr"])[:-1]], ADAM)
    assert (edge.side, edge.value) == ("lower", 1e-3)
    assert [*edges(LR, settings(LR, 20, 0), [0, *range(1, 20)], ADAM)] == []


def test_of_nothing_there_is_no_edge():
    assert [*edges(LR, settings(LR, 20, 0), [], ADAM)] == []
    unknown = {"clip": Range(1e-4, 1, "")}
    unset = {"clip": next(p for p in Adam.parameters() if p.default is None)}
    assert [*edges(unknown, settings(unknown, 3, 0), [0], unset)] == []
