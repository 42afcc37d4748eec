import math

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.problems.base import Flag
from gdlab.problems.polynomial import Polynomial

f = Polynomial().loss


def test_it_is_42_at_its_start():
    start = Polynomial().initial(np.random.default_rng(0))
    np.testing.assert_array_equal(start, [3.0, 4.0])
    assert f(start) == 42.0


@pytest.mark.parametrize(
    ("eps", "expected"),
    [
        (1e-4, (24.000400000048216, 10.000000000047748)),
        (1e-5, (24.000039999805264, 10.000000000331966)),
    ],
)
def test_forward_differences_to_the_last_digit(eps, expected):
    """The published digits hold only if the terms are added in the order in which the formula is written."""
    x, y = 3.0, 4.0
    here = f(np.array([x, y]))
    assert ((f(np.array([x + eps, y])) - here) / eps, (f(np.array([x, y + eps])) - here) / eps) == expected


def test_it_says_that_it_is_unbounded():
    problem = Polynomial()
    assert problem.infimum == -math.inf
    assert problem.flags == (Flag.UNBOUNDED,)
    assert problem.minimizers == ()
    assert f(np.array([0.0, -1e300])) < -9e299


def test_another_start():
    np.testing.assert_array_equal(Polynomial(start=[1, -2]).initial(np.random.default_rng(0)), [1.0, -2.0])


@pytest.mark.parametrize("start", [(3.0,), (1.0, 2.0, 3.0), (np.nan, 0.0), (True, 0.0), ("3", "4"), "34", 3.0, {1, 2}])
def test_a_start_that_is_no_pair_of_numbers_is_refused(start):
    with pytest.raises(ParameterError, match=r"polynomial: start = .* must be a list of 2 finite numbers"):
        Polynomial(start=start)
