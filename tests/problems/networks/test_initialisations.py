from typing import get_args

import numpy as np
import pytest

from gdlab.problems.networks.initialisations import INITIALISATIONS, Initialisation

COUNT = 40_000


@pytest.mark.parametrize(
    ("name", "deviation"),
    [("xavier", np.sqrt(2 / (6 + 10))), ("he", np.sqrt(2 / 6)), ("normal", 1.0), ("zeros", 0.0)],
)
def test_spread_of_a_layer_with_6_inputs_and_10_outputs(name, deviation):
    w = INITIALISATIONS[name](np.random.default_rng(0), 6, 10, COUNT)
    assert w.shape == (COUNT,)
    assert np.std(w) == pytest.approx(deviation, rel=0.02)
    assert abs(np.mean(w)) <= 4 * deviation / np.sqrt(COUNT)


def test_xavier_stays_within_its_limits():
    w = INITIALISATIONS["xavier"](np.random.default_rng(0), 6, 10, COUNT)
    limit = np.sqrt(6 / 16)
    assert 0.99 * limit < np.max(np.abs(w)) <= limit


def test_every_allowed_word_has_its_row():
    assert tuple(INITIALISATIONS) == get_args(Initialisation)
