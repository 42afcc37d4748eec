"""Long arrays go through the cache in tiles, with the same result and little memory."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.graph import evaluate, trace, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.program.tiles import SMALLEST, TILE_BYTES
from gdlab.autodiff.reverse import gradients

LONG = 3 * SMALLEST * TILE_BYTES // 8 + 5  # a last tile that is not full


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_rosenbrock_is_tiled_and_right() -> None:
    (w,), out = trace(rosenbrock, np.ones(LONG))
    (gradient,) = gradients(out, [w])
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    assert "in tiles0:" in program.source
    point = np.random.default_rng(0).normal(size=LONG)
    expected_value, expected_gradient = evaluate([out, gradient], {id(w): point})
    for _ in range(2):
        program.arrays["w"][...] = point
        assert program.run() == pytest.approx(expected_value, rel=1e-12)
        np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-12, atol=1e-9)


def test_rosenbrock_needs_few_arrays() -> None:
    n = 400_000
    (w,), out = trace(rosenbrock, np.ones(n))
    (gradient,) = gradients(out, [w])
    tracemalloc.start()
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    program.run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    w_itself = 8 * n
    assert peak - w_itself <= 6 * 8 * n


def test_a_sum_that_is_used_further_on_ends_the_loop() -> None:
    def f(x: Any) -> Any:
        total = np.sum(np.exp(x))
        return np.sum((np.exp(x) / total) ** 2 * x)

    (w,), out = trace(f, np.ones(LONG))
    (gradient,) = gradients(out, [w])
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    point = np.random.default_rng(1).normal(size=LONG)
    program.arrays["w"][...] = point
    expected_value, expected_gradient = evaluate([out, gradient], {id(w): point})
    assert program.run() == pytest.approx(expected_value, rel=1e-10)
    np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-9, atol=1e-18)


def test_overlapping_updates_keep_their_order() -> None:
    """Each statement shifts by one what the one before wrote: a loop over tiles may not mix them."""
    a = variable("a", np.zeros(LONG), 1)
    b = variable("b", np.zeros(LONG), 1)
    shifted = np.concatenate((a[1:], a[:1]))
    updates = {"a": a * 2 + shifted, "b": b + shifted * shifted[::-1]}
    program = Program({"a": a, "b": b}, {}, updates)
    start = np.random.default_rng(2).normal(size=(2, LONG))
    program.arrays["a"][...], program.arrays["b"][...] = start
    program.run()
    rolled = np.roll(start[0], -1)
    np.testing.assert_array_equal(program.arrays["a"], start[0] * 2 + rolled)
    np.testing.assert_array_equal(program.arrays["b"], start[1] + rolled * rolled[::-1])


def test_matrices_are_cut_along_their_rows() -> None:
    shape = (LONG // 64, 64)

    def f(x: Any) -> Any:
        m = x.reshape(shape)
        return np.sum(np.tanh(m * np.arange(64.0)) ** 2 + m)

    n = shape[0] * shape[1]
    (w,), out = trace(f, np.ones(n))
    (gradient,) = gradients(out, [w])
    program = Program({"w": w}, {"value": out, "gradient": gradient})
    assert "in tiles0:" in program.source
    point = np.random.default_rng(3).normal(size=n) * 0.1
    program.arrays["w"][...] = point
    expected_value, expected_gradient = evaluate([out, gradient], {id(w): point})
    assert program.run() == pytest.approx(expected_value, rel=1e-11)
    np.testing.assert_allclose(program.arrays["gradient"], expected_gradient, rtol=1e-10, atol=1e-12)
