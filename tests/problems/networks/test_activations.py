import math
from typing import get_args

import numpy as np
import pytest

from gdlab.autodiff import METHODS, gradient
from gdlab.problems.networks.activations import ACTIVATIONS, SLOPED, Activation, activation

SMOOTH = ["identity", "sigmoid", "tanh", "softplus", "gelu"]


@pytest.mark.parametrize(
    ("name", "slope", "z", "expected"),
    [
        ("identity", None, [-2.0, 0.0, 3.0], [-2.0, 0.0, 3.0]),
        ("step", None, [-2.0, 0.0, 3.0], [-1.0, 0.0, 1.0]),
        ("sigmoid", None, [0.0, math.log(3), -math.log(3), 800.0, -800.0], [0.5, 0.75, 0.25, 1.0, 0.0]),
        ("tanh", None, [0.0, math.log(2), 800.0, -800.0], [0.0, 0.6, 1.0, -1.0]),
        ("relu", None, [0.0, 2.0, -2.0], [0.0, 2.0, 0.0]),
        ("relu", 3.0, [0.0, 2.0, -2.0], [0.0, 6.0, 0.0]),
        ("leaky_relu", None, [0.0, 2.0, -2.0], [0.0, 2.0, -0.02]),
        ("leaky_relu", 0.25, [0.0, 2.0, -2.0], [0.0, 2.0, -0.5]),
        ("elu", None, [0.0, 2.0, -math.log(4), -800.0, 800.0], [0.0, 2.0, -0.75, -1.0, 800.0]),
        ("elu", 2.0, [0.0, 2.0, -math.log(4)], [0.0, 2.0, -1.5]),
        ("softplus", None, [0.0, math.log(3), 800.0, -800.0], [math.log(2), math.log(4), 800.0, 0.0]),
        ("gelu", None, [0.0, 800.0, -800.0], [0.0, 800.0, 0.0]),
    ],
)
def test_values(name, slope, z, expected):
    np.testing.assert_allclose(activation(name, slope)(np.array(z)), expected, rtol=1e-14)


def test_gelu_is_near_z_times_the_normal_distribution_function():
    z = np.linspace(-6, 6, 2001)
    exact = np.array([0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in z])
    assert np.max(np.abs(activation("gelu")(z) - exact)) < 5e-4


@pytest.mark.parametrize(
    ("name", "slope", "z", "expected"),
    [
        ("step", None, [-2.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
        ("sigmoid", None, [0.0, math.log(3)], [0.25, 0.1875]),
        ("tanh", None, [0.0, math.log(2)], [1.0, 0.64]),
        ("relu", None, [-2.0, 0.0, 2.0], [0.0, 0.0, 1.0]),
        ("relu", 3.0, [-2.0, 0.0, 2.0], [0.0, 0.0, 3.0]),
        ("leaky_relu", None, [-2.0, 0.0, 2.0], [0.01, 0.0, 1.0]),
        ("elu", None, [-math.log(4), 0.0, 2.0], [0.25, 1.0, 1.0]),
        ("elu", 2.0, [-math.log(4), 0.0, 2.0], [0.5, 1.5, 1.0]),
        ("softplus", None, [0.0, math.log(3)], [0.5, 0.75]),
        ("gelu", None, [0.0], [0.5]),
    ],
)
def test_derivatives_and_what_holds_at_kinks(name, slope, z, expected):
    f = activation(name, slope)
    for method in ("dual", "reverse", "symbolic"):
        np.testing.assert_allclose(gradient(lambda x: np.sum(f(x)), z, method), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("size", [1e3, -1e3])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_derivative_are_finite_far_out(name, size):
    z = np.array([size])
    f = activation(name)
    assert np.all(np.isfinite(f(z)))
    for method in METHODS:
        assert np.all(np.isfinite(gradient(lambda x: np.sum(f(x)), z, method)))


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in SMOOTH])
def test_only_those_with_a_kink_or_a_jump_have_one_at_0(name):
    f = activation(name)
    left, right = (gradient(lambda x: np.sum(f(x)), [z])[0] for z in (-1e-9, 1e-9))
    jump = abs(f(np.float64(1e-9)) - f(np.float64(-1e-9)))
    assert jump > 1 or abs(left - right) > 0.5 or name == "elu"  # elu of slope 1 is smooth to first order


def test_every_allowed_word_has_its_row():
    assert tuple(ACTIVATIONS) == get_args(Activation)
    assert set(SLOPED) < set(ACTIVATIONS)
