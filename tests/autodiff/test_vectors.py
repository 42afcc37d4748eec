"""Every expression of the reference vectors at every point, by every method, to the tolerances of their README."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff import bind, jvp, program
from gdlab.autodiff.graph import constant, evaluate, variable
from gdlab.autodiff.reverse import gradients

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"constants": {}, "gradients": [], "jacobians": []}

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"the reference vectors are not at {FILE}")

FUNCTIONS = (
    *(np.abs, np.arccos, np.arcsin, np.arctan, np.arctan2, np.cos, np.cosh, np.cumsum, np.dot, np.exp, np.expm1),
    *(np.log, np.log1p, np.matmul, np.max, np.maximum, np.mean, np.minimum, np.outer, np.prod, np.reshape, np.sin),
    *(np.sinh, np.sqrt, np.stack, np.sum, np.tanh, np.where, np.linalg.norm),
)
CONSTANTS = {name: np.asarray(value) for name, value in REFERENCE["constants"].items()} | {"pi": np.pi, "abs": np.abs}
NAMES = CONSTANTS | {function.__name__: function for function in FUNCTIONS}

EXACT, CENTRAL, FORWARD = 1e-11, 1e-6, 1e-4
EXACT_HESSIAN, DIFFERENCED_HESSIAN = 1e-10, 1e-4

METHODS = {
    "reverse": ("reverse", {}, EXACT),
    "dual": ("dual", {}, EXACT),
    "central": ("numeric", {"scheme": "central"}, CENTRAL),
    "forward": ("numeric", {"scheme": "forward"}, FORWARD),
    "complex": ("numeric", {"scheme": "complex"}, EXACT),
}


@dataclass(frozen=True)
class Vector:
    """An expression as a function of one array, and where it was evaluated."""

    expr: str
    scalars: bool
    points: list[dict[str, Any]]

    def __call__(self, x):
        names = {"a": x[0], "b": x[1], "c": x[2]} if self.scalars else {"x": x}
        return eval(self.expr, NAMES | names)  # noqa: S307 - an expression of the reference file


GRADIENTS = [
    pytest.param(Vector(v["expr"], v["kind"] == "scalar", v["points"]), id=f"{v['id']}: {v['expr']}")
    for v in REFERENCE["gradients"]
]
JACOBIANS = [
    pytest.param(Vector(v["expr"], False, v["points"]), id=f"{v['id']}: {v['expr']}") for v in REFERENCE["jacobians"]
]


def close(got, expected, tol):
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    error = np.max(np.abs(got - expected) / (1 + np.abs(expected)))
    assert error <= tol, f"got {got}, expected {expected}: {error:.2g} > {tol}"


def points(vector):
    return [(np.asarray(point["x"]), point) for point in vector.points]


@pytest.mark.parametrize("vector", GRADIENTS)
def test_value_as_plain_numpy(vector):
    for x, point in points(vector):
        close(vector(x), point["value"], 1e-14)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("vector", GRADIENTS)
def test_value_and_gradient(vector, method):
    name, options, tol = METHODS[method]
    derivatives = bind(vector, vector.points[0]["x"], name, **options)
    for x, point in points(vector):
        value, gradient = derivatives.value_and_gradient(x)
        close(value, point["value"], EXACT)
        close(gradient, point["grad"], tol)
        close(derivatives.gradient(x), point["grad"], tol)
        close(derivatives.value(x), point["value"], EXACT)


@pytest.mark.parametrize("method", ["reverse", "dual"])
@pytest.mark.parametrize("vector", GRADIENTS)
def test_hessian(vector, method):
    derivatives = bind(vector, vector.points[0]["x"], method)
    for x, point in points(vector):
        close(derivatives.hessian(x), point["hessian"], EXACT_HESSIAN)
        direction = np.linspace(-1, 1, x.size)
        close(derivatives.hvp(x, direction), np.asarray(point["hessian"]) @ direction, EXACT_HESSIAN)


def hessian_on_both_sides(vector, x, reference):
    """The reference; where second derivatives jump along an axis the mean of both sides, as differences see it."""
    exact = bind(vector, x, "reverse").hessian
    columns = []
    for step, column in zip(1e-4 * np.eye(x.size), np.transpose(reference), strict=True):
        before, after = exact(x - step) @ step / 1e-4, exact(x + step) @ step / 1e-4
        jumps = np.abs(after - before) > 0.1 * (1 + np.abs(column))
        columns.append(np.where(jumps, (before + after) / 2, column))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("method", ["central", "forward", "complex"])
@pytest.mark.parametrize("vector", GRADIENTS)
def test_hessian_by_differences(vector, method):
    name, options, _ = METHODS[method]
    derivatives = bind(vector, vector.points[0]["x"], name, **options)
    for x, point in points(vector):
        expected = hessian_on_both_sides(vector, x, point["hessian"])
        close(derivatives.hessian(x), expected, DIFFERENCED_HESSIAN)
        direction = np.linspace(-1, 1, x.size)
        close(derivatives.hvp(x, direction), expected @ direction, DIFFERENCED_HESSIAN)


@pytest.mark.parametrize("vector", GRADIENTS)
def test_richardson_is_as_good_as_it_says(vector):
    derivatives = bind(vector, vector.points[0]["x"], "numeric", scheme="richardson")
    for x, point in points(vector):
        found, error = derivatives.gradient_and_error(x)
        expected = np.asarray(point["grad"])
        assert np.all(np.abs(found - expected) <= 1e-11 * (1 + np.abs(expected)) + error)
        assert np.all(error < 1e-3)
        np.testing.assert_array_equal(derivatives.gradient(x), found)
        close(derivatives.value(x), point["value"], EXACT)


@pytest.mark.parametrize("vector", GRADIENTS)
def test_program(vector):
    compiled = program(vector, vector.points[0]["x"])
    for x, point in points(vector):
        value, gradient = compiled(x)
        close(value, point["value"], EXACT)
        close(gradient, point["grad"], EXACT)


@pytest.mark.parametrize("vector", GRADIENTS)
def test_eager_duals(vector):
    for x, point in points(vector):
        for direction, partial in zip(np.eye(x.size), point["grad"], strict=True):
            value, slope = jvp(vector, x, direction)
            close(value, point["value"], EXACT)
            close(slope, partial, EXACT)


@pytest.mark.parametrize("vector", GRADIENTS)
def test_eager_duals_in_duals(vector):
    for x, point in points(vector):
        hessian = [
            [jvp(lambda y, row=row: jvp(vector, y, row)[1], x, column)[1] for row in np.eye(x.size)]
            for column in np.eye(x.size)
        ]
        close(hessian, point["hessian"], EXACT_HESSIAN)


@pytest.mark.parametrize("vector", GRADIENTS)
def test_interpreted_reverse_over_reverse(vector):
    for x, point in points(vector):
        w = variable("w", x)
        (gradient,) = gradients(constant(vector(w)), [w])
        rows = [gradients(gradient[i], [w])[0] for i in range(x.size)]
        got, *hessian = evaluate([gradient, *rows], {id(w): x})
        close(got, point["grad"], EXACT)
        close(hessian, point["hessian"], EXACT_HESSIAN)


@pytest.mark.parametrize("vector", JACOBIANS)
def test_jacobian_by_forward_mode(vector):
    for x, point in points(vector):
        for direction, column in zip(np.eye(x.size), np.transpose(point["jacobian"]), strict=True):
            value, tangent = jvp(vector, x, direction)
            close(value, point["value"], EXACT)
            close(tangent, column, EXACT)
        close(jvp(vector, x, np.asarray(point["tangent"]))[1], point["jvp"], EXACT)


@pytest.mark.parametrize("vector", JACOBIANS)
def test_jacobian_by_reverse_mode(vector):
    for x, point in points(vector):
        w = variable("w", x)
        out = constant(vector(w))
        for seed, row in zip(np.eye(out.size), point["jacobian"], strict=True):
            close(evaluate(gradients(out, [w], seed), {id(w): x})[0], row, EXACT)
        (vjp,) = evaluate(gradients(out, [w], np.asarray(point["cotangent"])), {id(w): x})
        close(vjp, point["vjp"], EXACT)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("vector", JACOBIANS)
def test_jacobian_row_by_row_with_programs(vector, method):
    name, options, tol = METHODS[method]
    for i in range(len(vector.points[0]["value"])):
        row = bind(lambda x, i=i: vector(x)[i], vector.points[0]["x"], name, **options)
        for x, point in points(vector):
            value, gradient = row.value_and_gradient(x)
            close(value, point["value"][i], EXACT)
            close(gradient, point["jacobian"][i], tol)
