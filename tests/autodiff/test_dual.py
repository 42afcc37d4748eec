"""Dual numbers as objects: the arithmetic that defines them, how they print, and what they may hold."""

import numpy as np
import pytest

from gdlab.autodiff import Dual, jvp
from gdlab.errors import DifferentiationError


@pytest.mark.parametrize(
    ("dual", "value", "tangent", "text"),
    [
        (3 + Dual(3, 4), 6, 4, "6.0 + 4.0ε"),
        (Dual(3, 4) * Dual(5, 7), 15, 41, "15.0 + 41.0ε"),
        (Dual(3, 4) / Dual(5, 7), 0.6, -0.04, "0.6 - 0.04ε"),
        (Dual(3, 4) - Dual(5, 7), -2, -3, "-2.0 - 3.0ε"),
        (Dual(3, 4) ** 3, 27, 108, "27.0 + 108.0ε"),
        (Dual(2, 4) ** -1, 0.5, -1, "0.5 - 1.0ε"),
        (2 ** Dual(3, 1), 8, 8 * np.log(2), "8.0 + 5.54517744448ε"),
        (Dual(4, 1) ** 0.5, 2, 0.25, "2.0 + 0.25ε"),
        (-Dual(3, 4), -3, -4, "-3.0 - 4.0ε"),
        (abs(Dual(-3, 4)), 3, -4, "3.0 - 4.0ε"),
        (np.exp(Dual(0, 2)), 1, 2, "1.0 + 2.0ε"),
        (np.sin(Dual(0, 2)), 0, 2, "0.0 + 2.0ε"),
        (Dual(42), 42, 0, "42.0"),
        (Dual(3, 4) * 0 + 42, 42, 0, "42.0"),
        (Dual(1e20, 1e-20), 1e20, 1e-20, "1e+20 + 1e-20ε"),
        (Dual(np.nan, np.inf), np.nan, np.inf, "nan + infε"),
    ],
)
def test_arithmetic(dual, value, tangent, text):
    if isinstance(dual, Dual):
        np.testing.assert_allclose([dual.value, dual.tangent], [value, tangent], rtol=1e-14)
        assert repr(dual) == text
    else:
        assert (dual, tangent) == (value, 0)


def polynomial(w):
    x, y = w
    return x * x * y + y + 2


def test_one_pass_for_each_partial_derivative():
    assert polynomial(np.array([3.0, 4.0])) == 42.0
    assert jvp(polynomial, np.array([3.0, 4.0]), np.array([1.0, 0.0])) == (42.0, 24.0)
    assert jvp(polynomial, np.array([3.0, 4.0]), np.array([0.0, 1.0])) == (42.0, 10.0)
    assert repr(polynomial([Dual(3, 1), 4])) == "42.0 + 24.0ε"
    assert repr(polynomial([3, Dual(4, 1)])) == "42.0 + 10.0ε"
    assert repr(polynomial([Dual(3), Dual(4)])) == "42.0"


def test_what_does_not_depend_on_the_point_has_tangent_0():
    for constant in (5, np.float32(5), np.ones(3)):
        value, tangent = jvp(lambda w, c=constant: c, np.ones(2), np.ones(2))
        np.testing.assert_array_equal(value, constant)
        np.testing.assert_array_equal(tangent, np.zeros(np.shape(constant)))


def test_integers_become_float64_and_single_precision_stays():
    assert Dual(3, 4).dtype == np.float64
    assert Dual(np.array([1, 2]), 1).dtype == np.float64
    single = Dual(np.float32([1, 2]), np.float32([1, 0])) ** 2 / 3
    assert single.dtype == single.tangent.dtype == np.float32


def test_one_tangent_for_all_elements():
    x = Dual(np.array([1.0, 2.0, 3.0]), 1)
    np.testing.assert_array_equal((x * x).tangent, [2, 4, 6])
    np.testing.assert_array_equal(x[1:].tangent, [1, 1])
    np.testing.assert_array_equal(Dual([1.0, 2.0]).tangent, [0, 0])
    assert x.shape == (3,)
    assert x.ndim == 1
    assert len(x) == x.size == 3


def test_division_by_zero_is_as_in_numpy():
    with np.errstate(all="ignore"):
        quotient = 1 / Dual(0, 1)
    assert quotient.value == np.inf
    assert quotient.tangent == -np.inf


def test_different_epsilons_do_not_mix():
    x, y = Dual(3.0, 1.0, 1), Dual(4.0, 1.0, 2)
    product = x * y
    assert product.level == 2
    assert (product.value.value, product.value.tangent) == (12, 4)
    assert (product.tangent.value, product.tangent.tangent) == (3, 1)


@pytest.mark.parametrize(("value", "tangent"), [("3", 1), (None, 1), (3, 1j), (np.array([None]), 0)])
def test_only_real_numbers(value, tangent):
    with pytest.raises(DifferentiationError, match="made of real numbers"):
        Dual(value, tangent)


def test_a_tangent_must_fit():
    with pytest.raises(ValueError, match="broadcast"):
        Dual(np.ones(3), np.ones(2))
