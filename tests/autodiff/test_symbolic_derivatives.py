"""The symbolic method: values, gradients, Hessians and products from compiled formulas, and what they cost."""

import json
from pathlib import Path

import numpy as np
import pytest

from gdlab.autodiff import Cost, bind, gradient, hessian
from gdlab.autodiff.derivatives import ReverseDerivatives
from gdlab.autodiff.methods import METHODS, Symbolic
from gdlab.autodiff.structural import take_rows
from gdlab.autodiff.symbolic.derivatives import SymbolicDerivatives
from gdlab.errors import BranchError
from gdlab.problems.expression import parse
from gdlab.problems.polynomial import Polynomial

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"


def reference():
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"no reference vectors at {VECTORS.parent.name}/"))]
    data = json.loads(VECTORS.read_text())
    return [pytest.param(case | {"constants": data["constants"]}, id=case["id"]) for case in data["gradients"]]


def close(found, expected, tolerance):
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_array_less(np.abs(found - np.asarray(expected)) / (1 + np.abs(expected)), tolerance)


@pytest.mark.parametrize("case", reference())
def test_it_has_the_reference_values(case):
    names = {"vector": "x"} if case["kind"] == "vector" else {"variables": ["a", "b", "c"]}
    f = parse(case["expr"], constants=case["constants"], **names)
    derivatives = SymbolicDerivatives(f, np.array(case["points"][0]["x"]))
    for point in case["points"]:
        w, hessian = np.array(point["x"]), np.array(point["hessian"])
        value, slope = derivatives.value_and_gradient(w)
        close(value, point["value"], 1e-11)
        close(slope, point["grad"], 1e-11)
        close(derivatives.hessian(w), hessian, 1e-10)
        direction = np.linspace(-1, 1, w.size)
        close(derivatives.hvp(w, direction), hessian @ direction, 1e-10)


def test_the_polynomial_exactly():
    problem = Polynomial()
    derivatives = SymbolicDerivatives(problem.loss, [3.0, 4.0])
    value, slope = derivatives.value_and_gradient([3.0, 4.0])
    assert value == 42.0
    assert slope.tolist() == [24.0, 10.0]
    assert derivatives.hessian([3.0, 4.0]).tolist() == [[8.0, 6.0], [6.0, 0.0]]


def test_it_is_a_gradient_method_by_name():
    assert METHODS["symbolic"] is Symbolic
    assert gradient(lambda w: np.sum(w**2), [1.0, 2.0], "symbolic").tolist() == [2.0, 4.0]


def test_it_serves_minibatches():
    x, w = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0.5, -0.5])
    derivatives = SymbolicDerivatives(lambda w, rows: np.sum((take_rows(x, rows) @ w) ** 2), w, [0, 1])
    for rows in ([0, 1], [2, 0]):
        close(derivatives.gradient(w, rows), 2 * x[rows].T @ x[rows] @ w, 1e-12)
        close(derivatives.hessian(w, rows), 2 * x[rows].T @ x[rows], 1e-12)
        close(derivatives.hvp(w, np.ones(2), rows), 2 * x[rows].T @ x[rows] @ np.ones(2), 1e-12)


def test_a_hessian_of_many_parameters_is_put_together_column_by_column():
    n = 40

    def chain(w):
        return np.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2)

    w = np.linspace(-1, 1, n)
    close(SymbolicDerivatives(chain, w).hessian(w), ReverseDerivatives(chain, w).hessian(w), 1e-12)


def test_it_keeps_float32():
    derivatives = SymbolicDerivatives(lambda w: np.mean(np.tanh(w) ** 2) / 3, np.ones(3, np.float32))
    value, slope = derivatives.value_and_gradient(np.ones(3, np.float32))
    assert (value.dtype, slope.dtype) == (np.float32, np.float32)
    assert derivatives.hessian(np.ones(3, np.float32)).dtype == np.float32


def test_a_constant_function_has_zero_derivatives():
    derivatives = SymbolicDerivatives(lambda w: 7.0, np.ones(2))
    assert derivatives.gradient(np.ones(2)).tolist() == [0.0, 0.0]
    assert derivatives.hessian(np.ones(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_constants_that_another_derivative_varies_stay_variable():
    def outer(a):
        return np.sum(gradient(lambda w: a[0] * w[0] ** 2 + np.sum(a * w), a, "symbolic") * np.array([1.0, 10.0]))

    # ∂/∂w = (2·a₀·w₀ + a₀, a₁) at w = a: 2·a₀² + a₀ + 10·a₁
    assert gradient(outer, [3.0, 4.0]).tolist() == [13.0, 10.0]


def test_a_branch_is_refused_with_the_way_out():
    with pytest.raises(BranchError, match=r"np\.where"):
        SymbolicDerivatives(lambda w: w[0] if w[0] > 0 else -w[0], np.ones(1)).gradient(np.ones(1))


def test_costs_are_counted_in_operations():
    # x²·y + y + 2 makes 4 operations; its gradient (2·x·y, x² + 1) makes 3 more; of (2y, 2x; 2x, 0) there are 2.
    derivatives = SymbolicDerivatives(Polynomial().loss, [3.0, 4.0])
    assert derivatives.cost_of_value == Cost(evaluations=1)
    assert derivatives.cost_of_value_and_gradient == derivatives.cost_of_gradient == Cost(evaluations=2)
    assert derivatives.cost_of_hessian == Cost(evaluations=1)


@pytest.mark.parametrize("n", [2, 200])
def test_the_cost_of_a_gradient_does_not_grow_with_the_number_of_parameters(n):
    problem = parse("sum(tanh(x)**2)", vector="x")
    assert SymbolicDerivatives(problem, np.ones(n)).cost_of_gradient == Cost(evaluations=3)


def test_the_cost_of_a_product_of_matrices_is_that_of_its_inner_sums():
    a = np.arange(12.0).reshape(3, 4)
    derivatives = SymbolicDerivatives(lambda w: np.sum(a @ w), np.ones(4))
    assert derivatives.cost_of_hvp == Cost()
    assert derivatives.cost_of_value_and_gradient == Cost(evaluations=1)


def test_products_of_products_stay_small():
    """Written out, a recurrence such as this doubles its factors at every step."""

    def logistic_map(w):
        x = w[0]
        for _ in range(60):
            x = x * (1 - x) * w[1]
        return x

    w = np.array([0.3, 1.2])
    derivatives = bind(logistic_map, w, "symbolic")
    np.testing.assert_allclose(derivatives.hessian(w), hessian(logistic_map, w), rtol=1e-9, atol=1e-12)
    assert derivatives.cost_of_hessian.evaluations < 100
