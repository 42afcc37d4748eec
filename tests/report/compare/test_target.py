import math

import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.target import parse_target


@pytest.mark.parametrize(
    ("text", "infimum", "level"),
    [("1e-3", 4.0, 1e-3), ("-2", None, -2.0), ("+1e-3", 4.0, 4.001), ("+0.5", -1.0, -0.5)],
)
def test_a_target_is_a_loss_or_a_distance_from_the_minimum(text, infimum, level):
    assert parse_target(text).level(infimum) == level


@pytest.mark.parametrize("infimum", [None, -math.inf])
def test_above_a_minimum_that_there_is_not_nothing_is_reached(infimum):
    assert math.isnan(parse_target("+1").level(infimum))


@pytest.mark.parametrize("text", ["", "low", "nan", "inf", "+"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(UsageError, match="must be a finite number"):
        parse_target(text)
