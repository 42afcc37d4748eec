import math

import numpy as np
import pytest

from gdlab.problems.separable_logistic import LABELS, POINTS, SeparableLogistic

loss = SeparableLogistic().loss


def test_the_loss_of_a_row_is_log_one_plus_exp_of_minus_the_margin():
    w = np.array([2.0, 2.0])
    assert POINTS[0] @ w == 4.0
    assert loss(w, np.array([0])) == pytest.approx(math.log1p(math.exp(-4)))


def test_it_falls_towards_zero_along_the_largest_margin():
    losses = [loss(np.full(2, size)) for size in (0.0, 1.0, 10.0, 100.0, 300.0)]
    assert losses == sorted(losses, reverse=True)
    assert 0 < losses[-1] < 1e-200


def test_the_largest_margin_lies_in_the_direction_that_the_docstring_names():
    angles = np.linspace(0, 2 * np.pi, 721)
    margins = [np.min(LABELS * (POINTS @ [math.cos(a), math.sin(a)])) for a in angles]
    assert angles[int(np.argmax(margins))] == pytest.approx(np.pi / 4)


@pytest.mark.parametrize("size", [-1_000.0, 1_000.0])
def test_it_is_finite_for_huge_parameters(size):
    assert np.isfinite(loss(np.full(2, size)))
