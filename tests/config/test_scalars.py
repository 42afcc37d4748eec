import math

import pytest

from gdlab.config.scalars import LONGEST_NUMBER, read_scalar

# YAML 1.2.2, section 10.3.2, example 10.9 and the expressions of its table; YAML 1.1 reads many of them otherwise.
CASES = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("tRUE", "tRUE"),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("0", 0),
    ("-19", -19),
    ("+12", 12),
    ("010", 10),
    ("0o17", 15),
    ("0x3A", 58),
    ("0b11", "0b11"),
    ("-0x3A", "-0x3A"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("190:20:30", "190:20:30"),
    ("2026-11-24", "2026-11-24"),
    ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
    ("1e-3", 0.001),
    ("1E3", 1000.0),
    ("1e+3", 1000.0),
    ("12e03", 12000.0),
    (".5", 0.5),
    ("+.5", 0.5),
    ("0.", 0.0),
    ("-2E+05", -200000.0),
    ("685.230_15", "685.230_15"),
    (".inf", math.inf),
    ("+.INF", math.inf),
    ("-.Inf", -math.inf),
    (".", "."),
    ("-", "-"),
    ("e3", "e3"),
    ("1e", "1e"),
    ("inf", "inf"),
    ("nan", "nan"),
    ("<<", "<<"),
    ("=", "="),
    ("1\n", "1\n"),
    ("١", "١"),
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_reads_what_yaml_1_2_says(text, value):
    assert read_scalar(text) == value
    assert type(read_scalar(text)) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_reads_nan(text):
    assert math.isnan(read_scalar(text))


@pytest.mark.parametrize(
    "text", ["9" * (LONGEST_NUMBER + 1), "0x" + "f" * 10_000, "1e" + "9" * 900_000, "." + "1" * 400]
)
def test_refuses_numbers_that_take_long_to_read(text):
    with pytest.raises(ValueError, match=r"a number of [\d,]+ characters is too long, 300 are allowed"):
        read_scalar(text)


def test_the_longest_number_fits_a_float():
    assert math.isfinite(float(read_scalar("9" * LONGEST_NUMBER)))
