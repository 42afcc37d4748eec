import numpy as np
import pytest

from gdlab.optimizers import GD, NAG, Momentum


@pytest.mark.parametrize(
    ("optimizer", "points"),
    [
        (GD(lr=0.1), [0, 0.2, 0.36, 0.488, 0.5904, 0.67232]),
        (GD(lr=0.5), [0, 1, 1, 1]),
        (GD(lr=1.0), [0, 2, 0, 2, 0]),
        (Momentum(lr=0.1, gamma=0.9), [0, 0.2, 0.54, 0.938, 1.3086, 1.58042]),
        (Momentum(lr=0.1, gamma=0.9, variant="torch"), [0, 0.2, 0.54, 0.938, 1.3086, 1.58042]),
        (NAG(lr=0.1, gamma=0.9), [0, 0.2, 0.504, 0.82208, 1.0866816, 1.259858432]),
    ],
    ids=lambda value: repr(value) if not isinstance(value, list) else "",
)
def test_points_on_the_parabola_are_those_computed_by_hand(optimizer, points, parabola, path):
    walked = path(optimizer, parabola, [0.0], len(points) - 1)
    np.testing.assert_allclose(walked[:, 0], points, rtol=1e-14, atol=1e-15)


def test_losses_of_gradient_descent_on_the_parabola(parabola, path):
    walked = path(GD(lr=0.1), parabola, [0.0], 3)
    losses = [parabola.value(w) for w in walked[1:]]
    np.testing.assert_allclose(losses, [4.64, 4.4096, 4.262144], rtol=1e-15)


@pytest.mark.parametrize(("lr", "converges"), [(0.01, True), (0.99, True), (1.0, False), (1.01, False)])
def test_gradient_descent_on_the_parabola_converges_below_a_step_size_of_one(lr, converges, parabola, path):
    last = path(GD(lr=lr), parabola, [0.0], 2000)[-1, 0]
    assert bool(abs(last - 1) < 1e-12) is converges


def test_gradient_descent_runs_down_the_polynomial_that_is_unbounded_below(polynomial, path):
    walked = path(GD(lr=0.1), polynomial, [3.0, 4.0], 3)
    losses = [polynomial.value(w) for w in walked[1:]]
    np.testing.assert_allclose(losses, [6.08, 5.0289664, 4.78723], rtol=1e-6)


def test_gradient_descent_with_a_small_step_is_not_finite_at_step_710(polynomial, path):
    with np.errstate(all="ignore"):
        walked = path(GD(lr=0.01), polynomial, [3.0, 4.0], 710)
        finite = np.isfinite([polynomial.value(w) for w in walked])
    assert finite[:710].all()
    assert not finite[710]


def test_gradient_descent_on_a_quadratic_follows_the_closed_form(path):
    curvature, lowest = np.array([0.5, 1.0, 3.0]), np.array([1.0, -2.0, 0.25])
    quadratic = type("Quadratic", (), {"gradient": staticmethod(lambda w: curvature * (w - lowest))})
    start = np.array([4.0, 4.0, -4.0])
    walked = path(GD(lr=0.3), quadratic, start, 50)
    k = np.arange(51)[:, None]
    np.testing.assert_allclose(walked, lowest + (1 - 0.3 * curvature) ** k * (start - lowest), rtol=1e-12)


def test_variants_of_momentum_differ_once_the_step_size_changes(parabola):
    ends = {}
    for variant in ("published", "torch"):
        w = np.zeros(1)
        v = Momentum().init(w)
        for lr in (0.1, 0.01):
            w, v = Momentum(lr=lr, variant=variant).step(parabola, w, v)
        ends[variant] = w[0]
    # v = 0.2, then v = 0.9·0.2 + 0.01·1.6; and v = 2, then v = 0.9·2 + 1.6 taken times 0.01, both from w = 0.2.
    assert ends["published"] == pytest.approx(0.2 + 0.196, rel=1e-14)
    assert ends["torch"] == pytest.approx(0.2 + 0.034, rel=1e-14)


def test_the_two_forms_of_nag_are_one_path_seen_from_two_points(parabola, path):
    ahead = path(NAG(lr=0.1, gamma=0.9), parabola, [0.0], 20)[:, 0]
    torch = path(NAG(lr=0.1, gamma=0.9, variant="torch"), parabola, [0.0], 20)[:, 0]
    v = -np.diff(ahead)
    np.testing.assert_allclose(torch[1:], ahead[1:] - 0.9 * v, rtol=1e-13)


def test_nag_asks_for_one_gradient_a_step(parabola, path):
    path(NAG(), parabola, [0.0], 7)
    assert parabola.calls == {"value": 0, "gradient": 7}
