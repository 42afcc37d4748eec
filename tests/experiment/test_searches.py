"""Line searches, second-order rules and searches without gradients in whole runs, on functions of the literature."""

import dataclasses

import numpy as np
import pytest

import gdlab
from gdlab.autodiff import METHODS
from gdlab.autodiff.methods import Reverse
from gdlab.experiment.spec import Experiment, Stop
from gdlab.experiment.train import train
from gdlab.optimizers import (
    BB,
    BFGS,
    CG,
    LBFGS,
    OPTIMIZERS,
    GaussNewton,
    LevenbergMarquardt,
    NelderMead,
    Newton,
    NewtonCG,
    SquaredLossRule,
    SteepestDescent,
)
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.store.status import Status

BETAS = ["polak_ribiere", "fletcher_reeves", "hestenes_stiefel", "dai_yuan"]
FAST = [
    *(CG(beta=beta) for beta in BETAS),
    BFGS(),
    LBFGS(),
    Newton(search="armijo"),
    NewtonCG(),
    GaussNewton(search="armijo"),
    LevenbergMarquardt(),
    LevenbergMarquardt(scaling="diagonal"),
]
VALLEYS = ["rosenbrock", "powell_singular", "wood", "helical_valley", "beale"]
each_fast = pytest.mark.parametrize("rule", FAST, ids=repr)


def run(problem, rule, steps=1000, method=None, **stop):
    return train(Experiment(problem, method or Reverse(), rule, steps=steps, stop=Stop(**stop)))


@each_fast
@pytest.mark.parametrize("name", VALLEYS)
def test_reaches_the_known_minimum_from_the_standard_start(rule, name):
    """Hundreds of steps where gradient descent takes tens of thousands."""
    problem = PROBLEMS[name]()
    result = run(problem, rule, steps=450)
    assert result.outcome.status == Status.CONVERGED
    assert result.summary["final_loss"] <= 1e-19
    near = 1e-4 if name == "powell_singular" else 1e-9
    assert min(np.linalg.norm(result.w - w) for w in problem.minimizers) < near


@pytest.mark.parametrize("rule", [BB(), NelderMead()], ids=repr)
@pytest.mark.parametrize("name", VALLEYS)
def test_slower_rules_reach_it_too(rule, name):
    result = run(PROBLEMS[name](), rule, steps=2500, target_loss=1e-10)
    assert result.outcome.status == Status.CONVERGED


def test_steepest_descent_takes_the_thousands_of_steps_that_nocedal_and_wright_report():
    """Section 6.1: 5,264 on Rosenbrock until the gradient norm is 10⁻⁵, where BFGS takes 34 and Newton 21."""
    result = run(PROBLEMS["rosenbrock"](), SteepestDescent(), steps=20_000, grad_tol=1e-5)
    assert result.outcome.status == Status.CONVERGED
    assert 2_000 < result.outcome.step < 20_000


@pytest.mark.parametrize("rule", [CG(), LBFGS(), NewtonCG()], ids=repr)
def test_many_parameters(rule):
    """The extended Rosenbrock function of a hundred: MGH no. 21 in its chained form, from its standard start."""
    result = run(PROBLEMS["rosenbrock"](dim=100), rule, steps=3000)
    assert result.outcome.status == Status.CONVERGED
    assert result.summary["grad_norm"] < 1e-5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["newton", "newton_cg", "lbfgs", "cg", "levenberg_marquardt", "polyak", "nelder_mead"])
def test_every_gradient_method_serves_every_rule(name, method):
    result = gdlab.minimize(PROBLEMS["booth"](start=(0.0, 0.0)), None, name, method, steps=400, target_loss=1e-9)
    assert result.outcome.status == Status.CONVERGED
    np.testing.assert_allclose(result.w, [1, 3], atol=1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_start_at_the_minimum_is_converged_or_stays_there(name):
    problem = PROBLEMS["rosenbrock"](start=(1.0, 1.0))
    result = run(problem, OPTIMIZERS[name](), steps=30)
    if OPTIMIZERS[name].uses_gradient:
        assert result.outcome.status == Status.CONVERGED
        assert result.outcome.step <= 1
    np.testing.assert_array_equal(result.w, [1, 1])


@pytest.mark.parametrize("name", [name for name, cls in OPTIMIZERS.items() if cls.uses_more])
def test_one_parameter(name):
    result = run(PROBLEMS["quadratic"](), OPTIMIZERS[name](), steps=300)
    assert result.w == pytest.approx(1, abs=0.2 if name == "random_search" else 1e-6)


class OneSided(Problem):
    """|w₀| by its square root, whose gradient is NaN at 0, and w₁²."""

    name = "one_sided"

    def loss(self, w, rows=None):
        return np.sqrt(w[0] * w[0]) + w[1] ** 2

    def initial(self, rng):
        return np.array([0.0, 1.0])

    @property
    def infimum(self):
        return 0.0


@pytest.mark.parametrize(
    "name", [n for n, cls in OPTIMIZERS.items() if cls.uses_gradient and not issubclass(cls, SquaredLossRule)]
)
def test_a_nan_gradient_ends_as_non_finite(name):
    """Though the loss is finite there."""
    result = run(OneSided(), OPTIMIZERS[name](), steps=50)
    assert result.outcome.status == Status.NON_FINITE


@pytest.mark.parametrize("rule", [SteepestDescent(), BB(), CG(), BFGS(), LBFGS(), Newton(), NewtonCG()], ids=repr)
def test_without_a_lower_bound_it_is_never_converged(rule):
    result = run(PROBLEMS["polynomial"](), rule, steps=5000)
    assert result.outcome.status in (Status.UNBOUNDED, Status.DIVERGED, Status.STALLED, Status.MAX_STEPS)
    if result.outcome.status == Status.STALLED:
        assert "lower bound" in result.outcome.reason or "gradient norm" in result.outcome.reason


@pytest.mark.parametrize("rule", FAST, ids=repr)
def test_xor_is_solved_to_rounding(rule):
    """Singular and indefinite Hessians all the way: hidden units that are alike, and a minimum at infinity."""
    result = run(PROBLEMS["xor"](), rule, steps=500, target_loss=1e-8)
    assert result.outcome.status == Status.CONVERGED
    assert result.summary["accuracy"] == 1


def test_a_random_search_waits_for_success_as_long_as_it_takes():
    """At a minimum no step succeeds: that is no reason to stop looking."""
    rule = dataclasses.replace(OPTIMIZERS["random_search"](), sigma=1.0)
    result = run(PROBLEMS["rosenbrock"](start=(1.0, 1.0)), rule, steps=500)
    assert result.outcome.status == Status.MAX_STEPS


def test_single_precision_stays_so():
    for name in ("lbfgs", "newton", "nelder_mead", "levenberg_marquardt", "bb", "cg"):
        result = gdlab.minimize(PROBLEMS["rosenbrock"](), np.array([-1.2, 1], np.float32), name, steps=20)
        assert result.w.dtype == np.float32
