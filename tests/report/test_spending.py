import math

import numpy as np
import pytest

from gdlab.report.spending import is_uncounted, spent, spent_in_all

CURVE = {
    "step": np.arange(3.0),
    "evaluations": np.array([0.0, 1, 2]),
    "dual_passes": np.array([0.0, 10, 20]),
    "reverse_passes": np.array([0.0, 100, 200]),
}


@pytest.mark.parametrize(("unit", "value"), [("step", 2), ("evaluations", 2), ("passes", 222)])
def test_what_had_been_spent_at_a_row(unit, value):
    assert spent(CURVE, unit)[-1] == value


def test_what_was_not_counted_is_not_known():
    assert np.isnan(spent({"step": np.arange(3.0)}, "passes")).tolist() == [True] * 3
    assert np.isnan(spent({"step": np.arange(3.0)}, "seconds")).all()
    assert math.isnan(spent_in_all({}, "passes"))


def test_what_was_spent_in_all():
    assert spent_in_all({"evaluations": 2.0, "dual_passes": 20.0, "reverse_passes": 200.0}, "passes") == 222
    assert spent_in_all({"seconds": 0.5}, "seconds") == 0.5


@pytest.mark.parametrize(
    ("cost", "unit", "uncounted"),
    [
        ([0, 0], "evaluations", True),
        ([0, 0], "passes", True),
        ([0], "evaluations", False),
        ([0, 1], "evaluations", False),
        ([0, 0], "step", False),
        ([math.nan, math.nan], "evaluations", False),
    ],
)
def test_a_counter_that_stays_at_0_counts_nothing(cost, unit, uncounted):
    assert is_uncounted(np.array(cost, dtype=float), unit) == uncounted
