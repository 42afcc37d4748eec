"""Items 10, 11, 13 to 15 and 21 to 28: losses, descent and its variants."""

from typing import Any

import numpy as np

from gdlab.autodiff import softplus
from gdlab.autodiff.methods import Reverse
from gdlab.experiment.lecture.functions import AT, Counted, J, along, f, path
from gdlab.experiment.lecture.item import Item
from gdlab.experiment.minimize import minimize
from gdlab.optimizers import GD, NAG, Adagrad, Adam, Coordinate, Momentum
from gdlab.problems.least_squares import LeastSquares

Make = Any


def items(line: Make) -> tuple[Item, ...]:
    """The items, with what they expect.

    Args:
        line: makes a line of an item from what it is and how it is obtained.
    """
    return (
        Item(
            10,
            "J(w) = w² - 2w + 5 from w = 0",
            (
                line(10, "minimum", _minimum),
                line(10, "w, step .1", lambda: along(J, GD(lr=0.1), [0.0], 5)),
                line(10, "J, step .1", lambda: tuple(float(J(w)) for w in path(J, GD(lr=0.1), [0.0], 3))),
                line(10, "w, step .5", lambda: along(J, GD(lr=0.5), [0.0], 1)),
                line(10, "w, step 1", lambda: along(J, GD(lr=1.0), [0.0], 4)),
                line(10, "outcome at .95", lambda: _outcome(J, [0.0], 0.95)),
                line(10, "outcome at 1.05", lambda: _outcome(J, [0.0], 1.05)),
            ),
            errs="It gives no step; every one between 0 and 1 converges.",
            see="gdlab run configs/gd_quadratic*.yaml",
        ),
        Item(
            11,
            "f(x, y) = x² y + y + 2 from (3, 4)",
            (
                line(11, "f(3, 4)", lambda: f(np.array(AT))),
                line(11, "gradient", lambda: tuple(Reverse().bind(f, AT).gradient(np.array(AT)))),
                line(11, "f, step .1", lambda: tuple(float(f(w)) for w in path(f, GD(lr=0.1), AT, 3))),
                line(11, "first step that is not finite, step .01", _overflow),
                line(11, "outcome, step .1", lambda: _outcome(f, AT, 0.1)),
                line(11, "outcome, step .01", lambda: _outcome(f, AT, 0.01)),
            ),
            errs="It asks for a minimum, but the gradient vanishes nowhere and f falls without bound: "
            "the first losses only look healthy.",
            see="gdlab run configs/gd_polynomial.yaml",
        ),
        Item(
            13,
            "squared loss, empirical mean",
            (line(13, "mean of (1 - 0)² and (2 - 4)²", lambda: np.mean((np.array([1.0, 2.0]) - [0.0, 4.0]) ** 2)),),
            errs="Its formula takes the mean, its text says sum.",
        ),
        Item(
            14,
            "logistic loss for labels -1 and 1",
            (
                line(14, "y = 1, f = 5", lambda: softplus(-1.0 * 5.0)),
                line(14, "with the sign as printed", lambda: softplus(1.0 * 5.0)),
            ),
            errs="It prints log(1 + exp(y f)), which punishes what is right; the sign must be minus; "
            "the digits that are expected come from log(1 + exp(-5)) as it stands, which rounds 1 + exp(-5), "
            "and those that are obtained from a stable form.",
        ),
        Item(
            15,
            "search by ±c, without gradients",
            (
                line(15, "w after 10 sweeps of c = .1", lambda: along(J, Coordinate(c=0.1), [0.0], 10)[-1]),
                line(15, "w after 20", lambda: along(J, Coordinate(c=0.1), [0.0], 20)[-1]),
                line(15, "evaluations of a sweep in 2 dimensions", lambda: sweep(f, np.array(AT))),
            ),
            errs="It does not say what to do when neither side is better; here the coordinate stays.",
            see="gdlab run configs/coordinate_quadratic.yaml",
        ),
        Item(
            21,
            "the gradient of the mean is the mean of the gradients",
            (
                line(21, "gradient of the mean - mean over 4 shards", lambda: _shards([25, 25, 25, 25])),
                line(21, "gradient of one row - 2(w·x - y)x", _one_row),
            ),
            errs="One of its lines steps along +∇L, which climbs.",
        ),
        Item(
            22,
            "stochastic descent: one sample a step",
            (line(22, "mean over all samples - full gradient", lambda: _shards([1] * 100)),),
            errs="A factor 1/m is left before the gradient of a single sample; without it the mean is right.",
        ),
        Item(
            23,
            "minibatches, the last one smaller",
            (line(23, "batches of 8, 8 and 4, weighted - full gradient", lambda: _shards([8, 8, 4], rows=20)),),
            errs="It does not say what becomes of a last, partial batch; weighted by its size it belongs.",
        ),
        Item(
            24,
            "momentum",
            (line(24, "w, lr .1, gamma .9", lambda: along(J, Momentum(lr=0.1, gamma=0.9), [0.0], 5)),),
            errs="PyTorch multiplies by lr outside the velocity, which is not the same once lr changes.",
            see="gdlab info momentum",
        ),
        Item(
            25,
            "Nesterov's acceleration",
            (line(25, "w, lr .1, gamma .9", lambda: along(J, NAG(lr=0.1, gamma=0.9), [0.0], 5)),),
            see="gdlab info nag",
        ),
        Item(
            26,
            "Adagrad",
            (
                line(26, "lecture: w on J", lambda: along(J, Adagrad(variant="lecture"), [0.0], 3)),
                line(26, "lecture: first step on f", lambda: tuple(path(f, Adagrad(variant="lecture"), AT, 1)[0])),
            ),
            errs="It moves before it accumulates, and has no step size: the first step is 10,000 gradients long.",
            see="gdlab info adagrad",
        ),
        Item(
            27,
            "Adam",
            (
                line(27, "lecture: w on J", lambda: along(J, Adam(variant="lecture"), [0.0], 4)),
                line(27, "lecture: w on J at step 20", lambda: along(J, Adam(variant="lecture"), [0.0], 20)[-1]),
                line(27, "lecture: first step on f", lambda: tuple(path(f, Adam(variant="lecture"), AT, 1)[0])),
                line(27, "published: first step on f, lr 1", lambda: tuple(path(f, Adam(lr=1.0), AT, 1)[0])),
            ),
            errs="It divides by one number for all coordinates, has no step size, and names neither betas nor eps.",
            see="gdlab info adam",
        ),
        Item(
            28,
            "averages of steps, and steps that adapt",
            errs="It only names them.",
            see="gdlab info asgd",
            missing="has no numbers",
        ),
    )


