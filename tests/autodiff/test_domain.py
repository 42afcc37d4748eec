"""Why a value or a derivative is not finite, in words."""

import pytest

from gdlab.autodiff.domain import undefined, untaken
from gdlab.config.target import find_target


@pytest.mark.parametrize(
    ("formula", "at", "words"),
    [
        ("log(x)", "-1", "log(x) is not defined at x = -1"),
        ("log(x)", "0", "log(x) is not defined at x = 0"),
        ("2 + sqrt(x - 3)*y", "1,2", "sqrt(x - 3) is not defined at x - 3 = -2"),
        ("x**0.5", "-1", "x**0.5 is not defined at x = -1"),
        ("arcsin(x)", "2", "arcsin(x) is not defined at x = 2"),
        ("1/x", "0", "division by zero: 1/x at x = 0"),
        ("0/x + y", "0,1", "division by zero: 0/x at x = 0"),
        ("x**-1", "0", "division by zero: x**-1 at x = 0"),
        ("sum(log(x))", "x=1,-2", "log(x) is not defined at x with elements from -2 to 1"),
        ("exp(x)", "1000", "exp(x) is too large for a number at x = 1000: more than 1.8e308"),
        ("logaddexp(x, exp(y))", "0,1000", "exp(y) is too large for a number at y = 1000: more than 1.8e308"),
        ("where(x > 0, log(x), 0)", "-1", ""),
        ("x*y", "1,2", ""),
    ],
)
def test_the_innermost_step_without_a_value_is_named(formula, at, words):
    assert undefined(*find_target(formula, at).graph()) == words


@pytest.mark.parametrize(
    ("formula", "at", "branch", "remedy"),
    [
        ("where(x > 0, sqrt(x), 0*x)", "0", "sqrt(x) is not taken here", "where(x > 0, x, 1) in place of x"),
        ("where(x > 0, 1/x, 0)", "0", "1/x is not taken here", "where(x > 0, x, 1) in place of x"),
        ("where(x <= 0, 0, log(x)*x)", "0", "log(x)*x is not taken", "where(x <= 0, 1, x) in place of x"),
        ("sum(where(x > 0, sqrt(x), 0))", "x=0,1", "sqrt(x) is not taken", "where(x > 0, x, 1) in place of x"),
    ],
)
def test_a_branch_that_is_not_taken_is_named_with_a_remedy_that_helps(formula, at, branch, remedy):
    told = untaken(*find_target(formula, at).graph())
    assert branch in told
    assert remedy in told
    inside, _, _ = remedy.partition(" in place")
    mended = formula
    for old in ("sqrt(x)", "1/x", "log(x)"):
        mended = mended.replace(old, old.replace("x", inside) if old != "1/x" else f"1/{inside}")
    assert untaken(*find_target(mended, at).graph()) == ""


def test_a_branch_that_is_taken_is_not():
    assert untaken(*find_target("where(x > 0, sqrt(x), 0*x)", "4").graph()) == ""
