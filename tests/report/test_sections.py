import pytest
from rich.text import Text

from gdlab.report.sections import Rows, Sections

ROWS = Rows([("lr", "0.001", "a number > 0: step size"), ("beta1", "0.9", "a number ≥ 0 and < 1: decay of the mean")])


def test_titles_stand_above_what_is_indented(printed):
    told = Sections.of(["adam", "a rule"], {"Rule": "m ← g\nw ← w − m", "Parameters": Text("none")})
    assert printed(told).splitlines() == [
        "adam",
        "a rule",
        "",
        "Rule",
        "  m ← g",
        "  w ← w − m",
        "",
        "Parameters",
        "  none",
    ]


def test_the_first_line_and_the_titles_are_bold(printed):
    text = printed(Sections.of(["adam", "a rule"], {"Rule": "m"}), width=80, color=True)
    assert [line for line in text.splitlines() if "\x1b" in line] == ["\x1b[1madam\x1b[0m", "\x1b[1mRule\x1b[0m"]


def test_strings_cannot_steer_a_terminal(printed):
    text = printed(Sections.of(["[red]\x1b[31m"], {"a": "x\x07\n[bold]"}))
    assert text.splitlines() == [r"[red]\x1b[31m", "", "a", r"  x\x07", "  [bold]"]


def test_rows_stand_side_by_side(printed):
    assert printed(Sections.of([], {"Parameters": ROWS})).splitlines()[2:] == [
        "  lr     0.001  a number > 0: step size",
        "  beta1  0.9    a number ≥ 0 and < 1: decay of the mean",
    ]


def test_only_the_last_cell_wraps(printed):
    assert printed(ROWS, width=42).splitlines() == [
        "lr     0.001  a number > 0: step size",
        "beta1  0.9    a number ≥ 0 and < 1: decay",
        "              of the mean",
    ]


def test_on_a_narrow_terminal_it_goes_below(printed):
    assert printed(ROWS, width=30).splitlines() == [
        "lr     0.001",
        "  a number > 0: step size",
        "beta1  0.9",
        "  a number ≥ 0 and < 1: decay",
        "  of the mean",
    ]


@pytest.mark.parametrize("width", range(16, 60))
def test_no_line_is_too_long_and_no_word_is_lost_at_any_width(printed, width):
    text = printed(ROWS, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert text.split() == printed(ROWS, width=200).split()
