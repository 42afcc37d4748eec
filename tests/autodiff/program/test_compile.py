"""A program computes what its graph says, alone and in lanes, whatever it is made of."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdlab.autodiff import logsumexp, relu, sigmoid, softmax, softplus
from gdlab.autodiff.graph import Node, evaluate, trace, variable
from gdlab.autodiff.program import tiles
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients

RNG = np.random.default_rng(7)
A = RNG.normal(size=(3, 4))
SPD = np.eye(3) * 4 + 0.3
ROWS = np.array([2, 0, 2])
COUNT = 12

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "scalars": lambda w: w[0] ** 2 * w[1] + w[1] / w[2] - np.exp(-w[3]) + np.where(w[0] > w[1], w[0], w[1] * 2),
    "constant": lambda w: 0 * w[0] + 3.0,
    "unused parameters": lambda w: np.sin(w[5]),
    "sum of squares": lambda w: np.sum(w**2) + np.sum(w * np.cos(w)),
    "rosenbrock": lambda w: np.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2),
    "network": lambda w: np.mean((sigmoid(np.tanh(A @ w[:8].reshape(4, 2)) @ w[8:10]) - 0.5) ** 2),
    "bias": lambda w: np.sum(np.tanh(A @ w[:8].reshape(4, 2) + w[8:10]) ** 2) / w[10],
    "both sides laned": lambda w: np.sum(np.tanh(w[:6].reshape(2, 3) @ w[6:].reshape(3, 2)) * w[:2]),
    "matrix times vector": lambda w: np.sum((w[:6].reshape(2, 3) @ w[6:9]) ** 2),
    "vector times matrix": lambda w: np.sum((w[6:8] @ w[:6].reshape(2, 3)) ** 2),
    "inner product": lambda w: (w[:4] @ w[4:8]) * np.dot(w[:3], A[:, 0]),
    "constant on the right": lambda w: np.sum((w[:6].reshape(2, 3) @ A) ** 2),
    "einsum": lambda w: np.einsum("ij,jk,k->", w[:6].reshape(2, 3), A, w[8:12]),
    "einsum keeps axes": lambda w: np.sum(np.einsum("ij,kj->jik", w[:6].reshape(2, 3), w[6:12].reshape(2, 3)) ** 3),
    "outer": lambda w: np.sum(np.outer(w[:3], w[3:5]) ** 2),
    "reductions": lambda w: (
        np.max(w) * np.min(w) + np.prod(w[:3]) + np.sum(np.max(w.reshape(3, 4), axis=1)) + np.var(w) * np.std(w[:5])
    ),
    "keepdims": lambda w: np.sum(w.reshape(3, 4) / (1 + np.sum(w.reshape(3, 4) ** 2, axis=0, keepdims=True))),
    "axis 1": lambda w: np.sum(np.sum(w.reshape(3, 4) ** 2, axis=1) ** 2),
    "two axes": lambda w: np.sum(np.sum(w.reshape(3, 2, 2) ** 2, axis=(0, 2)) ** 2),
    "cumsum": lambda w: np.sum(np.cumsum(w) ** 2) + np.sum(np.cumsum(w.reshape(3, 4), axis=1) ** 2),
    "transpose": lambda w: (
        np.sum(w.reshape(3, 4).T * A.T) + np.sum(np.transpose(w.reshape(3, 2, 2), (2, 0, 1))[0] ** 2)
    ),
    "reshape of a transpose": lambda w: np.sum(w.reshape(3, 4).T.reshape(12) * np.arange(12.0)),
    "concatenate": lambda w: np.sum(np.concatenate((w[:3] ** 2, [1.0, 2.0], np.sin(w[3:5]))) ** 2),
    "stack": lambda w: np.sum(np.stack((w[:3], np.ones(3), w[3:6] * 2), axis=1) @ np.arange(3.0)),
    "overlapping slices": lambda w: np.sum(w[2:7] * w[:5] * w[4:9]),
    "strided slices": lambda w: np.sum(w[::2] * w[1::2] ** 2 * w[::-2]),
    "new axes": lambda w: np.sum((w[:, None] - w[None, :3]) ** 2),
    "integer array": lambda w: np.sum(w[ROWS] ** 2 * np.arange(3.0)) + np.sum(w.reshape(3, 4)[[0, 2], [1, 1]] ** 2),
    "mask": lambda w: np.sum(w[np.arange(12) % 3 == 0] ** 3),
    "take": lambda w: np.sum(np.take(w.reshape(4, 3), ROWS, axis=0) ** 2),
    "where": lambda w: np.sum(np.where(w > 0, w**2, -w) * np.where(A.ravel() > 0, 1.0, w)),
    "relu softplus": lambda w: np.sum(relu(w) * softplus(w)),
    "softmax": lambda w: np.sum(softmax(w.reshape(3, 4)) ** 2) + logsumexp(w),
    "absolute sign": lambda w: np.sum(np.abs(w) * np.sign(w) + np.maximum(w, 0.3) + np.minimum(w, w[::-1])),
    "solve": lambda w: np.sum(np.linalg.solve(SPD + w[:9].reshape(3, 3) * 0.1, w[9:12])),
    "determinants": lambda w: (
        np.linalg.det(SPD + w[:9].reshape(3, 3)) + np.linalg.slogdet(SPD + w[:9].reshape(3, 3))[1]
    ),
    "inverse": lambda w: np.sum(np.linalg.inv(SPD + w[:9].reshape(3, 3) * 0.1) ** 2),
    "norm": lambda w: np.linalg.norm(w) + np.linalg.norm(w.reshape(3, 4), axis=1)[0],
    "broadcast": lambda w: np.sum(np.broadcast_to(w[:4], (3, 4)) * A) + np.sum(np.broadcast_to(w[0], (2, 2)) ** 2),
    "shared part": lambda w: (lambda e: np.sum(e * e) + np.sum(e) * e[0])(np.exp(-(w**2))),
    "powers": lambda w: np.sum(np.abs(w) ** 1.5 + (w**2) ** w[:1] + w**3 + np.abs(w) ** -1 + np.abs(w) ** 0.5),
    "comparisons": lambda w: np.mean((w > 0) == (np.arange(12) > 5)) + w[0],
}


@pytest.fixture(params=["whole", "tiny tiles"], autouse=True)
def tile_bytes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test twice: with arrays as they are, and with tiles so small that even these arrays are cut."""
    before = tiles.TILE_BYTES
    tiles.TILE_BYTES = 16 if request.param == "tiny tiles" else before
    yield
    tiles.TILE_BYTES = before


