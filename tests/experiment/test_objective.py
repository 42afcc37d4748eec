"""What an optimizer sees is counted, and nothing is computed twice."""

import numpy as np
import pytest

from gdlab.autodiff import Cost
from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse
from gdlab.errors import UsageError
from gdlab.experiment.objective import CountedObjective, counted
from gdlab.experiment.spec import Experiment, Stop
from gdlab.experiment.train import train
from gdlab.optimizers import GD, OPTIMIZERS, LevenbergMarquardt, Optimizer
from gdlab.problems import PROBLEMS

W, ELSEWHERE = np.array([1.0, 2.0]), np.array([3.0, -1.0])
METHODS = [Reverse(), DualNumbers(), Numeric(), Numeric(scheme="forward")]
each_method = pytest.mark.parametrize("method", METHODS, ids=["reverse", "dual", "central", "forward"])


def f(w):
    return np.sum(w**4)


@each_method
def test_the_last_trial_costs_nothing_when_it_becomes_the_point(method):
    objective = CountedObjective(method.bind(f, W))
    objective.look(W)
    value, gradient = objective.value_and_gradient(ELSEWHERE.copy())
    spent, logged = objective.cost, objective.logging
    assert objective.look(ELSEWHERE.copy()) == value == 82
    np.testing.assert_array_equal(objective.look_at_gradient(ELSEWHERE), gradient)
    np.testing.assert_array_equal(objective.gradient(ELSEWHERE), gradient)
    assert (objective.cost, objective.logging) == (spent, logged)


@each_method
def test_asked_twice_in_a_row_it_computes_once(method):
    objective = CountedObjective(method.bind(f, W))
    objective.value(ELSEWHERE)
    assert objective.cost == objective.derivatives.cost_of_value
    objective.value(ELSEWHERE.copy())
    assert objective.cost == objective.derivatives.cost_of_value
    objective.value(W)
    objective.value(ELSEWHERE)
    assert objective.cost == objective.derivatives.cost_of_value * 3


def test_an_array_that_was_written_to_is_another_point():
    objective = CountedObjective(Reverse().bind(f, W))
    trial = W.copy()
    assert objective.value(trial) == 17
    trial += 1
    assert objective.value(trial) == 16 + 81
    assert objective.look(trial) == 16 + 81
    trial += 1
    assert objective.look(trial) == 81 + 256


def test_a_step_that_returns_its_argument_costs_no_new_look():
    class Stays(Optimizer):
        name = "stays"
        traceable = False
        uses_gradient = False

        def init(self, w):
            return np.zeros(())

        def step(self, objective, w, state):
            objective.value(w)
            return w, state + 1

    result = train(Experiment(PROBLEMS["rosenbrock"](), Reverse(), Stays(), steps=20))
    assert result.cost == Cost(evaluations=1)
    assert result.logging == Cost()


@each_method
def test_what_is_used_again_at_the_same_point_is_charged_once(method):
    """Though the runner looks at more of it in between."""
    objective = CountedObjective(method.bind(f, W), wants_gradient=False)
    objective.look(W)
    objective.value(W)
    spent = objective.cost
    for _ in range(3):
        objective.look_at_gradient(W)
        objective.look(W)
        objective.value(W)
    assert objective.cost == spent == Cost(evaluations=1)


@pytest.mark.parametrize("name", ["random_search", "nelder_mead"])
def test_a_criterion_on_the_gradient_is_not_charged_to_a_search_without_gradients(name):
    problem, rule = PROBLEMS["rosenbrock"](), OPTIMIZERS[name]()
    plain = train(Experiment(problem, Reverse(), rule, steps=50))
    watched = train(Experiment(problem, Reverse(), rule, steps=50, stop=Stop(grad_tol=1e-9)))
    assert watched.cost == plain.cost
    assert watched.logging.reverse_passes > 0


def test_residuals_are_counted_as_evaluations_and_their_jacobian_as_passes():
    problem = PROBLEMS["least_squares"]()
    objective = counted(problem, Reverse(), LevenbergMarquardt(), np.zeros(5))
    r, jacobian = objective.residuals_and_jacobian(np.zeros(5))
    assert (r.shape, jacobian.shape) == ((100,), (100, 5))
    assert objective.cost == Cost(dual_passes=5)
    np.testing.assert_array_equal(objective.residuals(np.zeros(5)), r)
    assert objective.cost == Cost(evaluations=1, dual_passes=5)
    plain = counted(problem, Reverse(), GD(), np.zeros(5))
    with pytest.raises(UsageError, match="the loss tells no residuals"):
        plain.residuals(np.zeros(5))


# -- what the steps of the rules cost -------------------------------------------------------------------------------

# By rule: what one step costs on Rosenbrock in two dimensions by reverse mode, where every step costs the same.
PER_STEP = {
    "newton": Cost(evaluations=1 + 2, dual_passes=2, reverse_passes=1 + 2),
    "gauss_newton": Cost(dual_passes=2),
    "polyak": Cost(evaluations=1, reverse_passes=1),
    "random_search": Cost(evaluations=1),
}


@pytest.mark.parametrize("name", PER_STEP)
def test_cost_of_a_step(name):
    steps = 3
    result = train(Experiment(PROBLEMS["rosenbrock"](), Reverse(), OPTIMIZERS[name](), steps=steps))
    first = Cost(evaluations=1) if name == "random_search" else Cost()
    assert result.cost == PER_STEP[name] * steps + first


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in ("gauss_newton", "levenberg_marquardt")])
def test_every_evaluation_is_charged(name):
    """As the function itself counts them, which branches on its values so that it is called for each."""
    calls = []

    class Counting(PROBLEMS["booth"]):
        def loss(self, w, rows=None):
            calls.append(w)
            return w[0] ** 2 + w[0] * w[1] + w[1] ** 2 + w[0] ** 4 / 100 if w[0] < 1e6 else np.inf

    def run(steps):
        calls.clear()
        result = train(Experiment(Counting(start=(2.0, 1.0)), Numeric(), OPTIMIZERS[name](), steps=steps))
        charged = result.cost + result.logging
        return len(calls), charged.evaluations, result.cost.evaluations

    before, charged_before, _ = run(0)  # setting up evaluates, too
    called, charged, used = run(3)
    assert called - before == charged - charged_before
    assert used >= 3


@pytest.mark.parametrize("name", ["bfgs", "lbfgs", "cg", "bb", "newton_cg"])
def test_a_search_leaves_nothing_for_the_log_to_compute(name):
    result = train(Experiment(PROBLEMS["rosenbrock"](), Reverse(), OPTIMIZERS[name](), steps=20))
    assert result.outcome.step == 20
    # The last point alone may have been tried by its value only.
    assert result.logging.reverse_passes <= 1
    assert result.logging.evaluations <= 1
