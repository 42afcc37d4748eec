import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.problems.quadratic import Quadratic

J = Quadratic()


@pytest.mark.parametrize(
    ("w", "expected"),
    [(0.0, 5.0), (0.2, 4.64), (0.36, 4.4096), (0.488, 4.262144), (1.0, 4.0), (2.0, 5.0)],
)
def test_values_of_the_parabola(w, expected):
    assert J.loss(np.array([w])) == pytest.approx(expected, rel=1e-15)


def test_it_starts_at_zero_unless_told_otherwise():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(J.initial(rng), [0.0])
    np.testing.assert_array_equal(Quadratic(start=-2).initial(rng), [-2.0])


def test_the_start_is_floating_even_if_written_as_a_whole_number():
    assert Quadratic(start=3).initial(np.random.default_rng(0)).dtype == np.float64


@pytest.mark.parametrize("start", [np.nan, np.inf, True, "0", [0.0]])
def test_a_start_that_is_no_finite_number_is_refused(start):
    with pytest.raises(ParameterError, match="quadratic: start"):
        Quadratic(start=start)
