"""Steps per second of XOR 2-4-1 with tanh, squared loss and Adam, full batch: gdlab beside others, in one run.

    pytest tests/benchmarks/test_xor.py --benchmark-group-by=group --benchmark-columns=median,ops

Each benchmark does STEPS steps a round; `ratio` in the last table is against the hand-written loop.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.methods import DualNumbers, Method, Numeric, Reverse
from gdlab.experiment.stepper import make_stepper
from gdlab.optimizers import Adam
from gdlab.problems.xor import XOR

STEPS = 1000
LR, BETA1, BETA2, EPS = 0.05, 0.9, 0.999, 1e-8
INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
PROBLEM = XOR(hidden=(4,), activation="tanh", criterion="squared")
START = PROBLEM.initial(np.random.default_rng(0))


def hand_written(steps: int = STEPS) -> np.ndarray:
    """The loop that a careful student would write: NumPy, the four matrices apart, no tricks."""
    w1, b1 = START[:8].reshape(2, 4).copy(), START[8:12].copy()
    w2, b2 = START[12:16].reshape(4, 1).copy(), START[16:].copy()
    parameters = [w1, b1, w2, b2]
    m = [np.zeros_like(p) for p in parameters]
    v = [np.zeros_like(p) for p in parameters]
    for k in range(1, steps + 1):
        h = np.tanh(INPUTS @ w1 + b1)
        p = 1 / (1 + np.exp(-(h @ w2 + b2)))
        error = p - TARGETS
        np.mean(error**2)
        delta2 = 2 / 4 * error * p * (1 - p)
        delta1 = delta2 @ w2.T * (1 - h**2)
        grads = [INPUTS.T @ delta1, delta1.sum(0), h.T @ delta2, delta2.sum(0)]
        for i, g in enumerate(grads):
            m[i] = BETA1 * m[i] + (1 - BETA1) * g
            v[i] = BETA2 * v[i] + (1 - BETA2) * g**2
            parameters[i] -= LR * (m[i] / (1 - BETA1**k)) / (np.sqrt(v[i] / (1 - BETA2**k)) + EPS)
    return np.concatenate([p.ravel() for p in parameters])


def flat_hand_written(steps: int = STEPS) -> np.ndarray:
    """The loop of someone who knows NumPy well: one flat vector, views made once, one update for all."""
    w = START.copy()
    w1, b1, w2, b2 = w[:8].reshape(2, 4), w[8:12], w[12:16].reshape(4, 1), w[16:]
    g = np.empty_like(w)
    g1, gb1, g2, gb2 = g[:8].reshape(2, 4), g[8:12], g[12:16].reshape(4, 1), g[16:]
    m, v = np.zeros_like(w), np.zeros_like(w)
    for k in range(1, steps + 1):
        h = np.tanh(INPUTS @ w1 + b1)
        p = 1 / (1 + np.exp(-(h @ w2 + b2)))
        error = p - TARGETS
        np.mean(error * error)
        delta2 = 0.5 * error * p * (1 - p)
        delta1 = delta2 @ w2.T * (1 - h * h)
        g1[...], gb1[...], g2[...], gb2[...] = INPUTS.T @ delta1, delta1.sum(0), h.T @ delta2, delta2.sum(0)
        m = BETA1 * m + (1 - BETA1) * g
        v = BETA2 * v + (1 - BETA2) * g * g
        w -= LR / (1 - BETA1**k) * m / (np.sqrt(v / (1 - BETA2**k)) + EPS)
    return w


def gdlab_steps(method: Method, steps: int = STEPS) -> Callable[[], Any]:
    """The loop of a run, without logging."""
    stepper = make_stepper(PROBLEM, method, Adam(lr=LR), START.copy())
    advance = stepper.next

    def run() -> Any:
        for _ in range(steps):
            advance()
        return stepper.w

    return run


def torch_steps() -> Callable[[], Any]:
    """torch, eager, on one thread."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    w = torch.tensor(START, requires_grad=True)
    x, y = torch.tensor(INPUTS), torch.tensor(TARGETS)
    optimizer = torch.optim.Adam([w], lr=LR)

    def run() -> Any:
        for _ in range(STEPS):
            optimizer.zero_grad()
            h = torch.tanh(x @ w[:8].reshape(2, 4) + w[8:12])
            loss = ((torch.sigmoid(h @ w[12:16].reshape(4, 1) + w[16]) - y) ** 2).mean()
            loss.backward()
            optimizer.step()

    return run


def jax_steps() -> Callable[[], Any]:
    """jax, the step compiled."""
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    rule = optax.adam(LR)

    def loss(w: Any) -> Any:
        h = jnp.tanh(INPUTS @ w[:8].reshape(2, 4) + w[8:12])
        return jnp.mean((jax.nn.sigmoid(h @ w[12:16].reshape(4, 1) + w[16]) - TARGETS) ** 2)

    @jax.jit
    def step(w: Any, state: Any) -> Any:
        value, g = jax.value_and_grad(loss)(w)
        update, state = rule.update(g, state)
        return w + update, state, value

    def run() -> Any:
        w, state = jnp.array(START), rule.init(jnp.array(START))
        for _ in range(STEPS):
            w, state, value = step(w, state)
        return value.block_until_ready()

    run()
    return run


def autograd_steps() -> Callable[[], Any]:
    """autograd, with the flat update."""
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")

    def loss(w: Any) -> Any:
        h = anp.tanh(anp.dot(INPUTS, w[:8].reshape(2, 4)) + w[8:12])
        return anp.mean((1 / (1 + anp.exp(-(anp.dot(h, w[12:16].reshape(4, 1)) + w[16]))) - TARGETS) ** 2)

    value_and_grad = autograd.value_and_grad(loss)

    def run() -> Any:
        w, m, v = START.copy(), np.zeros_like(START), np.zeros_like(START)
        for k in range(1, STEPS + 1):
            _, g = value_and_grad(w)
            m = BETA1 * m + (1 - BETA1) * g
            v = BETA2 * v + (1 - BETA2) * g * g
            w = w - LR / (1 - BETA1**k) * m / (np.sqrt(v / (1 - BETA2**k)) + EPS)

    return run


CONTENDERS: dict[str, Callable[[], Callable[[], Any]]] = {
    "hand-written": lambda: hand_written,
    "hand-written, flat": lambda: flat_hand_written,
    "gdlab reverse": lambda: gdlab_steps(Reverse()),
    "gdlab dual": lambda: gdlab_steps(DualNumbers()),
    "gdlab numeric": lambda: gdlab_steps(Numeric()),
    "torch": torch_steps,
    "jax jit": jax_steps,
    "autograd": autograd_steps,
}


def test_same_path() -> None:
    """What is timed does the same: after 1,000 steps all are at the same point."""
    expected = flat_hand_written()
    np.testing.assert_allclose(hand_written(), expected, rtol=1e-7)
    stepper = make_stepper(PROBLEM, Reverse(), Adam(lr=LR), START.copy())
    for _ in range(STEPS + 1):
        stepper.next()
    np.testing.assert_allclose(stepper.w, expected, rtol=1e-7)


@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.benchmark(group="xor 2-4-1 adam, 1,000 steps", min_rounds=5)
def test_steps(name: str, benchmark: Any) -> None:
    run = CONTENDERS[name]()
    with np.errstate(all="ignore"):
        benchmark(run)
    benchmark.extra_info["steps per second"] = round(STEPS / benchmark.stats.stats.median)
