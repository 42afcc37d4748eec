"""What a run tells its optimizer, and what it refuses to run."""

from dataclasses import dataclass

import numpy as np
import pytest

import gdlab
from gdlab.config.resolve import resolve_text
from gdlab.errors import UsageError
from gdlab.experiment.fitting import fitted
from gdlab.optimizers import ASGD, GD, Around, LevenbergMarquardt, Polyak, PolyakAverage, RandomSearch
from gdlab.optimizers.schedules import Cosine
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem


def told(rule, problem="quadratic", seed=7):
    return fitted(rule, PROBLEMS[problem](), 100, seed)


def test_polyak_learns_the_minimum_of_its_problem():
    assert told(Polyak()) == Polyak(f_star=4.0)
    assert told(Polyak(f_star=3.0)) == Polyak(f_star=3.0)
    around = Around(Polyak(), average=PolyakAverage())
    assert told(around) == Around(Polyak(f_star=4.0), average=PolyakAverage())


def test_random_search_learns_the_seed_of_the_run():
    assert told(RandomSearch()) == RandomSearch(seed=7)
    around = Around(RandomSearch(), average=PolyakAverage())
    assert told(around) == Around(RandomSearch(seed=7), average=PolyakAverage())


def test_what_is_around_a_rule_hands_on_what_it_is_told():
    around = Around(Polyak(), average=PolyakAverage())
    assert around.fitted(100, 7, 2.5).rule == Polyak(f_star=2.5)
    assert Around(ASGD(), clip_norm=1.0).fitted(100, 7).rule == ASGD(t0=50.0)


def test_schedules_learn_the_steps_of_the_run():
    assert told(Around(GD(), {"lr": Cosine(0.1)})).lr_at(100) == 0


REFUSED = [
    ("polyak", "polynomial", "needs the minimum of the loss, which has no lower bound"),
    ("gauss_newton", "polynomial", "needs a loss that is a sum of squares"),
    ("levenberg_marquardt", "{name: xor, criterion: binary_cross_entropy}", "that of problem 'xor' is none"),
    ("{name: gauss_newton, average: polyak}", "ackley", "needs a loss that is a sum of squares"),
]


@pytest.mark.parametrize(("optimizer", "problem", "message"), REFUSED)
def test_what_does_not_go_together_is_refused_before_anything_runs(optimizer, problem, message):
    with pytest.raises(UsageError) as error:
        resolve_text(f"problem: {problem}\noptimizer: {optimizer}\n")
    assert message in str(error.value)


def test_a_function_tells_neither_its_minimum_nor_residuals():
    def f(w):
        return np.sum(w * w)

    with pytest.raises(UsageError, match="which the problem does not tell; set f_star"):
        gdlab.minimize(f, [1.0], "polyak")
    assert gdlab.minimize(f, [1.0], {"name": "polyak", "f_star": 0}).outcome.status == "converged"
    with pytest.raises(UsageError, match="needs a loss that is a sum of squares"):
        gdlab.minimize(f, [1.0], LevenbergMarquardt())


def test_the_stored_config_leaves_open_what_the_run_filled_in():
    for name, key in (("polyak", "f_star"), ("random_search", "seed")):
        data = resolve_text(f"problem: quadratic\noptimizer: {name}\n").data
        assert key not in data["optimizer"]


def test_runs_with_other_seeds_search_elsewhere():
    def end(seed):
        return gdlab.minimize(PROBLEMS["rosenbrock"](), None, "random_search", steps=50, seed=seed).w

    assert not np.array_equal(end(0), end(1))
    np.testing.assert_array_equal(end(1), end(1))


@dataclass(frozen=True)
class Unasked(Problem):
    """A problem whose infimum is hard to find."""

    name = "unasked"
    dim = 1

    def loss(self, w, rows=None):
        return np.sum(w * w)

    @property
    def infimum(self):
        raise AssertionError("nobody needs to know")


@pytest.mark.parametrize("rule", [GD(), Polyak(f_star=0.0), Around(Polyak(f_star=0.0), average=PolyakAverage())])
def test_only_a_rule_that_needs_the_infimum_asks_for_it(rule):
    assert fitted(rule, Unasked(), 100, 0) == rule
    with pytest.raises(AssertionError, match="nobody needs"):
        fitted(Polyak(), Unasked(), 100, 0)
