import numpy as np
import pytest

from gdlab.optimizers import Adam, AdamW, NAdam, RAdam


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
    w, m, v, product, expected = 0.0, 0.0, 0.0, 1.0, []

    def mu(k):
        return beta1 * (1 - 0.5 * 0.96 ** (decay * k))

    for k in range(1, 21):
        g = 2 * w - 2
        product *= mu(k)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        g_hat, m_hat = g / (1 - product), m / (1 - product * mu(k + 1))
        m_bar = (1 - mu(k)) * g_hat + mu(k + 1) * m_hat
        w -= lr * m_bar / ((v / (1 - beta2**k)) ** 0.5 + eps)
        expected.append(w)
    walked = path(NAdam(lr, beta1, beta2, eps, decay), parabola, [0.0], 20)
    np.testing.assert_allclose(walked[1:, 0], expected, rtol=1e-13)


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
def test_radam_trusts_v_after_as_many_steps_in_either_precision(variant, first, dtype, walk):
    # With β₁ = 0 and a constant gradient of 100 a step is 100·lr until v is trusted, then at most lr.
    slope = type("Slope", (), {"gradient": staticmethod(lambda w: np.full_like(w, 100))})
    points, _ = walk(RAdam(lr=1.0, beta1=0.0, variant=variant), slope, np.zeros(1, dtype), 8)
    lengths = -np.diff(np.ravel(points))
    assert list(lengths > 50) == [True] * (first - 1) + [False] * (9 - first)
