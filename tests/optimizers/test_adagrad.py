import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import Adagrad


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


def test_step_size_of_the_lecture_variant_is_refused_not_ignored():
    with pytest.raises(ParameterError, match=r"adagrad: lr = 0\.1 is not allowed with variant 'lecture'.*leave lr out"):
        Adagrad(lr=0.1, variant="lecture")