def _minimum() -> tuple[float, float]:
    (w,) = minimize(J, [0.0], {"name": "gd", "lr": 0.5}, steps=2).w
    return float(w), float(J(np.array([w])))


def _outcome(function: Any, start: Any, lr: float) -> str:
    return str(minimize(function, list(start), {"name": "gd", "lr": lr}, steps=5000).outcome.status)


def _overflow() -> int:
    """The first step of gradient descent after which f is not finite."""
    points = path(f, GD(lr=0.01), AT, 800)
    return next(k for k, w in enumerate(points, 1) if not np.isfinite(f(w)))


def sweep(function: Any, w: Any) -> int:
    """Evaluations of one sweep of coordinate search, with f known where it starts."""
    objective, optimizer = Counted(function, w), Coordinate()
    w, state = optimizer.step(objective, w, optimizer.init(w))
    before = objective.values
    optimizer.step(objective, w, state)
    return objective.values - before


def _shards(sizes: list[int], rows: int = 100) -> float:
    """How far the gradients of parts, weighted by their size, are from the gradient of the whole."""
    problem = LeastSquares(rows=rows)
    w = np.linspace(-1, 1, problem.dim)
    whole = Reverse().bind(lambda w: problem.loss(w), w).gradient(w)
    total, start = np.zeros_like(w), 0
    for size in sizes:
        part = np.arange(start, start + size)
        total += size * Reverse().bind(lambda w, part=part: problem.loss(w, part), w).gradient(w)
        start += size
    return float(np.max(np.abs(total / rows - whole)))


def _one_row() -> float:
    problem = LeastSquares()
    w, row = np.linspace(-1, 1, problem.dim), np.array([7])
    x, y = problem.data
    found = Reverse().bind(lambda w: problem.loss(w, row), w).gradient(w)
    return float(np.max(np.abs(found - 2 * (x[7] @ w - y[7]) * x[7])))
