"""Passes as lanes of one program give what the passes give one by one."""

from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.autodiff import AtPoints
from gdlab.autodiff.derivatives import DualDerivatives
from gdlab.autodiff.lanes import MOST

RNG = np.random.default_rng(5)
A = RNG.normal(size=(3, 4))

FUNCTIONS = {
    "network": lambda w: np.mean(np.tanh(A @ w[:8].reshape(4, 2)) ** 2 @ w[8:10]),
    "constant": lambda w: 3.0,
    "linear": lambda w: np.sum(w) * 2,
    "one of many": lambda w: w[0] ** 3,
    "products": lambda w: np.prod(w[:3]) + w @ w,
    "stack of matrices": lambda w: np.sum(np.matmul(w[:8].reshape(2, 2, 2), w[:8].reshape(2, 2, 2))),
    "branch": lambda w: np.sum(w**2) if w[0] > 0 else np.sum(w**3),
}


@pytest.mark.parametrize("n", [10, MOST, MOST + 1, 2 * MOST + 7])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_dual_passes(name: str, n: int) -> None:
    f, w = FUNCTIONS[name], RNG.normal(size=n)
    derivatives = DualDerivatives(f, w)
    for _ in range(2):  # a second point, so that nothing is left over from the first
        w = RNG.normal(size=n)
        value, gradient = derivatives.value_and_gradient(w)
        expected = [gdlab.jvp(f, w, direction)[1] for direction in np.eye(n)]
        assert value == pytest.approx(f(w), rel=1e-13)
        np.testing.assert_allclose(gradient, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 40])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_points(name: str, count: int) -> None:
    f, points = FUNCTIONS[name], RNG.normal(size=(10, count))
    values = AtPoints(f, points[:, 0], lanes=8)(points)
    np.testing.assert_allclose(values, [f(points[:, i]) for i in range(count)], rtol=1e-13)


def test_float32_stays_float32() -> None:
    gradient = gdlab.gradient(FUNCTIONS["linear"], np.ones(10, np.float32), "dual")
    assert gradient.dtype == np.float32


def test_a_gradient_within_a_gradient_is_not_taken_for_lanes() -> None:
    def outer_loss(w: Any) -> Any:
        inner = gdlab.gradient(lambda v: np.sum(v**3 * w), w, "dual")
        return np.sum(inner**2)

    w = np.array([1.0, 2.0, -1.5, 0.5])
    # inner = 3w³, so the loss is the sum of 9w⁶
    np.testing.assert_allclose(gdlab.gradient(outer_loss, w), 54 * w**5, rtol=1e-12)
    np.testing.assert_allclose(gdlab.gradient(outer_loss, w, "dual"), 54 * w**5, rtol=1e-12)
