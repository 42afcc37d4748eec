"""Functions made of random steps: plain NumPy, dual numbers, the walked graph and the program all agree."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff import jvp, logsumexp, relu, sigmoid, softmax, softplus
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import evaluate, trace, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients

# Functions of any value, of two values, from matrix to number, and from matrix to matrix.
UNARY = [
    *(np.exp, np.sin, np.tanh, np.square, np.abs, np.sqrt, np.log, np.floor, sigmoid, softplus, relu),
    *(lambda x: -x, lambda x: x**3, lambda x: 1 / x, lambda x: 2 * x - 1, lambda x: (x > 0.1) * 1.0, lambda x: 0 * x),
    *(lambda x: np.where(x > 0, x, 2.0), lambda x: np.clip(x, -1, 1), lambda x: x**-0.5),
]
BINARY = [
    *(np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.logaddexp, np.hypot, np.arctan2),
    *(lambda a, b: np.where(a > b, a, b), lambda a, b: a * b + a, lambda a, b: np.abs(a) ** b),
]
REDUCING = [
    *(np.sum, np.mean, np.max, np.prod, np.var, np.linalg.norm, np.trace, logsumexp, lambda x: x[0, 1]),
    *(lambda x: np.sum(x * x), lambda x: np.linalg.det(x @ x.T + np.eye(2)), lambda x: np.vdot(x, x[::-1])),
]
SHAPING = [
    *(lambda x: x[::-1], lambda x: x[:, ::-1], lambda x: x.T.reshape(2, 3), lambda x: np.cumsum(x, axis=1), softmax),
    *(lambda x: x - x.mean(axis=0), lambda x: x - x.max(axis=1, keepdims=True), lambda x: x + x[0], np.tril),
    *(lambda x: x * x[:, :1], lambda x: np.stack([x[0], x[1] * 2]), lambda x: (x @ x.T) @ x, lambda x: x @ (x.T @ x)),
    *(lambda x: np.concatenate((x[1:], x[:1])), lambda x: np.broadcast_to(x[0], (2, 3)), lambda x: x[[0, 0]]),
    *(lambda x: np.linalg.solve(3 * np.eye(2) + x @ x.T, x), lambda x: np.einsum("ij,kj,kl->il", x, x, x)),
]

steps = st.lists(st.tuples(st.sampled_from("ubrs"), *(st.integers(0, 9999) for _ in range(3))), min_size=2, max_size=8)

POINTS = [
    np.array([[0.3141, -0.7093, 1.2339], [0.5277, 0.1183, -0.4411]]),
    np.array([[0.0, 0.5219, -1.0], [0.0, 2.0, 0.3387]]),
    np.array([[-0.2173, 0.4219, 0.9431], [-1.0477, 0.7213, 0.3391]]),
]
DIRECTION = np.array([[1.0, -2.0, 0.5], [0.3, 0.2, -1.0]])


def function(recipe):
    def f(w):
        matrices, numbers = [w], [w[0, 0]]
        for kind, which, first, second in recipe:
            both = [*matrices, *numbers]
            if kind == "u":
                out = UNARY[which % len(UNARY)](both[first % len(both)])
            elif kind == "b":
                out = BINARY[which % len(BINARY)](both[first % len(both)], both[second % len(both)])
            elif kind == "r":
                out = REDUCING[which % len(REDUCING)](matrices[first % len(matrices)])
            else:
                out = SHAPING[which % len(SHAPING)](matrices[first % len(matrices)])
            (matrices if np.ndim(out) else numbers).append(out)
        return (
            np.sum(matrices[-1]) * 0.5 + numbers[-1] + np.sum(matrices[len(matrices) // 2] * numbers[len(numbers) // 2])
        )

    return f


def near(found, expected):
    finite = np.where(np.isfinite(expected), expected, 0)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * (1 + np.max(np.abs(finite))))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(recipe=steps)
def test_all_interpreters_agree(recipe):
    f = function(recipe)
    with np.errstate(all="ignore"):
        (w,), out = trace(f, POINTS[0])
        v = variable("v", DIRECTION, w.level)
        slope = gradients(out, [w])[0]
        graph = {"value": out, "slope": slope, "product": tangent(slope, {w: v})}
        program = Program({"w": w, "v": v}, graph)
        for point in [*POINTS, POINTS[0]]:
            value, gradient, product = evaluate(list(graph.values()), {id(w): point, id(v): DIRECTION})
            near(value, f(point))
            program.arrays["w"][...], program.arrays["v"][...] = point, DIRECTION
            near(program.run(), value)
            near(program.arrays["slope"], gradient)
            near(program.arrays["product"], product)
            dual = jvp(f, point, DIRECTION)[1]
            if np.isfinite(dual) and np.all(np.isfinite(gradient)):
                near(dual, np.sum(gradient * DIRECTION))
