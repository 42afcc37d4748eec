import numpy as np
import pytest

from gdlab.report.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "width", "log", "drawn"),
    [
        (range(8), 8, False, "▁▂▃▄▅▆▇█"),
        ([8, 4, 0], 10, False, "█▅▁"),
        ([1, 10, 100], 3, True, "▁▅█"),
        ([1, 10, 100], 3, False, "▁▁█"),
        ([5, 5, 5], 3, False, "▁▁▁"),
        ([0, np.nan, np.inf, 1], 4, False, "▁  █"),
        ([np.nan, np.inf], 4, False, ""),
        ([], 4, False, ""),
        ([-1e308, 1e308], 2, False, "▁█"),
        ([0, 9, 9, 1], 2, False, "█▁"),
    ],
)
def test_heights_follow_the_values(values, width, log, drawn):
    assert sparkline(values, width, log) == drawn


def test_ascii_draws_the_same_heights():
    assert sparkline(range(8), 8, log=False, ascii_only=True) == "_.-~=+*#"


@pytest.mark.parametrize("size", [1, 59, 60, 61, 1000])
def test_a_line_is_as_wide_as_allowed_and_no_wider_than_its_values(size):
    assert len(sparkline(np.linspace(0, 1, size), 60, log=False)) == min(size, 60)
