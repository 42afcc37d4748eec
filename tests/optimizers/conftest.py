"""Objectives with gradients written by hand, and the path of an optimizer over one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest


@dataclass
class Function:
    """An objective made of a function and its gradient, with a count of its calls."""

    f: Callable[[Any], Any]
    grad: Callable[[Any], Any]
    calls: dict[str, int] = field(default_factory=lambda: {"value": 0, "gradient": 0})

    def value(self, w):
        self.calls["value"] += 1
        return self.f(w)

    def gradient(self, w):
        self.calls["gradient"] += 1
        return self.grad(w)


def j(w):
    return np.sum(w * w - 2 * w + 5, axis=0)


def j_gradient(w):
    return 2 * w - 2


def saddle(w):
    x, y = w
    return x * x * y + y + 2


def saddle_gradient(w):
    x, y = w
    return np.stack([2 * x * y, x * x + 1])


@pytest.fixture
def parabola():
    """J(w) = w² − 2w + 5, its least value 4 at w = 1; summed over the coordinates if there are several."""
    return Function(j, j_gradient)


@pytest.fixture
def polynomial():
    """f(x, y) = x²y + y + 2, which has no stationary point."""
    return Function(saddle, saddle_gradient)


@pytest.fixture
def path():
    """The points w₀ … w_steps that an optimizer visits, shape (steps+1, …)."""

    def walk(optimizer, objective, w, steps):
        w = np.asarray(w, dtype=float)
        state, points = optimizer.init(w), [w]
        for _ in range(steps):
            w, state = optimizer.step(objective, w, state)
            points.append(w)
        return np.array(points)

    return walk
