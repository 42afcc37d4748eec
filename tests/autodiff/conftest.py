"""One check for any function: plain NumPy, dual numbers, reverse mode and differences against each other."""

import numpy as np
import pytest

from gdlab.autodiff import bind, jvp


def weighted(f, x):
    """f with its elements summed by weights of which no two are equal, so that none can be mistaken for another."""
    size = np.size(f(x))

    def scalar(w):
        out = f(w)
        return np.sum(np.reshape(np.cos(1.0 + np.arange(size)), np.shape(out)) * out)

    return scalar


def check(f, x, *, rtol=1e-10):
    """Value, gradient and Hessian of f at x by every method; f may return an array of any shape.

    Raises:
        AssertionError: if two of them disagree.
    """
    x = np.asarray(x)
    direction = np.cos(np.arange(x.size)).reshape(x.shape)
    value, slope = jvp(f, x, direction)
    expected = f(x)
    assert np.shape(value) == np.shape(expected)
    np.testing.assert_allclose(value, expected, rtol=rtol, atol=rtol)

    scalar = weighted(f, x)
    reverse, dual, numeric = (bind(scalar, x, method) for method in ("reverse", "dual", "numeric"))
    total, gradient = reverse.value_and_gradient(x)
    scale = 1 + np.max(np.abs(gradient), initial=0)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(total, scalar(x), rtol=rtol, atol=rtol)
    np.testing.assert_allclose(np.sum(weighted(lambda _: slope, x)(x)), np.sum(gradient * direction), atol=rtol * scale)
    np.testing.assert_allclose(dual.gradient(x), gradient, atol=rtol * scale)
    np.testing.assert_allclose(numeric.gradient(x), gradient, atol=1e-6 * scale)

    hessian = reverse.hessian(x)
    scale = 1 + np.max(np.abs(hessian), initial=0)
    np.testing.assert_allclose(hessian, hessian.T, atol=rtol * scale)
    np.testing.assert_allclose(dual.hessian(x), hessian, atol=rtol * scale)


@pytest.fixture(scope="session")
def agree():
    return check
