"""Items 1 to 9: activations, output heads, XOR and backpropagation."""

from typing import Any

import numpy as np

from gdlab.autodiff import leaky_relu, log_softmax, relu, sigmoid, softmax
from gdlab.autodiff.check import check_gradient
from gdlab.autodiff.graph import trace
from gdlab.autodiff.methods import Reverse
from gdlab.autodiff.walk import walk
from gdlab.experiment.lecture.functions import central, slope
from gdlab.experiment.lecture.item import Item
from gdlab.experiment.minimize import minimize
from gdlab.problems.networks.activations import Activation, activation
from gdlab.problems.xor import XOR

Make = Any  # (number, what, obtain) -> Line

_SMOOTH: tuple[Activation, ...] = ("sigmoid", "tanh", "softplus", "gelu")
_KINKED: tuple[Activation, ...] = ("step", "relu", "leaky_relu")


def items(line: Make) -> tuple[Item, ...]:
    """The items, with what they expect.

    Args:
        line: makes a line of an item from what it is and how it is obtained.
    """
    difference = "central difference at 0, eps 1e-6"
    return (
        Item(
            1,
            "step activation, sign(z)",
            (
                line(1, "slope of sign at 2", lambda: slope(np.sign, 2.0)),
                line(1, difference, lambda: central(np.sign, 0.0)),
            ),
            errs="It marks a slope of 0 at z = 0, where the step jumps and has none.",
        ),
        Item(
            2,
            "sigmoid, 1/(1 + exp(-z))",
            (
                line(2, "sigmoid(0)", lambda: sigmoid(0.0)),
                line(2, "slope at 0", lambda: slope(sigmoid, 0.0)),
                line(2, difference, lambda: central(sigmoid, 0.0)),
                line(2, "sigmoid(-800)", lambda: sigmoid(-800.0)),
            ),
            errs="Its form overflows at z = -800; the one used here does not.",
        ),
        Item(3, "tanh", (line(3, difference, lambda: central(np.tanh, 0.0)),)),
        Item(
            4,
            "ReLU and leaky ReLU",
            (
                line(4, difference, lambda: central(relu, 0.0)),
                line(4, "slope at 0", lambda: slope(relu, 0.0)),
                line(4, "slope at -1, 0.5 and 2", lambda: tuple(slope(relu, z) for z in (-1.0, 0.5, 2.0))),
                line(4, "leaky_relu(-2), slope 0.01", lambda: leaky_relu(-2.0, 0.01)),
                line(4, "kink that the check names", _named_kink),
            ),
            errs="It leaves z = 0 out; here the slope there is 0 by convention, and the check names the kink.",
            see="gdlab check 'relu(x)' --at 0",
        ),
        Item(
            5,
            "softmax for exclusive classes, one sigmoid for each otherwise",
            (
                line(5, "sum of softmax(1, 2, 3)", lambda: np.sum(softmax(np.array([1.0, 2.0, 3.0])))),
                line(5, "cross-entropy of 3 equal logits", lambda: -log_softmax(np.zeros(3))[0]),
                line(5, "softmax(2, 0) - sigmoid(2)", lambda: softmax(np.array([2.0, 0.0]))[0] - sigmoid(2.0)),
            ),
            errs="It only names them.",
            see="gdlab info mlp",
        ),
        Item(
            6,
            "activations and their derivatives side by side",
            (
                line(6, "slopes at 0: sigmoid, tanh, softplus, gelu", lambda: _slopes(0.0, *_SMOOTH)),
                line(6, "slopes at -2: step, relu, leaky_relu", lambda: _slopes(-2.0, *_KINKED)),
                line(6, "slopes at 2: step, relu, leaky_relu", lambda: _slopes(2.0, *_KINKED)),
                line(6, "relu of slope 2 at 3", lambda: activation("relu", 2.0)(3.0)),
            ),
            see="gdlab plot activations",
        ),
        Item(
            7,
            "a perceptron cannot learn XOR",
            (
                line(7, "best accuracy of a line", _best_line),
                line(7, "least squared loss", lambda: _trained("squared").losses[-1]),
                line(7, "least cross-entropy", lambda: _trained("binary_cross_entropy").losses[-1]),
            ),
            errs="It claims this and does not show it.",
            see="gdlab run configs/adam_xor_perceptron.yaml",
        ),
        Item(
            8,
            "a network with a hidden layer solves XOR",
            (
                line(8, "parameters of 2-2-1", lambda: XOR(hidden=(2,)).dim),
                line(8, "parameters of 2-4-1", lambda: XOR(hidden=(4,)).dim),
                line(8, "accuracy of 2-4-1 after training", lambda: _solved(4, seed=0)),
                line(8, "seeds of 10 that solve it with 2-4-1", lambda: sum(_solved(4, k) == 1 for k in range(10))),
                line(8, "seeds of 10 that solve it with 2-2-1", lambda: sum(_solved(2, k) == 1 for k in range(10))),
            ),
            errs="It calls a network deep from two hidden layers on, so this one is not.",
            see="gdlab run configs/adam_xor.yaml",
        ),
        Item(
            9,
            "backpropagation in four steps",
            (line(9, "walk minus reverse mode, XOR 2-4-1", _walked),),
            errs="It tells the steps in words only.",
            see="gdlab explain xor",
        ),
    )


def _slopes(at: float, *names: Activation) -> tuple[float, ...]:
    return tuple(slope(activation(name), at) for name in names)


def _named_kink() -> str:
    (kink,) = check_gradient(lambda w: relu(w[0]), [0.0], names=["x"]).kinks[0]
    return kink.step


def _best_line() -> float:
    """The most rows that any of many lines separates rightly."""
    problem = XOR(hidden=())
    turns = np.linspace(0, 2 * np.pi, 73)
    shifts = np.linspace(-2, 2, 41)
    lines = ((np.cos(turn), np.sin(turn), shift) for turn in turns for shift in shifts)
    return max(float(problem.accuracy(np.array(line))) for line in lines)


def _trained(criterion: str) -> Any:
    return minimize(XOR(hidden=(), criterion=criterion), None, {"name": "gd", "lr": 1.0}, steps=3000)  # type: ignore[arg-type]


def _solved(units: int, seed: int) -> float:
    problem = XOR(hidden=(units,))
    result = minimize(problem, None, {"name": "adam", "lr": 0.05}, steps=1000, seed=seed)
    return float(problem.accuracy(result.w))


def _walked() -> float:
    problem = XOR(hidden=(4,))
    w = problem.initial(np.random.default_rng(0))
    (x,), out = trace(problem.loss, w)
    by_walk = walk(out, [x], [w]).steps[0].adjoint
    return float(np.max(np.abs(by_walk - Reverse().bind(problem.loss, w).gradient(w))))
