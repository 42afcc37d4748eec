"""Jacobians of vector functions: the reference vectors, every method, and functions that cannot be traced."""

import json
from pathlib import Path

import numpy as np
import pytest

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.jacobian import bind_vector
from gdlab.autodiff.methods import DualNumbers, Numeric, Reverse, Symbolic
from gdlab.errors import DifferentiationError

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"jacobians": [], "constants": {}}
METHODS = [
    (Reverse(), 1e-11),
    (DualNumbers(), 1e-11),
    (Symbolic(), 1e-11),
    (Numeric(), 1e-6),
    (Numeric(scheme="complex"), 1e-6),
    (Numeric(scheme="forward"), 1e-4),
]
NAMES = {name: getattr(np, name) for name in dir(np) if not name.startswith("_")}


@pytest.mark.skipif(not REFERENCE["jacobians"], reason="the reference vectors are not beside the repository")
@pytest.mark.parametrize(("method", "tolerance"), METHODS, ids=lambda x: repr(x) if not isinstance(x, float) else "")
@pytest.mark.parametrize("vector", REFERENCE["jacobians"], ids=lambda v: v["id"])
def test_jacobians_of_the_vectors(vector, method, tolerance):
    constants = {name: np.array(value) for name, value in REFERENCE["constants"].items()}

    def r(x):
        return eval(vector["expr"], {"np": np, **NAMES, **constants, "x": x})  # noqa: S307 - from the file alone

    for point in vector["points"]:
        x = np.array(point["x"], float)
        value, jacobian = bind_vector(method, r, x).value_and_jacobian(x)
        expected = np.array(point["jacobian"])
        np.testing.assert_allclose(value, point["value"], rtol=1e-12)
        assert np.max(np.abs(jacobian - expected) / (1 + np.abs(expected))) <= tolerance


@pytest.mark.parametrize(("method", "tolerance"), METHODS, ids=lambda x: repr(x) if not isinstance(x, float) else "")
@pytest.mark.parametrize("n", [1, 3, 150])
def test_of_a_matrix_it_is_the_matrix(method, tolerance, n):
    """150 parameters take more than one round of lanes."""
    matrix = np.random.default_rng(0).standard_normal((4, n))
    w = np.linspace(-1, 1, n)
    found = bind_vector(method, lambda w: matrix @ w + 1, w).value_and_jacobian(w)
    np.testing.assert_allclose(found[0], matrix @ w + 1)
    np.testing.assert_allclose(found[1], matrix, atol=10 * tolerance)


def test_a_function_that_branches_is_differentiated_where_it_is():
    def r(w):
        return np.stack([w[0] ** 2, w[1]]) if w[0] > 0 else np.stack([w[0], w[1] ** 2])

    bound = bind_vector(Reverse(), r, np.array([3.0, 5.0]))
    np.testing.assert_allclose(bound.value_and_jacobian(np.array([3.0, 5.0]))[1], [[6, 0], [0, 1]])
    np.testing.assert_allclose(bound.value_and_jacobian(np.array([-3.0, 5.0]))[1], [[1, 0], [0, 10]])


@pytest.mark.parametrize("method", [Reverse(), Numeric()], ids=repr)
def test_what_does_not_depend_on_a_parameter_has_a_column_of_zeros(method):
    w = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(
        bind_vector(method, lambda w: np.stack([w[0], 0 * w[1] + 7]), w).value_and_jacobian(w)[1],
        [[1, 0, 0], [0, 0, 0]],
        atol=1e-8,
    )
    np.testing.assert_allclose(
        bind_vector(method, lambda w: np.ones(2), w).value_and_jacobian(w)[1], np.zeros((2, 3)), atol=1e-8
    )


def test_single_precision_stays_so():
    w = np.array([1.0, 2.0], np.float32)
    for method in (Reverse(), Numeric()):
        value, jacobian = bind_vector(method, lambda w: w**2, w).value_and_jacobian(w)
        assert value.dtype == jacobian.dtype == np.float32


def test_what_it_costs():
    w = np.ones(7)
    assert bind_vector(Reverse(), lambda w: w, w).cost == Cost(dual_passes=7)
    assert bind_vector(Numeric(), lambda w: w, w).cost == Cost(evaluations=15)
    assert bind_vector(Numeric(scheme="forward"), lambda w: w, w).cost == Cost(evaluations=8)


@pytest.mark.parametrize("method", [Reverse(), Numeric()], ids=repr)
def test_a_scalar_is_no_vector(method):
    w = np.ones(2)
    with pytest.raises(DifferentiationError, match=r"returned shape \(\), it must return a vector"):
        bind_vector(method, np.sum, w).value_and_jacobian(w)
