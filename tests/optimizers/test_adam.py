import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import Adam


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


def test_step_size_of_the_lecture_variant_is_refused_not_ignored():
    with pytest.raises(ParameterError, match=r"adam: lr = 0\.1 is not allowed with variant 'lecture'.*leave lr out"):
        Adam(lr=0.1, variant="lecture")
