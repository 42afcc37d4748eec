"""The declared ranges: every optimizer has them, every value in them is allowed, and defaults lie inside."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.optimizers import OPTIMIZERS
from gdlab.optimizers.ranges import RANGES, Range

CASES = [
    pytest.param(OPTIMIZERS[name], knob, one, id=f"{name}-{knob}")
    for name, ranges in RANGES.items()
    for knob, one in ranges.items()
]


def test_every_optimizer_has_something_to_tune():
    assert list(RANGES) == list(OPTIMIZERS)
    assert all(RANGES.values())


@pytest.mark.parametrize(("optimizer", "knob", "declared"), CASES)
def test_a_range_is_of_a_parameter_that_takes_all_of_it(optimizer, knob, declared):
    parameter = {p.name: p for p in optimizer.parameters()}[knob]
    assert declared.low < declared.high
    assert declared.why
    assert declared.whole == (int in parameter.types)
    for share in (0, 0.01, 0.3, 0.5, 0.99, 1):
        assert parameter.allows(declared.at(share))
        optimizer(**{knob: declared.at(share)})
    if parameter.default is not None:
        assert declared.low <= parameter.default <= declared.high


@pytest.mark.parametrize(("optimizer", "knob", "declared"), CASES)
@given(share=st.floats(0, 1))
def test_shares_and_values_lead_to_each_other(optimizer, knob, declared, share):
    value = declared.at(share)
    assert declared.low <= value <= declared.high
    if not declared.whole:
        assert declared.share(value) == pytest.approx(share, abs=0.02)


def test_logarithms_are_even():
    assert RANGES["gd"]["lr"].at(0.2) == pytest.approx(1e-3)
    remembers = Range(0.9, 0.9999, "", nears_one=True)
    assert remembers.at(1 / 3) == pytest.approx(0.99)
    assert math.isclose(remembers.share(0.999), 2 / 3)


def test_rules_whose_steps_mean_the_same_have_the_same_range():
    assert RANGES["gd"]["lr"] == RANGES["sgd"]["lr"] == RANGES["momentum"]["lr"] == RANGES["nag"]["lr"]
    assert RANGES["adam"]["lr"] == RANGES["rmsprop"]["lr"] == RANGES["sign_sgd"]["lr"]
