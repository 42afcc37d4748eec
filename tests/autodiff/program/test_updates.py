"""Programs that change their inputs: nothing is overwritten before it has been read for the last time."""

from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.graph import Node, constant, trace, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients


def _inputs(*shapes: Any) -> list[Node]:
    return [variable(name, np.zeros(shape), 1) for name, shape in zip("abcd", shapes, strict=False)]


def _run(updates: dict[str, Node], inputs: list[Node], start: dict[str, Any], outputs: Any = None) -> dict[str, Any]:
    program = Program({node.name: node for node in inputs}, outputs or {}, updates)
    for name, value in start.items():
        program.arrays[name][...] = value
    program.run()
    return {name: array.copy() for name, array in program.arrays.items()}


def test_two_inputs_change_places() -> None:
    a, b = _inputs(3, 3)
    after = _run({"a": b, "b": a}, [a, b], {"a": [1, 2, 3], "b": [4, 5, 6]})
    np.testing.assert_array_equal(after["a"], [4, 5, 6])
    np.testing.assert_array_equal(after["b"], [1, 2, 3])


def test_three_inputs_go_round() -> None:
    a, b, c = _inputs(2, 2, 2)
    after = _run({"a": b, "b": c, "c": a}, [a, b, c], {"a": 1, "b": 2, "c": 3})
    assert [after[name][0] for name in "abc"] == [2, 3, 1]


def test_scalars_change_places() -> None:
    a, b = _inputs((), ())
    after = _run({"a": b, "b": a}, [a, b], {"a": 1, "b": 2})
    assert (after["a"], after["b"]) == (2, 1)


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_old_value_is_kept_aside(order: str) -> None:
    a, b = _inputs(3, 3)
    updates = {"a": a - 2 * b, "b": a}
    after = _run({name: updates[name] for name in order}, [a, b], {"a": 10, "b": 1})
    assert (after["a"][0], after["b"][0]) == (8, 10)


def test_a_view_of_the_old_value_is_kept_aside() -> None:
    a, b = _inputs(3, 3)
    after = _run({"a": a * 2, "b": a[::-1]}, [a, b], {"a": [1, 2, 3], "b": 0})
    np.testing.assert_array_equal(after["a"], [2, 4, 6])
    np.testing.assert_array_equal(after["b"], [3, 2, 1])


def test_a_reversed_read_is_not_done_in_place() -> None:
    (a,) = _inputs(4)
    after = _run({"a": a + a[::-1]}, [a], {"a": [1, 2, 3, 4]})
    np.testing.assert_array_equal(after["a"], [5, 5, 5, 5])


def test_a_shifted_read_is_not_done_in_place() -> None:
    (a,) = _inputs(4)
    after = _run({"a": np.concatenate((a[1:], a[:1])) - a}, [a], {"a": [1, 2, 4, 8]})
    np.testing.assert_array_equal(after["a"], [1, 2, 4, -7])


def test_results_are_those_before_the_update() -> None:
    (a,) = _inputs(2)
    after = _run({"a": a + 1}, [a], {"a": [1, 2]}, {"old": np.positive(a), "sum": a * 1.0})
    np.testing.assert_array_equal(after["old"], [1, 2])
    np.testing.assert_array_equal(after["a"], [2, 3])


def test_constants_and_unchanged_inputs() -> None:
    a, b = _inputs(2, 2)
    after = _run({"a": constant(np.array([7.0, 8.0])), "b": b}, [a, b], {"a": 1, "b": 2})
    np.testing.assert_array_equal(after["a"], [7, 8])
    np.testing.assert_array_equal(after["b"], [2, 2])


def test_a_generator_pauses_between_result_and_update() -> None:
    (w,), out = trace(lambda w: np.sum(w * w), np.zeros(2))
    (g,) = gradients(out, [w])
    program = Program({"w": w}, {"value": out, "gradient": g}, {"w": w - 0.25 * g}, pause=True)
    program.arrays["w"][...] = [2, 4]
    steps = program.run()
    assert next(steps) == 20
    np.testing.assert_array_equal(program.arrays["w"], [2, 4])
    np.testing.assert_array_equal(program.arrays["gradient"], [4, 8])
    assert next(steps) == 5
    np.testing.assert_array_equal(program.arrays["w"], [1, 2])


def test_an_update_that_is_the_gradient_waits_for_the_pause() -> None:
    (w,), out = trace(lambda w: np.sum(w * w * w), np.zeros(2))
    (g,) = gradients(out, [w])
    v = variable("v", np.zeros(2), w.level)
    program = Program({"w": w, "v": v}, {"value": out, "gradient": g}, {"w": w - v, "v": g}, pause=True)
    program.arrays["w"][...] = [1, 2]
    program.arrays["v"][...] = [0.5, 0.5]
    steps = program.run()
    next(steps)
    np.testing.assert_array_equal(program.arrays["v"], [0.5, 0.5])
    next(steps)
    np.testing.assert_array_equal(program.arrays["w"], [0.5, 1.5])
    np.testing.assert_array_equal(program.arrays["v"], [3, 12])


def test_the_source_is_the_program() -> None:
    (w,), out = trace(lambda w: np.sum(np.exp(w)), np.zeros(3))
    program = Program({"w": w}, {"value": out, "gradient": gradients(out, [w])[0]})
    assert "exp(w, gradient)" in program.source
    namespace = {"w": np.zeros(3), "gradient": np.zeros(3), "empty": np.empty, "exp": np.exp}
    exec(program.source, namespace | {"add_reduce": np.add.reduce})  # noqa: S102 - it is what is tested
