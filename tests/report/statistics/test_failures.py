import math

import numpy as np
import pytest

from gdlab.report.statistics.failures import charge


def test_a_failed_run_has_the_worst_value_there_is():
    assert charge([1, 2, 3], [False, True, False]).tolist() == [1, math.inf, 3]
    assert charge([1, 2, 3], [False, True, False], lowest=False).tolist() == [1, -math.inf, 3]


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("lowest", "worst"), [(True, math.inf), (False, -math.inf)])
def test_what_is_no_finite_number_is_never_the_best(broken, lowest, worst):
    assert charge([broken, 1e308], lowest=lowest).tolist() == [worst, 1e308]


def test_the_values_given_stay_as_they_are():
    values = np.array([1.0, math.nan])
    charge(values, True)
    assert values[0] == 1
    assert math.isnan(values[1])


def test_there_may_be_no_run():
    assert charge([]).size == 0
