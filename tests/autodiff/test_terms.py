"""Formulas as objects: printed, evaluated and differentiated as on a blackboard."""

import numpy as np
import pytest

from gdlab.autodiff import Dual
from gdlab.autodiff.graph import apply, evaluate
from gdlab.autodiff.primitive import Elementwise, Traced
from gdlab.autodiff.reverse import adjoints
from gdlab.autodiff.terms import Const, Term, Var


@pytest.fixture
def xyf():
    x, y = Var("x", 3), Var("y", 4)
    return x, y, x * x * y + (y + Const(2))


def test_it_prints_as_on_the_blackboard(xyf):
    x, y, f = xyf
    assert str(f) == "((x) * (x)) * (y) + y + 2"
    assert str(x * x * y + y + 2) == "((x) * (x)) * (y) + y + 2"
    assert str(Const(2)) == "2"
    assert repr(x) == "x"


@pytest.mark.parametrize(
    ("build", "printed"),
    [
        (lambda x, y: x - (y + 1), "x - (y + 1)"),
        (lambda x, y: (x + 1) * y, "(x + 1) * (y)"),
        (lambda x, y: x / y, "(x) / (y)"),
        (lambda x, y: x**2, "(x) ** (2)"),
        (lambda x, y: -x * 0.5, "(-(x)) * (0.5)"),
        (lambda x, y: 2 - x, "2 - (x)"),
        (lambda x, y: np.sin(x + y), "sin(x + y)"),
        (lambda x, y: np.where(x > y, x, y), "where(x > y, x, y)"),
        (lambda x, y: np.exp(x) % (y + 1), "exp(x) % (y + 1)"),
    ],
)
def test_every_operation_prints(build, printed):
    assert str(build(Var("x"), Var("y"))) == printed


def test_its_value_and_gradient(xyf):
    x, y, f = xyf
    assert f.evaluate() == 42
    assert [slope.evaluate() for slope in f.gradient(x, y)] == [24.0, 10.0]


def test_a_second_call_gives_the_same_again(xyf):
    x, y, f = xyf
    for _ in range(3):
        assert [slope.evaluate() for slope in f.gradient(x, y)] == [24.0, 10.0]


def test_variables_can_be_set_anew(xyf):
    x, y, f = xyf
    dx, _ = f.gradient(x, y)
    x.value = 5
    assert (f.evaluate(), dx.evaluate()) == (106.0, 40.0)


def test_gradients_are_formulas_so_that_any_order_follows(xyf):
    x, y, f = xyf
    dx, dy = f.gradient(x, y)
    assert isinstance(dx, Term)
    assert [str(slope.simplified()) for slope in (dx, dy)] == ["((2) * (x)) * (y)", "(x) ** (2) + 1"]
    hessian = [[entry.evaluate() for entry in slope.gradient(x, y)] for slope in (dx, dy)]
    assert hessian == [[8.0, 6.0], [6.0, 0.0]]
    (dxx,) = dx.gradient(x)
    assert [entry.evaluate() for entry in dxx.gradient(x, y)] == [0.0, 2.0]


def test_a_variable_that_is_not_there_has_the_derivative_zero(xyf):
    _, _, f = xyf
    (slope,) = f.gradient(Var("z"))
    assert isinstance(slope, Term)
    assert (str(slope), slope.evaluate()) == ("0", 0.0)


def test_dual_numbers_pass_through(xyf):
    x, y, f = xyf
    x.value = Dual(3.0, 1.0)
    assert repr(f.evaluate()) == "42.0 + 24.0ε"
    x.value, y.value = Dual(3.0), Dual(4.0, 1.0)
    assert f.evaluate().tangent == 10.0
    y.value = Dual(4.0)
    assert repr(f.evaluate()) == "42.0"


def test_integers_count_as_real_numbers():
    x = Var("x", 2)
    assert (x**-1).evaluate() == 0.5
    assert (Const(3) / Const(2)).evaluate() == 1.5


def test_terms_of_whole_arrays():
    w = Var("w", [1.0, 2.0])
    f = np.sum(w * w)
    (slope,) = f.gradient(w)
    assert str(f) == "sum((w) * (w))"
    np.testing.assert_array_equal(slope.evaluate(), [2.0, 4.0])


def test_a_branch_follows_the_values():
    x = Var("x", 3)
    assert (1 if x * x > 8 else 0) == 1


class Tally(Traced):
    """A value that only counts how often something is computed from it."""

    level = 1

    def __init__(self):
        self.count = 0

    def interpret(self, primitive, args, params):
        self.count += 1
        return self


class CountedAdd(Elementwise):
    """An addition that counts its pullbacks."""

    def __init__(self):
        super().__init__("add", np.add, 1, 1)
        self.count = 0

    def pullback(self, *args):
        self.count += 1
        return super().pullback(*args)


def test_a_chain_of_18_doublings_costs_18_visits_each_way():
    x, add, tally = Var("x", 1.0), CountedAdd(), Tally()
    e = x
    for _ in range(18):
        e = apply(add, (e, e), {})
    evaluate([e], {id(x): tally})
    slope = adjoints(e)[id(x)]
    assert (tally.count, add.count) == (18, 18)
    assert evaluate([slope], {})[0] == 2.0**18


def test_a_formula_that_would_print_without_end_names_its_parts():
    e = Var("x", 1.0)
    for _ in range(60):
        e = e * e
    lines = str(e).splitlines()
    assert lines[0] == "t1 = (x) * (x)"
    assert len(lines) == 60
    assert e.evaluate() == 1.0
