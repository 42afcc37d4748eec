"""Derivatives of derivatives through the public functions: any method inside any other, no level confused."""

import itertools

import numpy as np
import pytest

from gdlab.autodiff import Dual, bind, gradient, hessian, hvp, jvp, value_and_gradient
from gdlab.autodiff.graph import constant, evaluate, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients

OPTIONS = {
    "reverse": {"method": "reverse"},
    "dual": {"method": "dual"},
    "retraced": {"method": "reverse", "retrace": True},
    "numeric": {"method": "numeric"},
}
PAIRS = list(itertools.product(OPTIONS, repeat=2))
EXACT = [pair for pair in PAIRS if "numeric" not in pair]
every_pair = pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=map(" over ".join, PAIRS))
exact_pair = pytest.mark.parametrize(("outer", "inner"), EXACT, ids=map(" over ".join, EXACT))
TRIPLES = list(itertools.product(["reverse", "dual", "retraced"], repeat=3))


def d(f, x, method):
    """The derivative of a function of one number."""
    return gradient(f, x, **OPTIONS[method])


def near(found, expected):
    # Differences of differences keep five to six digits: their steps are those of a first derivative.
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


CONFUSIONS = {
    # what is differentiated by x: the function, the point, and the derivative there
    "x·d/dy (x + y)": (lambda x, dy: x * dy(lambda y: x + y, 1.0), 1.0, 1),
    "x·d/dy (x·y)": (lambda x, dy: x * dy(lambda y: x * y, 2.0), 3.0, 6),
    "d/dy (x·y²) at y = x": (lambda x, dy: dy(lambda y: x * y**2, x), 3.0, 12),
    "d/dy (x²·y³) at y = x": (lambda x, dy: dy(lambda y: x**2 * y**3, x), 2.0, 96),
    "x·d/dy y² at 3": (lambda x, dy: x * dy(lambda y: y**2, 3.0), 5.0, 6),
    "d/dy x, which does not depend on y": (lambda x, dy: x * dy(lambda y: x, 1.0), 5.0, 0),
    "d/dy y at y = x": (lambda x, dy: x**2 * dy(lambda y: y, x), 5.0, 10),
    "a constant inside": (lambda x, dy: x * dy(lambda y: 2.0, x), 5.0, 0),
    "d/dy sin(x·y) at y = 2x": (
        lambda x, dy: dy(lambda y: np.sin(x * y), 2 * x),
        0.7,
        np.cos(0.98) - 2.8 * 0.7 * np.sin(0.98),
    ),
    "d/dy where(x > y, x·y, y²) at 1": (lambda x, dy: dy(lambda y: np.where(x > y, x * y, y**2), 1.0), 3.0, 1),
    "max": (lambda x, dy: dy(lambda y: np.max(np.stack([x * y, y, x])), 2.0), 3.0, 1),
}
DEEP_CONFUSIONS = {
    "x·d/dy d/dz (x·y·z)": (lambda x, dy: x * dy(lambda y: dy(lambda z: x * y * z, 4.0), 5.0), 3.0, 6),
    "d/dy (x·d/dz (y·z²) at z = x·y)": (lambda x, dy: dy(lambda y: x * dy(lambda z: y * z**2, x * y), 2.0), 3.0, 48),
}


@every_pair
@pytest.mark.parametrize("what", CONFUSIONS)
def test_no_confusion_of_perturbations(what, outer, inner):
    f, at, expected = CONFUSIONS[what]
    near(d(lambda x: f(x, lambda g, y: d(g, y, inner)), at, outer), expected)


@exact_pair
@pytest.mark.parametrize("what", DEEP_CONFUSIONS)
def test_no_confusion_of_three_levels(what, outer, inner):
    f, at, expected = DEEP_CONFUSIONS[what]
    near(d(lambda x: f(x, lambda g, y: d(g, y, inner)), at, outer), expected)


@every_pair
def test_second_derivative_of_a_power(outer, inner):
    near(d(lambda x: d(lambda y: y**5, x, inner), 2.0, outer), 20 * 2**3)


@pytest.mark.parametrize("methods", TRIPLES, ids=map(" over ".join, TRIPLES))
def test_third_derivative_of_a_power(methods):
    a, b, c = methods
    found = d(lambda x: d(lambda y: d(lambda z: z**5, y, c), x, b), 2.0, a)
    assert found.shape == ()
    np.testing.assert_allclose(found, 60 * 2**2)


def f(w):
    return np.sum(np.sin(w) * w[::-1] ** 2) + np.prod(w)


W = np.array([0.4, -1.1, 0.8])
V = np.array([1.0, 0.5, -2.0])
H = hessian(f, W)
G = gradient(f, W)


@exact_pair
def test_the_derivative_of_a_gradient_along_a_direction_is_the_hessian_product(outer, inner):
    np.testing.assert_allclose(gradient(lambda w: gradient(f, w, **OPTIONS[inner]) @ V, W, **OPTIONS[outer]), H @ V)
    np.testing.assert_allclose(
        gradient(lambda w: np.sum(gradient(f, w, **OPTIONS[inner]) ** 2), W, **OPTIONS[outer]), 2 * H @ G
    )


