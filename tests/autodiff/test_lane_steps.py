"""A step in lanes against the same step by itself."""

from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.lane_steps import StepInLanes
from gdlab.autodiff.stepping import StepProgram
from gdlab.errors import DifferentiationError


def loss(w: Any) -> Any:
    return np.sum(np.cos(w) * np.arange(1.0, 4.0)) + w[0] * w[1]


def momentum(objective: Any, w: Any, state: Any, given: Any) -> Any:
    k, v = state
    v = given["rule.gamma"] * v + given["lr"] * objective.gradient(w)
    return w - v, (k + 1, v)


def nesterov(objective: Any, w: Any, state: Any, given: Any) -> Any:
    k, v = state
    v = given["rule.gamma"] * v + given["lr"] * objective.gradient(w - given["rule.gamma"] * v)
    return w - v, (k + 1, v)


NUMBERS = {"lr": np.array([0.01, 0.1, 0.05, 0.2]), "rule.gamma": np.array([0.9, 0.5, 0.0, 0.7])}
STARTS = np.random.default_rng(0).normal(size=(3, 4))
STATE = (np.zeros(()), np.zeros(3))


@pytest.mark.parametrize(("rule", "exact"), [(momentum, True), (nesterov, False)])
def test_lanes_take_the_steps_that_each_takes_by_itself(rule: Any, exact: bool) -> None:
    step = StepInLanes(loss, rule, STARTS[:, 0], STATE, tuple(NUMBERS))
    assert step.exact is exact
    assert step.cost == Cost(evaluations=1, reverse_passes=1)
    assert step.laned == {"state_1"}  # the count of steps is common to all
    program = step.at(4)
    assert step.at(4) is program
    program.w[...] = STARTS
    for name, values in NUMBERS.items():
        program.numbers[name][...] = values
    program.begin()
    alone = [
        StepProgram(
            loss, lambda o, w, s, i=i: rule(o, w, s, {n: v[i] for n, v in NUMBERS.items()}), STARTS[:, i], STATE
        )
        for i in range(4)
    ]
    for k in range(6):
        program.advance()
        told = [one.advance() for one in alone]
        np.testing.assert_allclose(program.value, told, rtol=1e-12)
        np.testing.assert_allclose(program.w, np.stack([one.w for one in alone], axis=1), rtol=1e-12)
        assert program.leaves["state_0"] == k
        if exact:
            np.testing.assert_allclose(program.gradient, np.stack([one.gradient for one in alone], axis=1), rtol=1e-12)
        else:
            assert program.gradient is None


def test_it_begins_again_from_what_is_written() -> None:
    program = StepInLanes(loss, momentum, STARTS[:, 0], STATE, tuple(NUMBERS)).at(2)
    program.w[...] = STARTS[:, :2]
    program.begin()
    program.advance()
    first = program.value.copy()
    program.advance()
    program.w[...] = STARTS[:, :2]
    program.begin()
    program.advance()
    np.testing.assert_array_equal(program.value, first)


def test_what_a_laned_number_reaches_is_laned() -> None:
    def rule(objective: Any, w: Any, state: Any, given: Any) -> Any:
        p, q = state
        return w - objective.gradient(w), (p * given["beta"], q + 1)

    step = StepInLanes(loss, rule, STARTS[:, 0], (np.ones(()), np.zeros(())), ("beta",))
    assert step.laned == {"state_0"}


def test_a_gradient_that_is_the_same_everywhere_is_told_for_each_lane() -> None:
    def rule(objective: Any, w: Any, state: Any, given: Any) -> Any:
        return w - objective.gradient(w), ()

    program = StepInLanes(lambda w: np.sum(2 * w), rule, np.ones(3), ()).at(5)
    program.begin()
    program.advance()
    assert program.gradient is not None
    assert program.gradient.shape == (3, 5)
    assert (program.gradient == 2).all()


def test_a_constant_loss_is_refused() -> None:
    with pytest.raises(DifferentiationError, match="the same for all w"):
        StepInLanes(lambda w: 0 * np.sum(np.ones(3)), momentum, STARTS[:, 0], STATE, tuple(NUMBERS))