def _both(f: Callable[[Any], Any]) -> tuple[Node, Node, Node]:
    (w,), out = trace(f, np.ones(COUNT))
    return w, out, gradients(out, [w])[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_program_is_its_graph(name: str) -> None:
    w, out, gradient = _both(FUNCTIONS[name])
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    for seed in range(3):  # again and again: nothing is left behind in a buffer
        point = np.random.default_rng(seed).normal(size=COUNT)
        expected_value, expected_gradient = evaluate([out, gradient], {id(w): point})
        program.arrays["w"][...] = point
        assert program.run() == pytest.approx(expected_value, rel=1e-13, abs=1e-14)
        np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-11, atol=1e-12)
        np.testing.assert_array_equal(program.arrays["w"], point)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lanes_are_each_lane_alone(name: str) -> None:
    w, out, gradient = _both(FUNCTIONS[name])
    lanes = 5
    points = np.random.default_rng(3).normal(size=(COUNT, lanes))
    program = Program({"w": w}, {"value": out, "gradient": gradient}, lanes=lanes)
    program.arrays["w"][...] = points
    returned = program.run()
    values = program.arrays["value"] if "value" in program.arrays else np.full(lanes, returned)
    slopes = np.broadcast_to(program.arrays["gradient"].reshape(COUNT, -1), (COUNT, lanes))
    for lane in range(lanes):
        expected_value, expected_gradient = evaluate([out, gradient], {id(w): points[:, lane]})
        assert values[lane] == pytest.approx(expected_value, rel=1e-12, abs=1e-13)
        np.testing.assert_allclose(slopes[:, lane], expected_gradient, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_order(name: str) -> None:
    w, _, gradient = _both(FUNCTIONS[name])
    u = variable("u", np.ones(COUNT), w.level)
    (product,) = gradients(np.sum(gradient * u), [w])
    program = Program({"w": w, "u": u}, {"product": product})
    point, direction = RNG.normal(size=(2, COUNT))
    program.arrays["w"][...], program.arrays["u"][...] = point, direction
    program.run()
    (expected,) = evaluate([product], {id(w): point, id(u): direction})
    np.testing.assert_allclose(program.arrays["product"], expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", ["rosenbrock", "softmax", "norm", "relu softplus", "prod", "cumsum"])
def test_float32_stays_float32(name: str) -> None:
    f = FUNCTIONS.get(name, lambda w: np.prod(w[:3]))
    (w,), out = trace(f, np.ones(COUNT, np.float32))
    program = Program({"w": w}, {"value": out, "gradient": gradients(out, [w])[0]})
    point = RNG.normal(size=COUNT)
    program.arrays["w"][...] = point
    value = program.run()
    assert value.dtype == np.float32
    assert program.arrays["gradient"].dtype == np.float32
    (w,), out = trace(f, np.ones(COUNT))
    expected_value, expected_gradient = evaluate([out, gradients(out, [w])[0]], {id(w): point})
    assert value == pytest.approx(expected_value, rel=1e-4)
    np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-3, atol=1e-4)


def test_wider_constants_do_not_widen_the_gradient() -> None:
    (w,), out = trace(FUNCTIONS["network"], np.ones(COUNT, np.float32))
    assert gradients(out, [w])[0].dtype == np.float32


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_random_graphs(data: st.DataObject) -> None:
    """Random expressions over slices of w: the program agrees with the graph, alone and in lanes."""
    choose = lambda options: data.draw(st.sampled_from(options))  # noqa: E731
    unary = [np.sin, np.tanh, np.square, np.negative, sigmoid, lambda x: x * 2.0, lambda x: 1 - x]
    binary = [np.add, np.subtract, np.multiply, lambda a, b: a / (2 + b * b), lambda a, b: a + 0.5 * b]

    def f(w: Any) -> Any:
        parts = [w[0:4], w[4:8], w[8:12], w[2:6], w[3], w[5:9][::-1]]
        for _ in range(data.draw(st.integers(1, 8), label="steps")):
            parts.append(choose(unary)(choose(parts)))
            parts.append(choose(binary)(choose(parts), choose(parts)))
        return np.sum(parts[-1]) + np.sum(choose(parts) * choose(parts))

    w, out, gradient = _both(f)
    points = np.random.default_rng(data.draw(st.integers(0, 9))).normal(size=(COUNT, 3))
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    laned = Program({"w": w}, {"value": out, "gradient": gradient}, lanes=3)
    laned.arrays["w"][...] = points
    laned.run()
    for lane in range(3):
        expected_value, expected_gradient = evaluate([out, gradient], {id(w): points[:, lane]})
        program.arrays["w"][...] = points[:, lane]
        assert program.run() == pytest.approx(expected_value, rel=1e-10, abs=1e-11)
        np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-9, atol=1e-10)
        if "value" in laned.arrays:
            assert laned.arrays["value"][lane] == pytest.approx(expected_value, rel=1e-10, abs=1e-11)
        np.testing.assert_allclose(laned.arrays["gradient"][..., lane], expected_gradient, rtol=1e-9, atol=1e-10)
