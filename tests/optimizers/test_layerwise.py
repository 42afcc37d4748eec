import numpy as np
import pytest

from gdlab.optimizers import LAMB, NovoGrad


def test_lamb_moves_by_lr_times_the_norm_of_w(polynomial, path):
    walked = path(LAMB(lr=0.01, weight_decay=0.1), polynomial, [3.0, 4.0], 5)
    lengths = np.linalg.norm(np.diff(walked, axis=0), axis=1)
    np.testing.assert_allclose(lengths, 0.01 * np.linalg.norm(walked[:-1], axis=1), rtol=1e-12)


def test_lamb_adds_the_decay_to_its_direction(polynomial, path):
    # The first direction is sign(g) = (1, 1), up to eps; with λ = 1 it is (1 + 3, 1 + 4).
    walked = path(LAMB(lr=0.1, weight_decay=1.0), polynomial, [3.0, 4.0], 1)
    np.testing.assert_allclose(walked[1], [3 - 0.5 * 4 / 41**0.5, 4 - 0.5 * 5 / 41**0.5], rtol=1e-6)


def test_lamb_leaves_the_origin_as_adam_would(parabola, path):
    np.testing.assert_allclose(path(LAMB(lr=0.1), parabola, [0.0, 0.0], 1)[1], [0.1, 0.1], rtol=1e-5)


def test_novograd_starts_with_a_step_of_length_lr(polynomial, path):
    walked = path(NovoGrad(lr=0.1), polynomial, [3.0, 4.0], 1)
    np.testing.assert_allclose(walked[1], [3 - 2.4 / 26, 4 - 1 / 26], rtol=1e-8)


def test_novograd_follows_algorithm_1(parabola, path):
    lr, b1, b2, eps, decay = 0.05, 0.8, 0.6, 1e-3, 0.1
    w, m, v, expected = np.array([3.0, -1.0]), np.zeros(2), None, []
    for _ in range(20):
        g = 2 * w - 2
        v = g @ g if v is None else b2 * v + (1 - b2) * (g @ g)
        m = b1 * m + (g / (v**0.5 + eps) + decay * w)
        w = w - lr * m
        expected.append(w)
    walked = path(NovoGrad(lr, b1, b2, eps, decay), parabola, [3.0, -1.0], 20)
    np.testing.assert_allclose(walked[1:], expected, rtol=1e-11)


def test_norms_of_one_lane_do_not_reach_another(polynomial, walk):
    lanes = np.array([[3.0, 3000.0], [4.0, 4.0]])
    for rule in (LAMB(lr=0.1), NovoGrad(lr=0.1)):
        together, _ = walk(rule, polynomial, lanes, 3)
        alone, _ = walk(rule, polynomial, lanes[:, 0], 3)
        assert together[-1][:, 0] == pytest.approx(alone[-1], rel=1e-13)
