import math

import numpy as np
import pytest

from gdlab.problems.networks.criteria import binary_cross_entropy, squared


def test_squared_is_a_mean_over_rows_and_outputs():
    assert squared(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])) == (0 + 1 + 4 + 16) / 4


@pytest.mark.parametrize(
    ("z", "y", "expected"),
    [
        (0.0, 0.0, math.log(2)),
        (0.0, 1.0, math.log(2)),
        (math.log(3), 1.0, math.log(4 / 3)),
        (math.log(3), 0.0, math.log(4)),
        (5.0, 1.0, 0.006715348489117967),  # log(1 + exp(−yf)) at y = 1, f = 5
        (-5.0, 0.0, 0.006715348489117967),
        (1000.0, 0.0, 1000.0),
        (1000.0, 1.0, 0.0),
        (-1000.0, 1.0, 1000.0),
        (-1000.0, 0.0, 0.0),
    ],
)
def test_binary_cross_entropy_is_exact_at_any_size(z, y, expected):
    assert binary_cross_entropy(np.array([[z]]), np.array([[y]])) == pytest.approx(expected, rel=1e-13)
