import math
from typing import get_args

import numpy as np
import pytest

from gdlab.problems.networks.activations import ACTIVATIONS, Activation


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("sigmoid", [0.0, math.log(3), -math.log(3), 800.0, -800.0], [0.5, 0.75, 0.25, 1.0, 0.0]),
        ("tanh", [0.0, math.log(2), 800.0, -800.0], [0.0, 0.6, 1.0, -1.0]),
        ("relu", [0.0, 2.0, -2.0], [0.0, 2.0, 0.0]),
    ],
)
def test_values(name, z, expected):
    np.testing.assert_allclose(ACTIVATIONS[name](np.array(z)), expected, rtol=1e-15)


def test_every_allowed_word_has_its_row():
    assert tuple(ACTIVATIONS) == get_args(Activation)
