"""The same cost for each."""

import pytest

from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse
from gdlab.errors import UsageError
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import train
from gdlab.experiment.tuning.budget import Budget, passes, read_budget, steps_within
from gdlab.optimizers import GD, LBFGS, NAG, Adam, Coordinate, Newton, RandomSearch
from gdlab.problems import XOR, Rosenbrock


def experiment(**fields):
    return Experiment(**{"problem": XOR(), "gradient": Reverse(), "optimizer": GD(), **fields})


def test_it_is_read():
    assert read_budget("evaluations=2000") == Budget("evaluations", 2000)
    assert read_budget("evaluations=2e3") == Budget("evaluations", 2000)
    assert read_budget("steps=10") == Budget("steps", 10)


@pytest.mark.parametrize(
    "text", ["evaluations", "evaluations=", "evaluations=0", "evaluations=1.5", "evaluations=inf", "evals=5"]
)
def test_what_is_none_is_refused(text):
    with pytest.raises(UsageError, match=f"--budget {text}: .*evaluations=N, or steps=N"):
        read_budget(text)


@pytest.mark.parametrize(
    ("optimizer", "gradient", "each"),
    [
        (GD(), Reverse(), 2),  # one forward, one backward
        (NAG(), Reverse(), 2),
        (Adam(), DualNumbers(), 17),  # 17 parameters, a dual pass each
        (GD(), Numeric(scheme="forward"), 18),  # n + 1
        (GD(), Numeric(), 34),  # 2n
    ],
)
def test_a_step_is_charged_as_the_runs_report_it(optimizer, gradient, each):
    one = experiment(optimizer=optimizer, gradient=gradient)
    steps = steps_within(one, Budget("evaluations", 100 * each))
    ran = train(experiment(optimizer=optimizer, gradient=gradient, steps=steps))
    assert 98 <= steps <= 100
    assert passes(ran.summary) <= 100 * each


@pytest.mark.parametrize("optimizer", [LBFGS(), Newton(), Coordinate(), RandomSearch()])
def test_a_rule_whose_steps_differ_in_cost_gets_enough_of_them(optimizer):
    one = experiment(optimizer=optimizer, problem=Rosenbrock(start=(-1.2, 1.0)))
    steps = steps_within(one, Budget("evaluations", 60))
    assert steps >= 1
    longer = train(experiment(optimizer=optimizer, problem=Rosenbrock(start=(-1.2, 1.0)), steps=steps + 1))
    assert passes(longer.summary) >= 60 or longer.outcome.step < steps + 1


def test_steps_are_steps():
    assert steps_within(experiment(), Budget("steps", 7)) == 7
