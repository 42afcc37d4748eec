import numpy as np
import pytest

from gdlab.optimizers import AdaBelief, Adamax, AMSGrad, Yogi

# Each rule in the words of its paper, one coordinate at a time, in plain numbers: the next step and the next memory.


def amsgrad(g, k, memory, lr, b1, b2, eps):
    m, v, v_max = memory
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    v_max = max(v_max, v)
    return lr * m / (v_max**0.5 + eps), (m, v, v_max)


def adamax(g, k, memory, lr, b1, b2, eps):
    m, u, _ = memory
    m, u = b1 * m + (1 - b1) * g, max(b2 * u, abs(g) + eps)
    return lr / (1 - b1**k) * m / u, (m, u, 0)


def adabelief(g, k, memory, lr, b1, b2, eps):
    m, s, _ = memory
    m = b1 * m + (1 - b1) * g
    s = b2 * s + (1 - b2) * (g - m) ** 2 + eps
    m_hat, s_hat = m / (1 - b1**k), s / (1 - b2**k)
    return lr * m_hat / (s_hat**0.5 + eps), (m, s, 0)


def yogi(g, k, memory, lr, b1, b2, eps):
    m, v, _ = memory
    m = b1 * m + (1 - b1) * g
    v = v - (1 - b2) * (1 if v > g**2 else -1 if v < g**2 else 0) * g**2
    return lr * m / (v**0.5 + eps), (m, v, 0)


@pytest.mark.parametrize(
    ("cls", "written_out"), [(AMSGrad, amsgrad), (Adamax, adamax), (AdaBelief, adabelief), (Yogi, yogi)]
)
def test_published_form_is_that_of_the_paper(cls, written_out, parabola, path):
    settings = (0.1, 0.8, 0.7, 1e-3)
    w, memory, expected = 0.0, (0.0, 0.0, 0.0), [0.0]
    for k in range(1, 61):
        step, memory = written_out(2 * w - 2, k, memory, *settings)
        w -= step
        expected.append(w)
    np.testing.assert_allclose(path(cls(*settings), parabola, [0.0], 60)[:, 0], expected, rtol=1e-11)


def test_yogi_lowers_v_no_faster_than_by_the_square_of_the_gradient(parabola):
    rule = Yogi(beta2=0.9)
    w = np.array([2.0])
    state = rule.init(w)._replace(v=np.array([100.0]))
    _, after = rule.step(parabola, w, state)
    assert after.v == pytest.approx(100 - 0.1 * 4)


def test_amsgrad_remembers_the_greatest_square(parabola, walk):
    (*_, w), state = walk(AMSGrad(lr=0.1), parabola, np.array([5.0]), 200)
    assert state.v < state.v_max
    assert w == pytest.approx(1.0, abs=0.1)
