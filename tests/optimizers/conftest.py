"""Objectives with gradients written by hand, every rule of the registry, and the path of a rule over an objective."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gdlab.optimizers import (
    ASGD,
    BB,
    CG,
    LBFGS,
    OPTIMIZERS,
    SGD,
    Adam,
    Coordinate,
    GaussNewton,
    LevenbergMarquardt,
    Newton,
    RandomSearch,
    RMSprop,
    SteepestDescent,
)


@dataclass
class Function:
    """An objective made of a function and its derivatives, with a count of its calls.

    hess is the Hessian, and terms gives the residuals and the Jacobian of a sum of squares, both for w of shape (n,).
    """

    f: Callable[[Any], Any]
    grad: Callable[[Any], Any]
    hess: Callable[[Any], Any] | None = None
    terms: Callable[[Any], Any] | None = None
    calls: dict[str, int] = field(default_factory=lambda: {"value": 0, "gradient": 0})

    def value(self, w):
        self.calls["value"] += 1
        return self.f(w)

    def gradient(self, w):
        self.calls["gradient"] += 1
        return self.grad(w)

    def value_and_gradient(self, w):
        return self.value(w), self.gradient(w)

    def hessian(self, w):
        return self.hess(w)

    def hvp(self, w, v):
        return self.hess(w) @ v

    def residuals(self, w):
        return self.terms(w)[0]

    def residuals_and_jacobian(self, w):
        return self.terms(w)


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

    def hess(w):
        x, y = w
        return np.array([[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]])

    def terms(w):
        x, y = w
        return np.array([10 * (y - x * x), 1 - x]), np.array([[-20 * x, 10], [-1, 0]])

    return Function(f, grad, hess, terms)


@pytest.fixture(scope="session")
def bowl():
    """Σ cᵢ(wᵢ − tᵢ)²/2 with c = (1, 3, 0.5) and t = (1, −2, 0.5), for w of shape (3,) and (3, lanes), of any dtype."""

    def along(w, *numbers):
        return np.array(numbers, w.dtype).reshape((3,) + (1,) * (len(w.shape) - 1))

    def f(w):
        return np.sum(along(w, 1, 3, 0.5) * (w - along(w, 1, -2, 0.5)) ** 2, axis=0) / 2

    def grad(w):
        return along(w, 1, 3, 0.5) * (w - along(w, 1, -2, 0.5))

    def terms(w):
        roots = np.sqrt(along(w, 1, 3, 0.5))
        return roots * (w - along(w, 1, -2, 0.5)), np.diag(roots)

    return Function(f, grad, lambda w: np.diag(along(w, 1, 3, 0.5)), terms)


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
    SteepestDescent(search="strong_wolfe"),
    BB(size="short"),
    BB(search="none"),
    BB(search="none", size="short"),
    *(CG(beta=beta) for beta in ("fletcher_reeves", "hestenes_stiefel", "dai_yuan")),
    Newton(search="armijo"),
    GaussNewton(search="armijo"),
    LevenbergMarquardt(scaling="diagonal"),
    LBFGS(search="none", lr=0.5),
    RandomSearch(seed=0, grow=1.5),
]
TOLD = {"f_star": 0.0, "seed": 0}  # what a rule may leave open for a run to fill in


def plain(cls, variant=None):
    """The rule with its defaults, in one of its variants."""
    told = {parameter.name: TOLD[parameter.name] for parameter in cls.parameters() if parameter.name in TOLD}
    return cls(**told, **({"variant": variant} if variant else {}))


PLAIN = [plain(cls, variant) for cls in OPTIMIZERS.values() for variant in (cls.variants or [None])]


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
    """Every rule that says it can be traced; it runs in lanes, too."""
    return request.param


@pytest.fixture(scope="session", name="plain")
def plain_rule():
    """A rule with its defaults, from its class."""
    return plain


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
