"""Seconds an epoch of a 64-64-10 network on digits, minibatches of 32, Adam: gdlab beside others, in one run.

    pytest tests/benchmarks/test_digits.py --benchmark-columns=median

Each benchmark does EPOCHS epochs a round from the same start on the same rows, one BLAS thread; all shuffle.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.methods import Reverse
from gdlab.experiment.spec import Batch
from gdlab.experiment.stepper import make_stepper
from gdlab.optimizers import Adam
from gdlab.problems import MLP
from gdlab.problems.data import DATA

EPOCHS, SIZE, LR, BETA1, BETA2, EPS = 5, 32, 1e-3, 0.9, 0.999, 1e-8
PROBLEM = MLP(hidden=(64,), activation="relu", criterion="softmax_cross_entropy", init="he", data=DATA["digits"]())
TABLE = PROBLEM.drawn(np.random.default_rng(0)).split.train
X, Y = np.asarray(TABLE.inputs, float), np.asarray(TABLE.targets)
ROWS = len(X)
STEPS = EPOCHS * -(-ROWS // SIZE)
START = PROBLEM.initial(np.random.default_rng(0))
SHAPES = [(64, 64), (64,), (64, 10), (10,)]


def parts(w: np.ndarray) -> list[np.ndarray]:
    """The start as weights and biases."""
    ends = np.cumsum([int(np.prod(shape)) for shape in SHAPES])
    return [part.reshape(shape).copy() for part, shape in zip(np.split(w, ends[:-1]), SHAPES, strict=True)]


def hand_written() -> list[np.ndarray]:
    """The loop that a careful student would write."""
    rng = np.random.default_rng(0)
    parameters = parts(START)
    m = [np.zeros_like(p) for p in parameters]
    v = [np.zeros_like(p) for p in parameters]
    k = 0
    for _ in range(EPOCHS):
        order = rng.permutation(ROWS)
        for begin in range(0, ROWS, SIZE):
            rows = order[begin : begin + SIZE]
            x, y = X[rows], Y[rows]
            w1, b1, w2, b2 = parameters
            z = x @ w1 + b1
            h = np.maximum(z, 0)
            logits = h @ w2 + b2
            e = np.exp(logits - logits.max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
            -np.log(p[np.arange(len(y)), y]).mean()
            d2 = p
            d2[np.arange(len(y)), y] -= 1
            d2 /= len(y)
            d1 = d2 @ w2.T * (z > 0)
            k += 1
            for i, g in enumerate([x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)]):
                m[i] = BETA1 * m[i] + (1 - BETA1) * g
                v[i] = BETA2 * v[i] + (1 - BETA2) * g**2
                parameters[i] -= LR * (m[i] / (1 - BETA1**k)) / (np.sqrt(v[i] / (1 - BETA2**k)) + EPS)
    return parameters


def gdlab_epochs() -> Callable[[], Any]:
    """The loop of a run, without logging."""
    stepper = make_stepper(PROBLEM, Reverse(), Adam(lr=LR), START.copy(), Batch(size=SIZE))
    advance = stepper.next
    advance()

    def run() -> Any:
        for _ in range(STEPS):
            advance()
        return stepper.w

    return run


def torch_epochs() -> Callable[[], Any]:
    """torch, eager, on one thread, in float64 as all others."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    criterion = torch.nn.CrossEntropyLoss()
    x, y = torch.tensor(X), torch.tensor(Y)

    def run() -> Any:
        for _ in range(EPOCHS):
            order = torch.randperm(ROWS)
            for begin in range(0, ROWS, SIZE):
                rows = order[begin : begin + SIZE]
                optimizer.zero_grad()
                criterion(model(x[rows]), y[rows]).backward()
                optimizer.step()

    return run


def sklearn_epochs() -> Callable[[], Any]:
    """sklearn's MLPClassifier."""
    neural_network = pytest.importorskip("sklearn.neural_network")
    options = {"batch_size": SIZE, "learning_rate_init": LR, "max_iter": EPOCHS, "alpha": 0.0, "n_iter_no_change": 99}
    model = neural_network.MLPClassifier((64,), **options)

    def run() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(X, Y)

    return run


def jax_epochs() -> Callable[[], Any]:
    """jax, the step compiled, one step a call."""
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    rule = optax.adam(LR)
    x, y = jnp.array(X), jnp.array(Y)
    w = [jnp.array(part) for part in parts(START)]
    state = rule.init(w)

    def loss(w: Any, rows: Any) -> Any:
        w1, b1, w2, b2 = w
        logits = jnp.maximum(x[rows] @ w1 + b1, 0) @ w2 + b2
        return optax.softmax_cross_entropy_with_integer_labels(logits, y[rows]).mean()

    @jax.jit
    def step(w: Any, state: Any, rows: Any) -> Any:
        value, g = jax.value_and_grad(loss)(w, rows)
        update, state = rule.update(g, state)
        return optax.apply_updates(w, update), state, value

    def run() -> Any:
        rng = np.random.default_rng(0)
        at, kept = w, state
        for _ in range(EPOCHS):
            order = rng.permutation(ROWS)
            for begin in range(0, ROWS, SIZE):
                at, kept, value = step(at, kept, order[begin : begin + SIZE])
        jax.block_until_ready(at)
        return value

    return run


LOOPS = {
    "hand-written": lambda: hand_written,
    "gdlab": gdlab_epochs,
    "torch": torch_epochs,
    "sklearn": sklearn_epochs,
    "jax": jax_epochs,
}


@pytest.mark.parametrize("who", LOOPS)
def test_epochs(benchmark: Any, who: str) -> None:
    run = LOOPS[who]()
    run()
    benchmark.pedantic(run, rounds=15)
    benchmark.extra_info["ms_per_epoch"] = 1000 * benchmark.stats.stats.median / EPOCHS
