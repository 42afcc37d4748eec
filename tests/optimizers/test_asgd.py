import numpy as np
import pytest

from gdlab.optimizers import ASGD


def test_average_starts_after_t0_steps(parabola, walk):
    points, state = walk(ASGD(lr=0.1, lambd=0.0, t0=3), parabola, np.array([0.0]), 7)
    # Step 5, with 4 = t0 + 1 steps done, is the last to replace the average; later points enter with equal weight.
    assert state.ax == pytest.approx(np.mean(points[5:]), rel=1e-14)


def test_until_then_the_average_follows_the_point(parabola, walk):
    points, state = walk(ASGD(lr=0.1), parabola, np.array([0.0]), 7)
    assert ASGD().solution(points[-1], state) == pytest.approx(points[-1], rel=1e-15)


def test_a_run_averages_its_second_half_unless_told():
    assert ASGD().fitted(200, 0).t0 == 100
    assert ASGD(t0=7).fitted(200, 0).t0 == 7
    assert ASGD(variant="torch").fitted(200, 0).t0 is None


def test_step_size_falls_with_a_power_of_the_steps_done(parabola, path):
    rule = ASGD(lr=0.1, lambd=0.5, alpha=2.0)
    w, expected = 0.0, [0.0]
    for k in range(6):
        eta = 0.1 / (1 + 0.5 * 0.1 * k) ** 2
        w = w * (1 - 0.5 * eta) - eta * (2 * w - 2)
        expected.append(w)
    np.testing.assert_allclose(path(rule, parabola, [0.0], 6)[:, 0], expected, rtol=1e-13)
