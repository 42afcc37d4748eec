"""A function that a user declares is differentiated like the built-in ones, by every method and to every order."""

from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.declare import primitive
from gdlab.autodiff.methods import METHODS
from gdlab.errors import DifferentiationError

softsign = primitive("softsign", lambda x: x / (1 + np.abs(x)), lambda z, x: (1 - np.abs(z)) ** 2)
swish = primitive("swish", lambda x: x / (1 + np.exp(-x)), lambda z, x: gdlab.sigmoid(x) * (1 + x - z))
power_mean = primitive(
    "geometric_mean",
    lambda x, y: np.sqrt(x * y),
    lambda z, x, y: y / (2 * z),
    lambda z, x, y: x / (2 * z),
    check_at=[(1.0, 2.0), (0.3, 4.0)],
)


def f(w: Any) -> Any:
    return np.sum(swish(w) * softsign(2 * w)) + power_mean(np.exp(w[0]), 1 + w[1] ** 2)


def plain(w: Any) -> Any:
    return np.sum(w / (1 + np.exp(-w)) * (2 * w / (1 + np.abs(2 * w)))) + np.sqrt(np.exp(w[0]) * (1 + w[1] ** 2))


W = np.array([0.4, -1.2, 2.3])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_and_second_order(method: str) -> None:
    value, gradient = gdlab.value_and_gradient(f, W, method)
    assert value == pytest.approx(plain(W), rel=1e-14)
    tolerance = 1e-6 if method == "numeric" else 1e-11
    np.testing.assert_allclose(gradient, gdlab.gradient(plain, W), rtol=tolerance)
    np.testing.assert_allclose(
        gdlab.hessian(f, W, method), gdlab.hessian(plain, W), rtol=100 * tolerance, atol=100 * tolerance
    )


def test_third_order() -> None:
    def third(function: Any) -> Any:
        return gdlab.gradient(lambda w: np.sum(gdlab.hessian(function, w)), W)

    np.testing.assert_allclose(third(f), third(plain), rtol=1e-10)


def test_on_plain_numbers_and_arrays_it_is_the_function() -> None:
    assert softsign(3.0) == 0.75
    np.testing.assert_allclose(softsign(np.array([[1.0, -1.0]])), [[0.5, -0.5]])


def test_in_a_program_and_in_training() -> None:
    assert "swish(" in gdlab.program(f, W).source
    result = gdlab.minimize(lambda w: np.sum(softsign(w) ** 2), [1.0, -2.0], gdlab.Adam(lr=0.1), steps=300)
    assert np.abs(result.w).max() < 0.05


REFUSED = [
    (("wrong", np.sin, lambda z, x: 1.0005 * np.cos(x)), {}, "the derivative of wrong at"),
    (("wrong_second", np.arctan2, lambda z, y, x: x / (x * x + y * y), 0), {}, "by argument 2"),
    (("exp", np.exp, lambda z, x: z), {}, "there is already"),
    (("no name", np.exp, lambda z, x: z), {}, "is no name"),
    (("bare", np.exp), {}, "needs a derivative"),
    (("cube", lambda x: x**3, lambda x: 3 * x**2), {}, r"a function of \(z, x\)"),
    (("far", lambda x: np.log(x - 100), lambda z, x: 1 / (x - 100)), {}, "name others by check_at"),
    (("total", lambda x: np.sum(x) * 1.0, 1), {}, "is not elementwise"),
    (("kinked", np.abs, lambda z, x: np.sign(x) * 2), {}, "the derivative of kinked"),
]


@pytest.mark.parametrize(("args", "options", "text"), REFUSED, ids=[case[0][0] for case in REFUSED])
def test_what_is_wrong_is_refused_when_it_is_declared(args: Any, options: Any, text: str) -> None:
    with pytest.raises(DifferentiationError, match=text):
        primitive(*args, **options)


def test_check_at_names_where() -> None:
    log_shifted = primitive("far", lambda x: np.log(x - 100), lambda z, x: 1 / (x - 100), check_at=[101.0, 150.0])
    assert gdlab.gradient(lambda w: log_shifted(w[0]), [110.0])[0] == pytest.approx(0.1)