@pytest.mark.parametrize("method", OPTIONS)
def test_a_hessian_vector_product_is_the_hessian_times_the_vector(method):
    derivatives = bind(f, W, **OPTIONS[method])
    tolerance = 1e-5 if method == "numeric" else 1e-12
    np.testing.assert_allclose(derivatives.hvp(W, V), derivatives.hessian(W) @ V, atol=tolerance)
    np.testing.assert_allclose(derivatives.hvp(W, 0 * V), np.zeros(3))


@exact_pair
def test_derivatives_of_second_derivatives(outer, inner):
    third = gradient(lambda w: hvp(f, w, V, **OPTIONS[inner]) @ V, W, **OPTIONS[outer])
    step = 1e-3
    sides = [V @ hessian(f, W + s * step * e) @ V for e in np.eye(3) for s in (-2, -1, 1, 2)]
    expected = [(a - 8 * b + 8 * c - e) / (12 * step) for a, b, c, e in np.reshape(sides, (3, 4))]
    np.testing.assert_allclose(third, expected, rtol=1e-7)
    trace = gradient(lambda w: np.trace(hessian(f, w, **OPTIONS[inner])), W, **OPTIONS[outer])
    sides = [np.trace(hessian(f, W + s * step * e)) for e in np.eye(3) for s in (-2, -1, 1, 2)]
    expected = [(a - 8 * b + 8 * c - e) / (12 * step) for a, b, c, e in np.reshape(sides, (3, 4))]
    np.testing.assert_allclose(trace, expected, rtol=1e-7)


@exact_pair
def test_the_derivative_of_a_descent_step_by_its_length(outer, inner):
    def after(lr):
        value, slope = value_and_gradient(f, W, **OPTIONS[inner])
        return f(W - lr * slope) + 0 * value

    np.testing.assert_allclose(gradient(after, 0.1, **OPTIONS[outer]), -gradient(f, W - 0.1 * G) @ G)

    def after_two(lr):
        w = W
        for _ in range(2):
            w = w - lr * gradient(f, w, **OPTIONS[inner])
        return f(w)

    step = 1e-5
    np.testing.assert_allclose(
        gradient(after_two, 0.1, **OPTIONS[outer]),
        (after_two(0.1 + step) - after_two(0.1 - step)) / (2 * step),
        rtol=1e-6,
    )


@exact_pair
def test_closing_over_an_array(outer, inner):
    # ∂/∂x Σ c·∂/∂y Σ (x·y)³ = ∂/∂x Σ 3c·x³y² = 9c·x²y²
    y, c = np.array([2.0, 0.5, -1.0]), np.array([1.0, 3.0, 2.0])

    def outer_function(x):
        return c @ gradient(lambda z: np.sum((x * z) ** 3), y, **OPTIONS[inner])

    np.testing.assert_allclose(gradient(outer_function, W, **OPTIONS[outer]), 9 * c * W**2 * y**2)


@pytest.mark.parametrize("inner", ["reverse", "dual", "retraced"])
def test_dual_numbers_by_hand_around_a_gradient(inner):
    value, slope = jvp(lambda w: gradient(f, w, **OPTIONS[inner]), W, V)
    np.testing.assert_allclose(value, G)
    np.testing.assert_allclose(slope, H @ V)


@pytest.mark.parametrize("outer", ["reverse", "dual", "retraced"])
def test_a_gradient_around_dual_numbers_by_hand(outer):
    np.testing.assert_allclose(gradient(lambda w: jvp(f, w, V)[1], W, **OPTIONS[outer]), H @ V)
    np.testing.assert_allclose(gradient(lambda x: (Dual(x, 1.0) * Dual(x, 2.0)).tangent, 5.0, **OPTIONS[outer]), 3)


def branching(x):
    return lambda y: x * y**3 if y > 0 else x**2 * y


@pytest.mark.parametrize("inner", ["dual", "retraced"])
@pytest.mark.parametrize("outer", ["dual", "retraced", "reverse"])
def test_a_branch_on_the_inner_variable(outer, inner):
    near(d(lambda x: d(branching(x), 2.0, inner), 3.0, outer), 12)
    near(d(lambda x: d(branching(x), -2.0, inner), 3.0, outer), 6)


@pytest.mark.parametrize("inner", ["dual", "retraced"])
@pytest.mark.parametrize("outer", ["dual", "retraced"])
def test_a_branch_on_both(outer, inner):
    near(d(lambda x: d(branching(x), x, inner), 3.0, outer), 81)
    near(d(lambda x: d(branching(x), x, inner), -3.0, outer), -6)


def test_the_result_of_a_nested_derivative_is_plain_at_the_top():
    assert isinstance(gradient(lambda x: gradient(lambda y: x * y, x), 2.0), np.ndarray)
    assert isinstance(gradient(lambda w: gradient(f, w) @ V, W), np.ndarray)


@pytest.mark.parametrize("compiled", [False, True])
def test_third_order_of_a_graph_by_reverse_mode(compiled):
    w = variable("w", W)
    first = gradients(constant(f(w)), [w])[0]
    second = gradients(constant(np.sum(first * V)), [w])[0]
    third = gradients(constant(np.sum(second * V)), [w])[0]
    if compiled:
        program = Program({"w": w}, {"second": second, "third": third})
        program.arrays["w"][...] = W
        program.run()
        got = program.arrays["second"], program.arrays["third"]
    else:
        got = evaluate([second, third], {id(w): W})
    np.testing.assert_allclose(got[0], H @ V)
    np.testing.assert_allclose(got[1], gradient(lambda w: hvp(f, w, V, "dual") @ V, W, "dual"))
