"""What a function computes with on the way is taken as it was at that moment, and what it returns must be a number."""

import threading
from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import METHODS
from gdlab.errors import DifferentiationError, NanGradientWarning, UsageError

METHOD = pytest.mark.parametrize("method", METHODS)
LOOSE = {"rtol": 1e-6, "atol": 1e-6}


@METHOD
def test_an_array_that_is_filled_anew(method: str) -> None:
    def f(w: Any) -> Any:
        scratch, total = np.zeros(3), 0.0
        for k in range(3):
            scratch[:] = k + 1
            total = total + np.sum(w * scratch)
        return total

    value, gradient = gdlab.value_and_gradient(f, np.ones(3), method)
    assert value == pytest.approx(18)
    np.testing.assert_allclose(gradient, [6, 6, 6], **LOOSE)


@METHOD
def test_an_index_that_is_set_anew(method: str) -> None:
    def f(w: Any) -> Any:
        index, total = np.zeros(1, int), 0.0
        for k in range(3):
            index[0] = k
            total = total + np.sum(w[index]) * (k + 1)
        return total

    np.testing.assert_allclose(gdlab.gradient(f, np.ones(3), method), [1, 2, 3], **LOOSE)


def test_what_is_bound_keeps_what_it_saw_when_it_was_first_asked() -> None:
    around = np.ones(3)
    derivatives = gdlab.bind(lambda w: np.sum(w * around), np.ones(3))
    derivatives.gradient(np.ones(3))
    around[:] = 7
    np.testing.assert_array_equal(derivatives.gradient(np.ones(3)), [1, 1, 1])


def test_threads_take_turns() -> None:
    derivatives = gdlab.bind(lambda w: np.sum(np.sin(w) * w), np.ones(20_000))
    points = [np.full(20_000, float(k)) for k in range(4)]
    wrong: list[int] = []

    def work(k: int) -> None:
        for _ in range(20):
            gradient = derivatives.gradient(points[k])
            if not np.allclose(gradient, np.sin(points[k]) + points[k] * np.cos(points[k])):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@METHOD
def test_a_truth_value_is_no_result(method: str) -> None:
    with pytest.raises(DifferentiationError, match="True or False"):
        gdlab.gradient(lambda w: w[0] > 0, np.ones(2), method)


@pytest.mark.parametrize("method", ["dual", "reverse", "symbolic"])
def test_outside_the_domain_there_is_a_warning(method: str) -> None:
    with pytest.warns(NanGradientWarning, match="not defined"):
        gdlab.gradient(lambda w: np.sum(np.log(w)), np.array([-1.0, 2.0]), method)


def test_a_program_warns_too() -> None:
    program = gdlab.program(lambda w: np.sum(np.where(w > 0, np.sqrt(w), 0)), np.ones(2))
    with pytest.warns(NanGradientWarning, match="branch"):
        program(np.array([0.0, 2.0]))
    with pytest.warns(NanGradientWarning, match="not defined"):
        gdlab.program(lambda w: np.sum(np.log(w)), np.ones(2))(np.array([-1.0, 2.0]))


def test_masked_arrays_and_complex_points_are_refused() -> None:
    masked = np.ma.array([1.0, 2, 3], mask=[1, 0, 0])
    with pytest.raises(DifferentiationError, match="masked array"):
        gdlab.gradient(lambda w: np.sum(w * masked), np.ones(3))
    with pytest.raises(UsageError, match="complex128"):
        gdlab.gradient(lambda w: np.sum(w**2), np.array([1, 2j]))


@METHOD
def test_the_hessian_of_nothing(method: str) -> None:
    assert gdlab.hessian(lambda w: np.sum(w**2), np.zeros(0), method).shape == (0, 0)


@pytest.mark.parametrize("scheme", ["forward", "central", "complex", "richardson"])
def test_steps_are_shorter_than_the_waves_of_a_sine(scheme: str) -> None:
    gradient = gdlab.gradient(lambda w: np.sin(w[0]), [1e5], "numeric", scheme=scheme)
    assert gradient[0] == pytest.approx(np.cos(1e5), abs=1e-3)


@pytest.mark.parametrize("scheme", ["forward", "central", "complex", "richardson"])
def test_a_product_is_measured_by_what_moves(scheme: str) -> None:
    def f(w: Any) -> Any:
        return np.sin(w[0]) + (w[1] / 1e6) ** 2

    product = gdlab.hvp(f, np.array([1.0, 1e6]), np.array([1.0, 0]), "numeric", scheme=scheme)
    assert product[0] == pytest.approx(-np.sin(1), abs=1e-3)


@pytest.mark.parametrize(
    ("f", "at", "slope"), [(np.log, 1e-3, 1e3), (lambda x: 1 / x, 0.05, -400), (np.sqrt, 1e-4, 50)]
)
def test_richardson_stays_within_the_domain(f: Any, at: float, slope: float) -> None:
    gradient = gdlab.gradient(lambda w: f(w[0]), [at], "numeric", scheme="richardson")
    assert gradient[0] == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("size", [1e-200, 1e-100, 1.0, 1e100, 1e200])
def test_angles_of_any_size(size: float) -> None:
    gradient = gdlab.gradient(lambda w: np.arctan2(w[0], w[1]), [size, size])
    np.testing.assert_allclose(gradient, [0.5 / size, -0.5 / size], rtol=1e-12)
