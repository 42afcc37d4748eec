"""Compiled programs beside hand-written NumPy and, where installed, other libraries: ratios from one run.

    pytest tests/benchmarks/test_programs.py --benchmark-columns=min,median --benchmark-sort=name -s

Each group is one piece of work; `-s` shows the ratios as they are measured.
"""

import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.graph import Node, ancestors, trace, variable
from gdlab.autodiff.numpy_api.indexing import take
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.stepping import TracedObjective
from gdlab.optimizers import Adam
from gdlab.problems.xor import XOR
from gdlab.state import flatten

pytestmark = pytest.mark.filterwarnings("ignore")


def median_of(run: Callable[[], Any], rounds: int = 9) -> float:
    """Seconds, the median of some calls."""
    run()
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        run()
        times.append(perf_counter() - begin)
    return sorted(times)[rounds // 2]


def told(what: str, ratio: float) -> float:
    print(f"\n{what}: {ratio:.3g}")
    return ratio


# -- one lane and many ----------------------------------------------------------------------------------------------


def xor_steps(lanes: int | None, steps: int) -> Callable[[], Any]:
    """XOR 2-4-1 with Adam, full batch, as one program: loss, gradient and update."""
    problem, rule = XOR(), Adam(lr=0.05)
    start = problem.initial(np.random.default_rng(0))
    w = variable("w", start)
    leaves, rebuild = flatten(rule.init(start))
    state = {name: variable(name, leaf, w.level) for name, leaf in leaves.items()}
    objective: Any = TracedObjective(lambda w: problem.loss(w, None), w)
    after, new = rule.step(objective, w, rebuild(list(state.values())))  # type: ignore[arg-type]
    updates = {"w": after, **dict(zip(leaves, flatten(new)[0].values(), strict=True))}
    laned = None if lanes is None else [name for name in ("w", *leaves) if name == "w" or leaves[name].shape]
    program = Program({"w": w, **state}, objective.results()[0], updates, lanes=lanes, laned=laned, pause=True)
    starts = [problem.initial(np.random.default_rng(seed)) for seed in range(lanes or 1)]
    program.arrays["w"][...] = starts[0] if lanes is None else np.stack(starts, axis=-1)
    advance = program.run().__next__

    def run() -> None:
        for _ in range(steps):
            advance()

    return run


@pytest.mark.parametrize("lanes", [None, 64, 256, 1024, 4096])
@pytest.mark.benchmark(group="xor 2-4-1 adam in lanes", min_rounds=5)
def test_lanes(lanes: int | None, benchmark: Any) -> None:
    steps = 1000 if lanes is None else 100
    benchmark(xor_steps(lanes, steps))
    rate = (lanes or 1) * steps / benchmark.stats.stats.median
    benchmark.extra_info["replica-steps per second"] = round(rate)
    print(f"\n{lanes or 1} lanes: {rate:,.0f} replica-steps/s")


def test_1024_lanes_are_worth_many_single_ones() -> None:
    one = median_of(xor_steps(None, 1000)) / 1000
    many = median_of(xor_steps(1024, 100)) / 100 / 1024
    assert told("replica-steps of 1,024 lanes / of one lane", one / many) > 40


# -- a network of the size of digits --------------------------------------------------------------------------------

ROWS, FEATURES, HIDDEN, CLASSES, BATCH = 1797, 64, 64, 10, 32
X = np.random.default_rng(1).normal(size=(ROWS, FEATURES))
Y = np.random.default_rng(2).integers(0, CLASSES, ROWS)
ONE_HOT = np.eye(CLASSES)[Y]
CUTS = np.cumsum([FEATURES * HIDDEN, HIDDEN, HIDDEN * CLASSES, CLASSES])
START = np.random.default_rng(3).normal(size=CUTS[-1]) * 0.1
BATCHES = [np.random.default_rng(4).permutation(ROWS)[:BATCH] for _ in range(50)]


class Digits:
    """64-64-10 with relu and softmax cross-entropy on minibatches."""

    def __init__(self, rows: Node) -> None:
        self.rows = rows

    def loss(self, w: Any, _: Any) -> Any:
        x, y = take(X, self.rows, axis=0), take(ONE_HOT, self.rows, axis=0)
        w1, w2 = w[: CUTS[0]].reshape(FEATURES, HIDDEN), w[CUTS[1] : CUTS[2]].reshape(HIDDEN, CLASSES)
        z = gdlab.relu(x @ w1 + w[CUTS[0] : CUTS[1]]) @ w2 + w[CUTS[2] :]
        return np.mean(gdlab.logsumexp(z, axis=1) - np.sum(y * z, axis=1))


def digits_gdlab() -> Callable[[], Any]:
    w, rule = variable("w", START), Adam()
    rows = Node(None, (), {}, (BATCH,), np.dtype(np.int64), level=w.level, name="rows")
    leaves, rebuild = flatten(rule.init(START))
    state = {name: variable(name, leaf, w.level) for name, leaf in leaves.items()}
    objective: Any = TracedObjective(lambda w: Digits(rows).loss(w, None), w)
    after, new = rule.step(objective, w, rebuild(list(state.values())))  # type: ignore[arg-type]
    updates = {"w": after, **dict(zip(leaves, flatten(new)[0].values(), strict=True))}
    program = Program({"w": w, "rows": rows, **state}, objective.results()[0], updates, pause=True)
    program.arrays["w"][...] = START
    advance, batch = program.run().__next__, program.arrays["rows"]

    def run() -> None:
        for rows_of_batch in BATCHES:
            batch[...] = rows_of_batch
            advance()

    return run


def digits_hand_written() -> Callable[[], Any]:
    """The same by hand, by someone who knows NumPy well: one flat vector, views made once, much of it in place."""
    w, g = START.copy(), np.empty_like(START)
    m, v = np.zeros_like(w), np.zeros_like(w)
    w1, b1 = w[: CUTS[0]].reshape(FEATURES, HIDDEN), w[CUTS[0] : CUTS[1]]
    w2, b2 = w[CUTS[1] : CUTS[2]].reshape(HIDDEN, CLASSES), w[CUTS[2] :]
    g1, gb1 = g[: CUTS[0]].reshape(FEATURES, HIDDEN), g[CUTS[0] : CUTS[1]]
    g2, gb2 = g[CUTS[1] : CUTS[2]].reshape(HIDDEN, CLASSES), g[CUTS[2] :]
    every, count = np.arange(BATCH), [0]

    def run() -> None:
        nonlocal m, v, w
        for rows in BATCHES:
            count[0] += 1
            x, y = X[rows], Y[rows]
            a = x @ w1
            a += b1
            h = np.maximum(a, 0)
            z = h @ w2
            z += b2
            z -= z.max(1, keepdims=True)
            p = np.exp(z)
            p /= p.sum(1, keepdims=True)
            -np.log(p[every, y]).mean()
            p[every, y] -= 1
            p /= BATCH
            dh = p @ w2.T
            dh *= a > 0
            np.dot(x.T, dh, g1)
            np.sum(dh, 0, out=gb1)
            np.dot(h.T, p, g2)
            np.sum(p, 0, out=gb2)
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * g * g
            lr = 1e-3 * np.sqrt(1 - 0.999 ** count[0]) / (1 - 0.9 ** count[0])
            w -= lr * m / (np.sqrt(v) + 1e-8)

    return run


@pytest.mark.parametrize("name", ["gdlab", "hand-written"])
@pytest.mark.benchmark(group="64-64-10, batch 32, adam, 50 steps", min_rounds=5)
def test_digits(name: str, benchmark: Any) -> None:
    benchmark({"gdlab": digits_gdlab, "hand-written": digits_hand_written}[name]())


def test_digits_is_as_fast_as_by_hand() -> None:
    ratio = median_of(digits_hand_written(), 25) / median_of(digits_gdlab(), 25)
    assert told("64-64-10: steps/s of gdlab / hand-written", ratio) > 0.8


# -- long vectors ---------------------------------------------------------------------------------------------------


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@pytest.mark.parametrize(("n", "most"), [(2, 2.5), (1_000_000, 1.0)])
def test_rosenbrock_value_and_gradient_against_the_function_alone(n: int, most: float) -> None:
    x = np.random.default_rng(0).normal(size=n)
    program = gdlab.program(rosenbrock, x)
    repeat = 2000 if n == 2 else 5

    def many(f: Callable[[Any], Any]) -> Callable[[], None]:
        return lambda: [f(x) for _ in range(repeat)] and None

    called = median_of(many(program)) / median_of(many(rosenbrock))
    told(f"rosenbrock n = {n:,}: p(w) / the function alone", called)
    program.w[...] = x
    run = median_of(many(lambda _: program())) / median_of(many(rosenbrock))
    assert told(f"rosenbrock n = {n:,}: p() in place / the function alone", run) < 1.3 * most


def test_rosenbrock_memory() -> None:
    n = 1_000_000
    x = np.random.default_rng(0).normal(size=n)
    tracemalloc.start()
    program = gdlab.program(rosenbrock, x)
    _, while_compiling = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    program(x)
    held, while_running = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"\narrays of n: {while_compiling / 8 / n:.2f} to compile, {held / 8 / n:.2f} held", end="")
    assert told("arrays of n while running", while_running / 8 / n) <= 6


# -- deep graphs ----------------------------------------------------------------------------------------------------


def test_a_chain_is_linear() -> None:
    def seconds(length: int) -> float:
        def f(w: Any) -> Any:
            e = w[0]
            for _ in range(length):
                e = e + w[1]
            return e

        begin = perf_counter()
        (w,), out = trace(f, np.ones(2))
        gradients(out, [w])
        del out, w
        return perf_counter() - begin

    seconds(1000)
    assert told("100,000 additions / 50,000, traced, differentiated and freed", seconds(100_000) / seconds(50_000)) < 3


def test_doubling_is_visited_once() -> None:
    def f(w: Any) -> Any:
        e = w[0]
        for _ in range(18):
            e = e + e
        return e

    _, out = trace(f, np.ones(1))
    assert len([node for node in ancestors([out]) if node.primitive is not None and node.primitive.name == "add"]) == 18
