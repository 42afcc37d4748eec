"""Complex steps: exact where NumPy's own complex functions are not the real function continued."""

import numpy as np
import pytest

from gdlab.autodiff import Cost, bind, gradient, hessian, logsumexp, relu, sigmoid, softmax, softplus
from gdlab.autodiff.complex_step import complex_rule
from gdlab.autodiff.primitive import Elementwise
from gdlab.errors import BranchError, DifferentiationError, NanGradientWarning


def by_complex_step(f, w, **options):
    return gradient(f, w, "numeric", scheme="complex", **options)


X = np.array([0.4, -1.1, 0.8])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.abs(x) * x) + np.abs(x[1] - x[0]),
        lambda x: np.sum(x**3 + x**2 + x**-3) + x[1] ** 101,
        lambda x: np.sum((x * x) ** 0.7) + 2.0 ** x[1] + np.abs(x[1]) ** x[0],
        lambda x: np.sum(np.sign(x) * x) + np.sum(np.floor(3 * x) * x) + np.sum(x % 0.3),
        lambda x: np.max(x) * np.min(x) + np.ptp(x * x) + np.sum(np.clip(x, -1, 0.5)),
        lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), x**2)),
        lambda x: np.linalg.norm(x) + np.linalg.norm(x, 1) + np.linalg.norm(x, np.inf) + np.linalg.norm(x, 3),
        lambda x: np.arctan2(x[0], x[1]) + np.arctan2(x[1], x[0]) + np.arctan2(-x[0], 5 * x[2]) + np.hypot(x[0], x[2]),
        lambda x: np.sum(np.logaddexp(x, 800 * x[::-1])) + logsumexp(900 * x) + np.sum(softplus(900 * x)),
        lambda x: np.sum(sigmoid(900 * x)) + softmax(x)[1] + np.sum(np.tanh(900 * x)) + np.sum(relu(x)),
        lambda x: np.linalg.slogdet(np.outer(x, x) - np.eye(3))[1] + np.linalg.det(np.eye(3) + np.outer(x, x)),
        lambda x: np.sum(np.linalg.solve(np.eye(3) + np.outer(x, x), x)) + np.std(x) + np.prod(x),
        lambda x: np.sum(np.cbrt(x)) + np.log(np.abs(x[1])) + np.log1p(x[0]) + np.arcsin(x[0]) * np.arccosh(2 + x[2]),
        lambda x: np.sum((x > 0) * x) + np.count_nonzero(x) * x[0] + np.sum(x.astype(np.float64)[[0, 0, 1]]),
    ],
)
def test_exact(f):
    np.testing.assert_allclose(by_complex_step(f, X), gradient(f, X), rtol=1e-12, atol=1e-12)
    derivatives = bind(f, X, "numeric", scheme="complex")
    with np.errstate(over="ignore"):
        value, slope = derivatives.value_and_gradient(X)
    np.testing.assert_array_equal(slope, derivatives.gradient(X))
    np.testing.assert_allclose(value, f(X))


@pytest.mark.parametrize("eps", [1e-8, 1e-20, 1e-100])
def test_the_step_may_be_tiny(eps):
    np.testing.assert_allclose(
        by_complex_step(lambda x: np.sum(np.exp(x) * x), X, eps=eps), np.exp(X) * (1 + X), rtol=1e-14
    )


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (np.abs, 0.0, 0),
        (lambda x: np.maximum(x, 0), 0.0, 0.5),
        (lambda x: np.minimum(x, 0), 0.0, 0.5),
        (relu, 0.0, 0),
        (lambda x: np.clip(x, 0, 1), 1.0, 0.5),
        (lambda x: x**1, 0.0, 1),
        (lambda x: x**3, 0.0, 0),
        (lambda x: 0.0**x, 1.0, 0),
        (np.max, [1.0, 1.0, 0.0], [0.5, 0.5, 0]),
        (np.min, [1.0, 1.0, 1.0], [1 / 3] * 3),
        (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
    ],
)
def test_kinks_as_by_the_other_methods(f, at, expected):
    np.testing.assert_allclose(by_complex_step(f, at), expected, atol=1e-30)


@pytest.mark.parametrize(
    "f",
    [
        np.sqrt,
        np.log,
        np.log2,
        np.log10,
        lambda x: np.log1p(x - 1),
        np.arccosh,
        lambda x: x**0.5,
        lambda x: np.arcsin(x - 1),
    ],
)
def test_outside_of_its_domain_a_function_is_nan(f):
    with pytest.warns(NanGradientWarning, match="the value is NaN"):
        assert np.isnan(by_complex_step(f, -0.5))


def test_a_branch_cannot_be_continued():
    with pytest.raises(BranchError):
        by_complex_step(lambda x: x[0] if x[0] > 0 else x[1], X)


def test_a_step_without_a_continuation_is_named():
    mine = Elementwise("bessel", np.i0, lambda z, x: x)
    with pytest.raises(DifferentiationError, match=r"complex step cannot take 'bessel'.*scheme='central'"):
        complex_rule(mine)


def test_shapes_dtypes_and_second_order():
    def f(w):
        return np.sum(w**3)

    for shape in [(), (2, 3), (0,)]:
        w = np.ones(shape)
        slope = by_complex_step(f, w)
        assert slope.shape == shape
        np.testing.assert_allclose(slope, 3 * w)
    single = by_complex_step(f, X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, 3 * X**2, rtol=1e-6)
    np.testing.assert_allclose(hessian(f, X, "numeric", scheme="complex"), np.diag(6 * X), atol=1e-8)


def test_what_is_charged():
    derivatives = bind(lambda w: np.sum(w**3), X, "numeric", scheme="complex")
    assert derivatives.cost_of_gradient == Cost(evaluations=3)
    assert derivatives.cost_of_value_and_gradient == Cost(evaluations=4)
    assert derivatives.cost_of_hessian == Cost(evaluations=18)
