"""Kinks, jumps and ends of domains are found where they are, and nowhere else."""

import numpy as np
import pytest

from gdlab.autodiff.graph import constant, trace, variable
from gdlab.autodiff.smoothness import find_kinks
from gdlab.problems.expression import parse


def kinks(formula, *values):
    expression = parse(formula)
    variables = [variable(name, 0.0) for name in expression.variables]
    out = constant(expression.at(dict(zip(expression.variables, variables, strict=True))))
    return find_kinks(out, variables, values)


@pytest.mark.parametrize(
    ("formula", "at", "away", "step"),
    [
        ("abs(x)", 0.0, 1e-3, "abs(x)"),
        ("abs(x - 2)**3", 2.0, 2.1, "abs(x - 2)"),
        ("relu(3*x)", 0.0, -1.0, "relu(3*x)"),
        ("sign(x)", 0.0, 1.0, "sign(x)"),
        ("floor(x)", 3.0, 3.5, "floor(x)"),
        ("x % 2", 4.0, 3.0, "x % 2"),
        ("x // 2", 4.0, 3.0, "x // 2"),
        ("maximum(x, 1)", 1.0, 2.0, "maximum(x, 1)"),
        ("minimum(x, 1)", 1.0 + 1e-6, 2.0, "minimum(x, 1)"),
        ("clip(x, 0, 1)", 1.0, 0.5, "minimum("),
        ("max(stack((x, 1)))", 1.0, 2.0, "max(stack((x, 1)))"),
        ("where(x > 1, x, 2*x)", 1.0, 1.1, "x > 1"),
        ("sqrt(x)", 0.0, 1.0, "sqrt(x)"),
        ("x**0.5", 0.0, 1.0, "x**0.5"),
        ("log(x)", 1e-9, 1.0, "log(x)"),
        ("arcsin(x)", -1.0, 0.0, "arcsin(x)"),
        ("arctanh(x)", 1.0, 0.0, "arctanh(x)"),
        ("hypot(x, 0*x)", 0.0, 1.0, "hypot(x, 0*x)"),
    ],
)
def test_a_kink_is_named_where_it_is(formula, at, away, step):
    (found,) = kinks(formula, at)
    assert found.step.startswith(step)
    assert found.what
    assert found.convention
    assert kinks(formula, away) == []


@pytest.mark.parametrize(("formula", "value"), [("x**2", 0.0), ("x**1.5", 0.1), ("x**0", 0.0), ("exp(x)*tanh(x)", 0.0)])
def test_what_is_smooth_has_none(formula, value):
    assert kinks(formula, value) == []


def test_what_does_not_depend_on_a_variable_is_no_kink():
    (w,), out = trace(lambda w: np.where(w[0] > 5, w[0], np.sum(np.abs(np.zeros(2)))), np.ones(1))
    assert find_kinks(out, [w], [np.ones(1)]) == []


def test_each_kink_is_told_once_and_long_ones_are_cut():
    assert len(kinks("abs(x) + abs(x)", 0.0)) == 1
    (found,) = kinks("abs(" + " + ".join(["x*y"] * 40) + ")", 0.0, 1.0)
    assert len(found.step) <= 60


def test_it_reads_as_a_sentence():
    assert [str(kink) for kink in kinks("abs(x)", 0.0)] == ["abs(x): a kink at 0; the derivative there is taken as 0"]


@pytest.mark.parametrize(("exponent", "ends"), [(1.5, True), (2.5, True), (1.0, False), (2.0, False), (3.0, False)])
def test_the_values_of_a_broken_power_end_at_0(exponent, ends):
    (w,), out = trace(lambda w: w**exponent, 0.0)
    assert [kink.what for kink in find_kinks(out, [w], [0.0])] == (["the values end there"] if ends else [])
