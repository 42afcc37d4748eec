import math
from fractions import Fraction

import numpy as np
import pytest

from gdlab.optimizers import Adam, Adamax, AdamW, AMSGrad, NAdam, RAdam
from gdlab.optimizers.moments import weight


@pytest.fixture
def slope():
    """An objective whose gradient is the same number everywhere."""
    return lambda g: type("Slope", (), {"gradient": staticmethod(lambda w: np.full_like(w, g))})


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.999, 0.99999])
def test_weight_of_an_average_is_as_exact_as_its_precision(beta):
    for k in (1, 2, 10, 1000):
        exact = float(1 - Fraction(beta) ** k)
        assert weight(beta, np.float32(k)) == pytest.approx(exact, rel=3e-7)
        assert weight(np.array([beta]), np.float64(k))[0] == pytest.approx(exact, rel=1e-10)


CORRECTING = [Adam(lr=1.0), AdamW(lr=1.0), AMSGrad(lr=1.0, variant="torch"), Adamax(lr=1.0), NAdam(lr=1.0)]


@pytest.mark.parametrize("rule", CORRECTING, ids=lambda rule: rule.name)
def test_first_step_in_single_precision_is_that_in_double(rule, slope, walk):
    """m and v are rounded once or twice; a correction computed as 1 − 0.999 would be off by 10⁻⁵."""
    single, double = (walk(rule, slope(0.7), np.zeros(1, dtype), 1)[0][1] for dtype in ("float32", "float64"))
    np.testing.assert_allclose(single, double, rtol=1e-6)


def test_lecture_variant_on_the_parabola(parabola, path):
    walked = path(Adam(variant="lecture"), parabola, [0.0], 20)[:, 0]
    expected = [0.9999999950000007, 1.6700582481198722, 1.7443756207991012, 1.4902276011621727]
    np.testing.assert_allclose(walked[1:5], expected, rtol=1e-13)
    assert walked[20] == pytest.approx(0.7299175510724498, rel=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "point"),
    [(Adam(variant="lecture"), (2.07692308, 3.61538462)), (Adam(lr=1), (2, 3))],
    ids=["lecture", "published"],
)
def test_first_step_from_a_gradient_of_24_and_10(optimizer, point, polynomial, path):
    np.testing.assert_allclose(path(optimizer, polynomial, [3.0, 4.0], 1)[1], point, atol=1e-8)


def test_published_variant_follows_algorithm_1(parabola, path):
    lr, beta1, beta2, eps = 0.1, 0.8, 0.95, 0.01
    w, m, v = 0.0, 0.0, 0.0
    expected = []
    for k in range(1, 11):
        g = 2 * w - 2
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**k), v / (1 - beta2**k)
        w -= lr * m_hat / (v_hat**0.5 + eps)
        expected.append(w)
    walked = path(Adam(lr=lr, beta1=beta1, beta2=beta2, eps=eps), parabola, [0.0], 10)
    np.testing.assert_allclose(walked[1:, 0], expected, rtol=1e-13)


def test_state_holds_the_moments_under_their_names(parabola):
    w = np.zeros(1)
    _, state = Adam().step(parabola, w, Adam().init(w))
    assert state._asdict() == pytest.approx({"k": 1, "m": -0.2, "v": 0.004})


def test_without_decay_it_is_a_step_of_lr_along_the_sign(parabola, path):
    walked = path(Adam(lr=0.1, beta1=0, beta2=0), parabola, [0.0], 3)[:, 0]
    np.testing.assert_allclose(walked, [0, 0.1, 0.2, 0.3], atol=1e-8)


def test_adamw_decays_w_itself(parabola, path):
    settings = {"lr": 0.1, "beta1": 0.8, "beta2": 0.95}
    decayed = path(AdamW(**settings, weight_decay=0.5), parabola, [3.0], 1)[1, 0]
    assert decayed == pytest.approx(path(Adam(**settings), parabola, [3.0], 1)[1, 0] - 0.1 * 0.5 * 3, rel=1e-14)


def test_nadam_follows_algorithm_2(parabola, path):
    lr, beta1, beta2, eps, decay = 0.1, 0.8, 0.95, 0.01, 0.3
    w, m, v, expected = 0.0, 0.0, 0.0, []
    mu = [beta1 * (1 - 0.5 * 0.96 ** (decay * k)) for k in range(22)]
    for k in range(1, 21):
        g = 2 * w - 2
        m, v = mu[k] * m + (1 - mu[k]) * g, beta2 * v + (1 - beta2) * g**2
        of_m = mu[k + 1] * m / (1 - math.prod(mu[1 : k + 2]))
        of_g = (1 - mu[k]) * g / (1 - math.prod(mu[1 : k + 1]))
        w -= lr * (of_m + of_g) / ((v / (1 - beta2**k)) ** 0.5 + eps)
        expected.append(w)
    walked = path(NAdam(lr, beta1, beta2, eps, decay), parabola, [0.0], 20)
    np.testing.assert_allclose(walked[1:, 0], expected, rtol=1e-13)


def test_nadam_divides_m_by_the_weight_of_what_has_entered_it(slope, walk):
    """With a constant gradient of 1, m is that weight, 1 − Πμ, only if m decays by the same μ as the correction."""
    _, state = walk(NAdam(lr=1.0), slope(1.0), np.zeros(1), 30)
    assert state.m[0] == pytest.approx(1 - state.p, rel=1e-13)
    _, state = walk(NAdam(lr=1.0, variant="torch"), slope(1.0), np.zeros(1), 3)
    assert state.m[0] < 0.6 * (1 - state.p)


@pytest.mark.parametrize("beta2", [0.5, 0.6, 0.9, 0.999])
@pytest.mark.parametrize(("variant", "threshold"), [("published", 4), ("torch", 5)])
def test_radam_follows_algorithm_2(beta2, variant, threshold, parabola, path):
    lr, beta1, eps = 0.1, 0.8, 1e-8
    rho_inf = 2 / (1 - beta2) - 1
    w, m, v, expected = 0.0, 0.0, 0.0, []
    for k in range(1, 21):
        g = 2 * w - 2
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        rho = rho_inf - 2 * k * beta2**k / (1 - beta2**k)
        step = lr * m / (1 - beta1**k)
        if rho > threshold:
            r = ((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
            step *= r * (1 - beta2**k) ** 0.5 / (v**0.5 + eps)
        w -= step
        expected.append(w)
    walked = path(RAdam(lr, beta1, beta2, eps, variant), parabola, [0.0], 20)
    np.testing.assert_allclose(walked[1:, 0], expected, rtol=1e-9)


@pytest.mark.parametrize(("variant", "first"), [("published", 5), ("torch", 6), ("optax", 6)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_radam_trusts_v_after_as_many_steps_in_either_precision(variant, first, dtype, slope, walk):
    # With β₁ = 0 and a constant gradient of 100 a step is 100·lr until v is trusted, then at most lr.
    points, _ = walk(RAdam(lr=1.0, beta1=0.0, variant=variant), slope(100), np.zeros(1, dtype), 8)
    lengths = -np.diff(np.ravel(points))
    assert list(lengths > 50) == [True] * (first - 1) + [False] * (9 - first)
