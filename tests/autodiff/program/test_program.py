"""A compiled function is called with a point, or in place."""

from typing import Any

import numpy as np

import gdlab


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_with_a_point_the_gradient_is_a_new_array() -> None:
    program = gdlab.program(rosenbrock, np.zeros(3))
    _, first = program([0.0, 1.0, 2.0])
    kept = first.copy()
    _, second = program([3.0, 1.0, 2.0])
    np.testing.assert_array_equal(first, kept)
    assert not np.array_equal(first, second)


def test_in_place_nothing_is_copied() -> None:
    program = gdlab.program(rosenbrock, np.zeros(3))
    point = np.array([0.3, -1.0, 2.0])
    expected_value, expected = program(point)
    program.w[...] = point
    value, gradient = program()
    assert value == expected_value
    np.testing.assert_array_equal(gradient, expected)
    program.w[...] = 1
    value, again = program()
    assert value == 0
    assert again is gradient
    np.testing.assert_array_equal(gradient, np.zeros(3))
