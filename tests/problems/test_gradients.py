"""Every problem agrees under every gradient method, at random points."""

import itertools

import numpy as np
import pytest

from gdlab.autodiff import METHODS
from gdlab.problems.xor import XOR

EXACT = [name for name in METHODS if name != "numeric"]
NETWORKS = [
    XOR(hidden=hidden, activation=activation, criterion=criterion)
    for hidden, activation, criterion in itertools.product(
        [(), (2,), (3, 2)], ["sigmoid", "tanh", "relu"], ["squared", "binary_cross_entropy"]
    )
]


def points(problem, count=3):
    rng = np.random.default_rng(0)
    if problem.domain is None:
        return rng.normal(size=(count, problem.dim))
    return rng.uniform(*problem.domain, (count, problem.dim))


def agree(problem, w, slope):
    reference = slope(problem.loss, w)
    scale = 1 + np.max(np.abs(reference))
    found = {}
    for name, method in METHODS.items():
        value, found[name] = method().bind(problem.loss, w).value_and_gradient(w)
        assert value == pytest.approx(problem.loss(w), rel=1e-12)
        np.testing.assert_allclose(found[name], reference, rtol=0, atol=1e-6 * scale)
    for name in EXACT:
        np.testing.assert_allclose(found[name], found["reverse"], rtol=0, atol=1e-12 * scale)


def test_methods_agree(problem, slope):
    for w in points(problem):
        agree(problem, w, slope)


@pytest.mark.parametrize("problem", NETWORKS, ids=lambda p: f"{p.hidden}-{p.activation}-{p.criterion}")
def test_methods_agree_on_every_network(problem, slope):
    for w in points(problem):
        agree(problem, w, slope)


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("criterion", ["squared", "binary_cross_entropy"])
def test_gradients_are_finite_for_huge_parameters(method, criterion):
    problem = XOR(criterion=criterion)
    for size in (-1_000.0, 1_000.0):
        w = np.full(problem.dim, size)
        assert np.all(np.isfinite(METHODS[method]().bind(problem.loss, w).gradient(w)))
