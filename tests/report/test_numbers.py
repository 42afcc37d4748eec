import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.numbers import count, duration, number, seconds, setting


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.25, "0.25"),
        (4.262144, "4.2621"),
        (1.23456e-7, "1.2346e-7"),
        (-1e300, "-1e300"),
        (1e-8, "1e-8"),
        (4.0, "4"),
        (-0.0, "0"),
        (2000, "2000"),
        (1234567.0, "1.2346e6"),
        (123456.7, "1.2346e5"),
        (0.0001, "0.0001"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (None, "-"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.5), "0.5"),
        (True, "1"),
    ],
)
def test_a_number_has_five_digits_and_no_more_than_it_needs(value, written):
    assert number(value) == written


@given(st.floats(-1e308, 1e308))
def test_a_written_number_reads_back_within_half_a_unit_of_its_last_digit(value):
    assert float(number(value)) == pytest.approx(value, rel=5.1e-5, abs=1e-322)
    assert len(number(value)) <= 12


@pytest.mark.parametrize(
    ("value", "written"), [(2000.0, "2000"), (12345678.0, "12345678"), (0, "0"), (None, "-"), (math.nan, "nan")]
)
def test_a_count_is_whole_however_large(value, written):
    assert count(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 ms"),
        (0.00042, "0.42 ms"),
        (0.01234, "12.3 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1 s"),
        (3.2149, "3.21 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (83, "1 min 23 s"),
        (3599.6, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (86400 * 3 + 3600 * 4, "3 d 04 h"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (None, "-"),
    ],
)
def test_a_duration_is_written_in_the_unit_that_fits(seconds, written):
    assert duration(seconds) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.016789, "0.0168"), (3.2149, "3.21"), (83, "83"), (99.96, "100"), (5025.3, "5025"), (2e-5, "2e-5"), (None, "-")],
)
def test_seconds_are_a_plain_number(value, written):
    assert seconds(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0123456789, "0.0123456789"),
        (1e-8, "1e-8"),
        (-1.5e300, "-1.5e300"),
        (1e16, "1e16"),
        (1.0, "1.0"),
        (2, "2"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        (True, "true"),
        (None, "null"),
        ("tanh", "tanh"),
        ("a\x1bb", r"a\x1bb"),
        ([4, 2], "[4, 2]"),
        ((0.5,), "[0.5]"),
        ({"schedule": "cosine", "start": 0.1}, "{schedule: cosine, start: 0.1}"),
        (np.float64(0.5), "0.5"),
    ],
)
def test_a_setting_is_written_in_full(value, written):
    assert setting(value) == written
