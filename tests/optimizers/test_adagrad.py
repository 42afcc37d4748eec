import numpy as np
import pytest

from gdlab.optimizers import Adadelta, Adagrad, RMSprop


def test_lecture_variant_moves_before_it_accumulates(parabola, path):
    walked = path(Adagrad(eps=1e-8, variant="lecture"), parabola, [0.0], 3)
    np.testing.assert_allclose(walked[1:, 0], [20000, 1.0000249987460847, 1.0000249974960849], rtol=1e-15)


def test_lecture_variant_throws_the_first_step_far_away(polynomial, path):
    walked = path(Adagrad(eps=1e-8, variant="lecture"), polynomial, [3.0, 4.0], 1)
    np.testing.assert_allclose(walked[1], [-239997, -99996], rtol=1e-15)


def test_published_variant_accumulates_before_it_moves(parabola, path):
    walked = path(Adagrad(lr=0.1), parabola, [0.0], 2)[:, 0]
    # g = −2 accumulates G = 4, a step of lr; then g = −1.8 accumulates G = 7.24.
    np.testing.assert_allclose(walked, [0, 0.1, 0.1 + 0.18 / np.sqrt(7.24)], rtol=1e-8)


def test_place_of_eps_is_what_tells_torch_from_published(parabola, path):
    ends = [path(Adagrad(lr=1, eps=1, variant=variant), parabola, [0.0], 1)[1, 0] for variant in ("published", "torch")]
    np.testing.assert_allclose(ends, [2 / np.sqrt(5), 2 / 3], rtol=1e-15)


def test_centred_rmsprop_divides_by_the_standard_deviation(parabola, path):
    walked = path(RMSprop(lr=0.1, rho=0.75, eps=0.5, centered=True), parabola, [0.0], 1)[1, 0]
    # g = −2: v = 1 and m = −0.5, a deviation of √0.75.
    assert walked == pytest.approx(0.1 * 2 / (0.75**0.5 + 0.5), rel=1e-14)


def test_centred_rmsprop_survives_a_gradient_that_does_not_change(path):
    slope = type("Slope", (), {"gradient": staticmethod(lambda w: np.full_like(w, 0.1))})
    walked = path(RMSprop(lr=1e-12, rho=0.5, centered=True), slope, [0.0], 300)
    assert np.isfinite(walked).all()


def test_momentum_of_rmsprop_gathers_scaled_gradients(parabola, path):
    published = path(RMSprop(lr=0.1, rho=0.0, eps=1e-12, momentum=0.5), parabola, [0.0], 3)[:, 0]
    # With ρ = 0 every scaled gradient is −1: steps of 0.1 × (1, 1.5, 1.75).
    np.testing.assert_allclose(published, [0, 0.1, 0.25, 0.425], rtol=1e-10)


def test_adadelta_starts_with_steps_of_the_root_of_eps(parabola, path):
    walked = path(Adadelta(rho=0.0, eps=1e-6), parabola, [0.0], 1)[1, 0]
    assert walked == pytest.approx(1e-3 * 2 / np.sqrt(4 + 1e-6), rel=1e-14)
