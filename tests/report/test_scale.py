import numpy as np
import pytest

from gdlab.report.scale import is_log_honest


@pytest.mark.parametrize(
    ("values", "honest"),
    [
        ([1.0, 0.01], True),
        ([1.0, 0.1], False),
        ([1.0, 0.099], True),
        ([1.0, 0.0], False),
        ([1.0, 1e-9, -1e-12], False),
        ([-1.0, -1e9], False),
        ([0.5, 0.5], False),
        ([1e-300, 1e308], True),
        ([np.nan, np.inf], False),
        ([1.0, np.nan, 0.001, np.inf], True),
        ([], False),
    ],
)
def test_a_log_axis_is_honest_for_positive_values_over_more_than_a_decade(values, honest):
    assert is_log_honest([np.array(values)]) is honest


def test_all_curves_count():
    assert is_log_honest([np.array([1.0]), np.array([0.01])])
    assert not is_log_honest([np.array([1.0, 0.01]), np.array([-1.0])])
