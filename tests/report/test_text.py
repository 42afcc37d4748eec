from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.text import ago, elide, head, literal, plural


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("adam_xor", "adam_xor"),
        ("[red]$x_1$", "[red]$x_1$"),
        ("обучение 損失", "обучение 損失"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("\u202eleft", r"\u202eleft"),
        ("half \ud800", r"half \ud800"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
    ],
)
def test_what_cannot_be_printed_is_written_as_an_escape(text, written):
    assert literal(text) == written


@given(st.text(st.characters()))
def test_literal_text_is_always_printable_and_can_be_encoded(text):
    assert literal(text).isprintable()
    literal(text).encode()


@given(st.text(min_size=1), st.integers(1, 20))
def test_an_elided_text_keeps_its_ends_and_fits(text, width):
    short = elide(text, width)
    assert len(short) <= width
    assert short == text or (width == 1 or short[0] == text[0] or width == 2)


def test_elide_cuts_the_middle():
    assert elide("abcdefghij", 5) == "ab…ij"


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "2026-10-25"),
        (timedelta(days=-1), "2026-11-25"),
    ],
)
def test_time_passed_is_told_in_the_largest_unit(before, written):
    assert ago(NOW - before, NOW) == written


def test_heads_are_words():
    assert [head("final_loss"), head("status"), head("a\nb")] == ["final loss", "status", r"a\nb"]


def test_one_run_two_runs():
    assert [plural(1, "run"), plural(2, "run")] == ["1 run", "2 runs"]
