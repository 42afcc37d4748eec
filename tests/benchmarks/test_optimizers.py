"""What optimizers cost beside others in one run: L-BFGS beside scipy, and Adam's update beside a hand-written one.

    pytest tests/benchmarks/test_optimizers.py --benchmark-group-by=group --benchmark-columns=median

Ratios are of the least times of rounds that alternate, so that a busy moment strikes both; they are printed, and stand
in extra_info.
"""

import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import Reverse
from gdlab.autodiff.stepping import StepProgram
from gdlab.experiment.objective import CountedObjective
from gdlab.experiment.stepper import PythonStepper
from gdlab.optimizers import LBFGS, Adam

TOLERANCE = 1e-8  # of the Euclidean norm of the gradient, where a minimum counts as found
ROUNDS = 15


def rosenbrock(w: Any) -> Any:
    x = w[:-1]
    return np.sum(100 * (w[1:] - x**2) ** 2 + (1 - x) ** 2)


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """The least time of ours, that of theirs, and the first over the second."""
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for run, found in zip((ours, theirs), times, strict=True):
            begin = perf_counter()
            run()
            found.append(perf_counter() - begin)
    least = [min(found) for found in times]
    return least[0], least[1], least[0] / least[1]


def report(benchmark: Any, what: str, measured: tuple[float, float, float]) -> None:
    ours, theirs, quotient = measured
    benchmark.extra_info[what] = round(quotient, 3)
    print(f"\n{what}: {1e3 * ours:.3f} ms beside {1e3 * theirs:.3f} ms, {quotient:.2f} ×")


@pytest.mark.parametrize("n", [2, 1000])
@pytest.mark.benchmark(group="L-BFGS on Rosenbrock", min_rounds=3)
def test_lbfgs_beside_scipy(n: int, benchmark: Any) -> None:
    """Both from the standard start to the same gradient, with the same compiled value and gradient."""
    optimize = pytest.importorskip("scipy.optimize")
    start = np.where(np.arange(n) % 2 == 0, -1.2, 1.0)
    derivatives, value_and_gradient = Reverse().bind(rosenbrock, start), gdlab.program(rosenbrock, start)

    def ours() -> Any:
        stepper = PythonStepper(CountedObjective(derivatives), LBFGS(), start)
        advance, gradient = stepper.next, stepper.gradient
        advance()
        while True:
            g = gradient()
            if not g.dot(g) > TOLERANCE**2:
                return stepper
            advance()

    def scipys() -> Any:
        # Its tolerance is that of the largest component; the other criterion is switched off.
        options = {"gtol": TOLERANCE / n**0.5, "ftol": 0.0, "maxiter": 10**6, "maxfun": 10**6}
        return optimize.minimize(value_and_gradient, start, jac=True, method="L-BFGS-B", options=options)

    with np.errstate(all="ignore"):
        stepper, result = ours(), scipys()
        assert np.linalg.norm(stepper.gradient()) <= TOLERANCE
        assert np.linalg.norm(value_and_gradient(result.x)[1]) <= 10 * TOLERANCE
        print(f"\n{stepper.cost(1)}, scipy {result.nfev:,} of both")
        measured = ratio(ours, scipys, ROUNDS if n > 2 else 20 * ROUNDS)
        benchmark(ours)
    report(benchmark, f"L-BFGS, n = {n:,}, beside scipy", measured)
    assert measured[2] < 1.2  # 1.0 is the aim; a busy machine may not spoil the test


@pytest.mark.benchmark(group="L-BFGS on Rosenbrock", min_rounds=3)
def test_minimize_beside_scipy_for_who_has_but_a_function(benchmark: Any) -> None:
    """From the function alone, n = 2: tracing and compiling here, finite differences there."""
    optimize = pytest.importorskip("scipy.optimize")
    start = [-1.2, 1.0]

    def ours() -> Any:
        return gdlab.minimize(rosenbrock, start, "lbfgs", grad_tol=1e-5, steps=200)

    def scipys() -> Any:
        return optimize.minimize(rosenbrock, start, method="L-BFGS-B")

    assert ours().outcome.status == "converged"
    measured = ratio(ours, scipys)
    benchmark(ours)
    report(benchmark, "minimize, n = 2, from the function alone, beside scipy", measured)


def hand_written(c: Any, w: Any, steps: int) -> Any:
    """Adam on ½ Σ c·w² as a careful student writes it."""
    lr, beta1, beta2, eps = 0.001, 0.9, 0.999, 1e-8
    m, v = np.zeros_like(w), np.zeros_like(w)
    for k in range(1, steps + 1):
        g = c * w
        0.5 * np.dot(g, w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        w = w - lr * (m / (1 - beta1**k)) / (np.sqrt(v / (1 - beta2**k)) + eps)
    return w


@pytest.mark.parametrize(("n", "steps"), [(17, 2000), (10**6, 10)])
@pytest.mark.benchmark(group="Adam", min_rounds=3)
def test_adam_beside_a_hand_written_update(n: int, steps: int, benchmark: Any) -> None:
    """Loss, gradient and update of a step, compiled together, beside the same in NumPy."""
    c, start = np.linspace(1, 2, n), np.ones(n)
    program = StepProgram(lambda w: 0.5 * np.sum(c * w * w), Adam().step, start, Adam().init(start))

    def ours() -> Any:
        for _ in range(steps):
            program.advance()
        return program.w

    for _ in range(steps + 1):  # the first call only evaluates
        program.advance()
    np.testing.assert_allclose(program.w, hand_written(c, start, steps), rtol=1e-9)
    measured = ratio(ours, lambda: hand_written(c, start, steps))
    benchmark(ours)
    report(benchmark, f"Adam, n = {n:,}, beside a hand-written update", measured)
    assert measured[2] < 1.2  # 1.1 is the aim; a busy machine may not spoil the test


def test_adam_allocates_next_to_nothing_per_step() -> None:
    """At n = 10⁶ no more than two arrays."""
    n = 10**6
    start = np.ones(n)
    program = StepProgram(lambda w: 0.5 * np.sum(w * w), Adam().step, start, Adam().init(start))
    program.advance()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(5):
        program.advance()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"\nAdam allocates {(peak - before) / (8 * n):.2f} arrays at once, n = {n:,}")
    assert peak - before <= 2 * 8 * n
