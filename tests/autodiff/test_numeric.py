"""Differences to the last digit where they are published, their default steps, and their costs."""

import numpy as np
import pytest

from gdlab.autodiff import Cost, bind, gradient, hessian, hvp, relu, sigmoid


def polynomial(w):
    return w[0] ** 2 * w[1] + w[1] + 2


@pytest.mark.parametrize(
    ("eps", "expected"),
    [(1e-4, [24.000400000048216, 10.000000000047748]), (1e-5, [24.000039999805264, 10.000000000331966])],
)
def test_forward_differences_to_the_last_digit(eps, expected):
    assert gradient(polynomial, [3, 4], "numeric", scheme="forward", eps=eps).tolist() == expected


def test_forward_differences_of_forward_differences_to_the_last_digit():
    expected = [[7.999999951380232, 6.000099261882497], [6.000099261882497, -1.4210854715202004e-06]]
    assert hessian(polynomial, [3, 4], "numeric", scheme="forward", eps=1e-4).tolist() == expected


@pytest.mark.parametrize(
    ("f", "expected"),
    [(np.sign, 1000000.0), (sigmoid, 0.2500000000349445), (np.tanh, 0.9999999999996667), (relu, 0.5)],
)
def test_central_differences_of_activations_at_0_to_the_last_digit(f, expected):
    assert gradient(f, 0.0, "numeric", eps=1e-6) == expected


@pytest.mark.parametrize(("eps", "error"), [(1e-4, 4.0e-4), (1e-7, 3.5e-7), (1e-8, 1.46e-7), (1e-12, 2.1e-3)])
def test_the_error_falls_with_the_step_and_rises_again(eps, error):
    found = gradient(polynomial, [3, 4], "numeric", scheme="forward", eps=eps)[0]
    np.testing.assert_allclose(abs(found - 24), error, rtol=0.02)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("scheme", ["forward", "central"])
def test_default_steps_fit_precision_and_size(scheme, scale, dtype):
    w = (scale * np.array([0.7, -1.3, 2.1])).astype(dtype)

    def f(x):
        return np.sum(np.sin(x / dtype(scale)) * dtype(scale))

    order = 1 / 2 if scheme == "forward" else 2 / 3
    reached = 20 * np.finfo(dtype).eps ** order
    np.testing.assert_allclose(gradient(f, w, "numeric", scheme=scheme), np.cos(w / scale), atol=reached)


def test_second_order_is_central_unless_a_step_is_given():
    w = np.array([1.2, -0.4])
    exact = hessian(polynomial, w)
    np.testing.assert_allclose(hessian(polynomial, w, "numeric", scheme="forward"), exact, atol=1e-5)
    np.testing.assert_allclose(hvp(polynomial, w, [1.0, 2.0], "numeric", scheme="forward"), exact @ [1, 2], atol=1e-5)
    assert np.max(np.abs(hessian(polynomial, w, "numeric", scheme="forward", eps=1e-4) - exact)) > 1e-5


@pytest.mark.parametrize(
    ("options", "gradients", "hessians"),
    [
        ({"scheme": "forward", "eps": 1e-4}, 4, 16),
        ({"scheme": "central", "eps": 1e-4}, 6, 36),
        ({"scheme": "forward"}, 4, 36),
        ({"scheme": "central"}, 6, 36),
    ],
)
def test_what_is_charged_is_what_is_evaluated(options, gradients, hessians):
    calls = []

    def f(w):
        calls.append(1)
        return float(np.sum(np.asarray(w) ** 2))  # float() cannot be traced: every evaluation is a call

    derivatives = bind(f, np.ones(3), "numeric", **options)
    derivatives.value(np.ones(3))
    for ask, cost in (
        (derivatives.gradient, derivatives.cost_of_gradient),
        (derivatives.value_and_gradient, derivatives.cost_of_value_and_gradient),
        (derivatives.hessian, derivatives.cost_of_hessian),
        (lambda w: derivatives.hvp(w, w), derivatives.cost_of_hvp),
    ):
        ask(np.ones(3))  # whatever is bound at the first call is bound now
        calls.clear()
        ask(np.ones(3))
        assert cost == Cost(evaluations=len(calls))
    assert derivatives.cost_of_gradient == Cost(evaluations=gradients)
    assert derivatives.cost_of_hessian == Cost(evaluations=hessians)
