"""Objectives with gradients written by hand, every rule of the registry, and the path of a rule over an objective."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gdlab.optimizers import ASGD, OPTIMIZERS, SGD, Adam, Coordinate, RMSprop


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


@pytest.fixture
def parabola():
    """J(w) = w² − 2w + 5, its least value 4 at w = 1; summed over the coordinates if there are several."""
    return Function(lambda w: np.sum(w * w - 2 * w + 5, axis=0), lambda w: 2 * w - 2)


@pytest.fixture
def polynomial():
    """f(x, y) = x²y + y + 2, which has no stationary point."""

    def f(w):
        x, y = w
        return x * x * y + y + 2

    def grad(w):
        x, y = w
        return np.stack([2 * x * y, x * x + 1])

    return Function(f, grad)


@pytest.fixture
def rosenbrock():
    """100(y − x²)² + (1 − x)², least at (1, 1)."""

    def f(w):
        x, y = w
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2

    def grad(w):
        x, y = w
        return np.stack([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])

    return Function(f, grad)


@pytest.fixture(scope="session")
def bowl():
    """Σ cᵢ(wᵢ − tᵢ)²/2 with c = (1, 3, 0.5) and t = (1, −2, 0.5), for w of shape (3,) and (3, lanes), of any dtype."""

    def along(w, *numbers):
        return np.array(numbers, w.dtype).reshape((3,) + (1,) * (len(w.shape) - 1))

    def f(w):
        return np.sum(along(w, 1, 3, 0.5) * (w - along(w, 1, -2, 0.5)) ** 2, axis=0) / 2

    def grad(w):
        return along(w, 1, 3, 0.5) * (w - along(w, 1, -2, 0.5))

    return Function(f, grad)


SWITCHED = [
    SGD(momentum=0.9),
    SGD(momentum=0.9, dampening=0.5),
    SGD(momentum=0.9, nesterov=True),
    RMSprop(centered=True),
    RMSprop(momentum=0.9),
    RMSprop(momentum=0.9, centered=True, variant="optax"),
    Adam(eps_root=1e-8),
    ASGD(t0=3),
    Coordinate(shrink=0.5),
]
PLAIN = [cls(**({"variant": v} if v else {})) for cls in OPTIMIZERS.values() for v in (cls.variants or [None])]


def label(rule):
    """The name of a rule and whatever differs from its defaults."""
    settings = ((p, getattr(rule, p.name)) for p in rule.parameters())
    return "-".join([rule.name, *(f"{p.name}={value}" for p, value in settings if value != p.default)])


@pytest.fixture(scope="session", params=PLAIN + SWITCHED, ids=label)
def rule(request):
    """Every rule in every variant, and with every switch that changes its step."""
    return request.param


@pytest.fixture(scope="session", params=[rule for rule in PLAIN + SWITCHED if rule.traceable], ids=label)
def traceable_rule(request):
    """Every rule that says it can be traced: those that use gradients."""
    return request.param


@pytest.fixture
def undecayed():
    """A rule without the weight decay that would pull it away from a minimum."""

    def without(rule):
        return dataclasses.replace(rule, **{x: 0.0 for x in ("weight_decay", "lambd") if hasattr(rule, x)})

    return without


@pytest.fixture(scope="session")
def walk():
    """The points w₀ … w_steps that an optimizer visits, as a list, and its last state."""

    def walk(optimizer, objective, w, steps, state=None):
        state, points = optimizer.init(w) if state is None else state, [w]
        for _ in range(steps):
            w, state = optimizer.step(objective, w, state)
            points.append(w)
        return points, state

    return walk


@pytest.fixture
def path(walk):
    """The points that an optimizer visits from w, in one array of shape (steps+1, n)."""
    return lambda optimizer, objective, w, steps: np.array(walk(optimizer, objective, np.array(w, float), steps)[0])
