"""What every method gives at kinks and at the ends of the numbers, beside what jax, torch and autograd give there."""

import json
from pathlib import Path

import numpy as np
import pytest

from gdlab.autodiff import gradient, jvp, leaky_relu, program, relu

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"
PEERS = json.loads(FILE.read_text())["kink_conventions"] if FILE.exists() else []

pytestmark = pytest.mark.filterwarnings("ignore::gdlab.errors.NanGradientWarning")

INF, NAN = np.inf, np.nan


KINKS = [
    ("abs(x)", np.abs, 0.0, 0),
    ("maximum(x, 0.0)", lambda x: np.maximum(x, 0.0), 0.0, 0.5),
    ("relu(x)", relu, 0.0, 0),
    ("clip01(x)", lambda x: np.clip(x, 0, 1), 0.0, 0.5),
    ("clip01(x)", lambda x: np.clip(x, 0, 1), 1.0, 0.5),
    ("sqrt(x)", np.sqrt, 0.0, INF),
    ("x**0.5", lambda x: x**0.5, 0.0, INF),
    ("x**0", lambda x: x**0, 0.0, 0),
    ("x**1", lambda x: x**1, 0.0, 1),
    ("x**2.0", lambda x: x**2.0, -2.0, -4),
    ("x**3", lambda x: x**3, 0.0, 0),
    ("sign(x)", np.sign, 0.0, 0),
    ("x*sign(x)", lambda x: x * np.sign(x), 0.0, 0),
    ("sqrt(x*x)", lambda x: np.sqrt(x * x), 0.0, NAN),
    ("log(x)", np.log, 0.0, INF),
    ("1/x", lambda x: 1 / x, 0.0, -INF),
    ("where(x > 0, log(x), 0.0*x)", lambda x: np.where(x > 0, np.log(x), 0.0 * x), 0.0, NAN),
    ("where(x > 0, sqrt(x), 0.0*x)", lambda x: np.where(x > 0, np.sqrt(x), 0.0 * x), 0.0, NAN),
    ("where(x > 0, x, 0.0*x)", lambda x: np.where(x > 0, x, 0.0 * x), 0.0, 0),
    ("arctan2(x, 0.0*x)", lambda x: np.arctan2(x, 0.0 * x), 0.0, NAN),
    ("log(1 + exp(x))", lambda x: np.log(1 + np.exp(x)), 800.0, NAN),
    ("logaddexp(x, 0.0*x)", lambda x: np.logaddexp(x, 0.0 * x), 800.0, 1),
    ("tanh(x)", np.tanh, 800.0, 0),
    ("exp(x)", np.exp, 800.0, INF),
    ("arcsin(x)", np.arcsin, 1.0, INF),
    ("0.0**x", lambda x: 0.0**x, 0.0, 0),
    ("x**x", lambda x: x**x, 0.0, 0),
    ("max(x)", np.max, [1.0, 1.0, 0.0], [0.5, 0.5, 0]),
    ("min(x)", np.min, [1.0, 1.0, 1.0], [1 / 3] * 3),
    ("sqrt(sum(x*x))", lambda x: np.sqrt(np.sum(x * x)), [0.0, 0.0, 0.0], [NAN] * 3),
    ("prod(x)", np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
    ("prod(x)", np.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
    ("std(x)", np.std, [2.0, 2.0, 2.0], [NAN] * 3),
    ("var(x)", np.var, [2.0, 2.0, 2.0], [0, 0, 0]),
    ("sum(abs(x))", lambda x: np.sum(np.abs(x)), [0.0, -1.0, 0.0], [0, -1, 0]),
    ("log(sum(exp(x)))", lambda x: np.log(np.sum(np.exp(x))), [1000.0, 1000.0, 0], [NAN, NAN, 0]),
]
OWN_KINKS = [
    ("minimum(x, 0)", lambda x: np.minimum(x, 0), 0.0, 0.5),
    ("maximum(x, x)", lambda x: np.maximum(x, x), 0.0, 1),
    ("leaky_relu(x)", leaky_relu, 0.0, 0),
    ("floor(x)", np.floor, 1.0, 0),
    ("ceil(x)", np.ceil, 1.0, 0),
    ("rint(x)", np.rint, 0.5, 0),
    ("heaviside(x, 0.5)", lambda x: np.heaviside(x, 0.5), 0.0, 0),
    ("x > 0", lambda x: (x > 0) + 0.0, 0.0, 0),
    ("0**x for an array of zeros", lambda x: np.sum(np.zeros(2) ** x), 1.0, 0),
    ("x**[0, 1]", lambda x: np.sum(x ** np.array([0.0, 1.0])), 0.0, 1),
    ("x**y at y = 0", lambda x: x[0] ** x[1], [2.0, 0.0], [0, np.log(2)]),
    ("x**y at x = 0", lambda x: x[0] ** x[1], [0.0, 2.0], [0, 0]),
    ("hypot(x, y)", lambda x: np.hypot(x[0], x[1]), [0.0, 0.0], [NAN, NAN]),
    ("norm, order 1", lambda x: np.linalg.norm(x, 1), [0.0, -2.0], [0, -1]),
    ("norm, order inf", lambda x: np.linalg.norm(x, np.inf), [2.0, -2.0], [0.5, -0.5]),
    ("ptp(x)", np.ptp, [1.0, 1.0], [0, 0]),
    ("median by maximum", lambda x: np.maximum(x[0], np.maximum(x[1], x[2])), [1.0, 1.0, 1.0], [0.5, 0.25, 0.25]),
    ("mean(maximum(x, mean(x)))", lambda x: np.mean(np.maximum(x, np.mean(x))), [1.0, 1.0], [0.5, 0.5]),
]

# Dual numbers carry only the branch that is taken, and a tangent of 0 through every other step: 0·inf is NaN.
ONLY_BY_DUAL = {
    "where(x > 0, log(x), 0.0*x)": 0,
    "where(x > 0, sqrt(x), 0.0*x)": 0,
    "log(sum(exp(x)))": [NAN] * 3,
}

CASES = [pytest.param(*case, id=f"{case[0]} at {case[2]}") for case in KINKS + OWN_KINKS]


@pytest.mark.parametrize(("expr", "f", "at", "expected"), CASES)
def test_reverse(expr, f, at, expected):
    np.testing.assert_allclose(gradient(f, at), expected)
    np.testing.assert_allclose(gradient(f, at, "reverse", retrace=True), expected)
    np.testing.assert_allclose(program(f, at)(at)[1], expected)


@pytest.mark.parametrize(("expr", "f", "at", "expected"), CASES)
def test_dual(expr, f, at, expected):
    expected = ONLY_BY_DUAL.get(expr, expected)
    np.testing.assert_allclose(gradient(f, at, "dual"), expected)
    with np.errstate(all="ignore"):
        slopes = [jvp(f, np.array(at), v.reshape(np.shape(at)))[1] for v in np.eye(np.size(at))]
    np.testing.assert_allclose(np.reshape(slopes, np.shape(at)), expected)


@pytest.mark.parametrize(("expr", "f", "at", "expected"), [case for case in CASES if np.ndim(case.values[2]) == 0])
def test_an_array_of_one_is_no_different_from_a_number(expr, f, at, expected):
    np.testing.assert_allclose(gradient(lambda x: f(x[0]), [at]), [expected])
    np.testing.assert_allclose(gradient(lambda x: np.sum(f(x)), [at]), [expected])
    np.testing.assert_allclose(gradient(lambda x: np.sum(f(x)), [at], "dual"), [ONLY_BY_DUAL.get(expr, expected)])


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (np.abs, 0.0),
        (lambda x: np.maximum(x, 0), 0.0),
        (lambda x: np.minimum(x, 0), 0.0),
        (lambda x: np.clip(x, 0, 1), 0.0),
        (lambda x: np.clip(x, 0, 1), 1.0),
        (lambda x: np.max(np.stack([x, -x])), 0.0),
    ],
)
def test_a_shared_derivative_is_what_central_differences_see(f, at):
    np.testing.assert_allclose(gradient(f, at), gradient(f, at, "numeric"), atol=1e-9)


@pytest.mark.skipif(not PEERS, reason=f"the reference vectors are not at {FILE}")
def test_every_kink_of_the_reference_is_in_the_table():
    assert [(p["expr"], p["x"]) for p in PEERS] == [(expr, at) for expr, _, at, _ in KINKS]


@pytest.mark.parametrize("peer", [pytest.param(p, id=f"{p['expr']} at {p['x']}") for p in PEERS])
def test_one_of_the_peers_has_the_same_convention(peer):
    expected = next(value for expr, _, at, value in KINKS if (expr, at) == (peer["expr"], peer["x"]))
    others = [peer[name] for name in ("jax", "torch", "autograd") if not str(peer[name]).startswith("error")]
    assert any(np.array_equal(np.array(other, float), np.array(expected, float), equal_nan=True) for other in others)
