import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import Lion, Rprop, SignSGD


def test_sign_descent_takes_steps_of_one_length(polynomial, path):
    np.testing.assert_allclose(path(SignSGD(lr=0.5), polynomial, [3.0, -4.0], 2), [[3, -4], [3.5, -4.5], [4, -5]])


def test_lion_steps_along_its_blend_and_remembers_more_slowly(parabola):
    rule = Lion(lr=0.1, beta1=0.5, beta2=0.75, weight_decay=0.2)
    w, m = rule.step(parabola, np.array([3.0]), np.array([-6.0]))
    # g = 4 and c = (−6 + 4)/2 is negative: up by lr, down by lr·λ·w.
    np.testing.assert_allclose(w, [3 + 0.1 - 0.1 * 0.2 * 3])
    np.testing.assert_allclose(m, [0.75 * -6 + 0.25 * 4])


@pytest.mark.parametrize(
    ("variant", "points"),
    [
        # Steps 0.6, 0.72, then the gradient has turned: the published rule goes back to 0.6 and tries 0.36 from there.
        ("published", [0, 0.6, 1.32, 0.6, 0.96, 1.392]),
        # Without going back the turned coordinate rests, and tries 0.36 from where it is.
        ("torch", [0, 0.6, 1.32, 1.32, 0.96, 0.96]),
    ],
)
def test_rprop_lengthens_its_step_until_the_gradient_turns(variant, points, parabola, path):
    walked = path(Rprop(lr=0.6, variant=variant), parabola, [0.0], 5)[:, 0]
    np.testing.assert_allclose(walked, points, rtol=1e-12)


def test_rprop_keeps_its_step_within_bounds(parabola, walk):
    far = np.array([1e6])
    assert walk(Rprop(lr=1.0, delta_max=3.0), parabola, far, 20)[1].delta == 3.0
    assert walk(Rprop(lr=1.0, delta_min=0.25), parabola, np.array([0.0]), 200)[1].delta >= 0.25


def test_rprop_sees_signs_of_gradients_whose_product_is_zero_in_floating_point(walk, parabola):
    tiny = type("Tiny", (), {"gradient": staticmethod(lambda w: np.full_like(w, 1e-200))})
    points, _ = walk(Rprop(lr=1.0), tiny, np.array([0.0]), 2)
    np.testing.assert_allclose(np.ravel(points), [0, -1, -2.2])


def test_rprop_refuses_a_shortest_step_above_the_longest():
    with pytest.raises(
        ParameterError, match=r"rprop: delta_min = 60\.0 is not allowed, it must be ≤ delta_max = 50\.0"
    ):
        Rprop(delta_min=60.0)
