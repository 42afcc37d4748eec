import math

import numpy as np
import pytest

from gdlab.report.plots.terminal import Screen, draw_on_terminal


@pytest.fixture
def draw(make_run):
    def draw(*losses, screen=None, names="abcdefghijklmnop", **options):
        runs = [make_run(name, loss=loss) for name, loss in zip(names, losses, strict=False)]
        text, notes = draw_on_terminal([(run, run.curve()) for run in runs], screen=screen, **options)
        return text.plain.split("\n"), notes

    return draw


def plot(lines):
    """The rows between the axes, without their labels."""
    return [line.split("┤", 1)[1] for line in lines if "┤" in line]


def test_a_falling_line_falls_from_corner_to_corner(draw):
    lines, _ = draw([1.0, 0.5, 0.0], [1.0, 1.0, 1.0])
    rows = plot(lines)
    falling = [(row, column) for row, text in enumerate(rows) for column, sign in enumerate(text) if sign == "a"]
    columns = sorted({column for _, column in falling})
    assert columns == list(range(len(rows[0])))
    assert falling[0][0] < 3
    assert falling[-1][0] > len(rows) - 4
    by_row = {row: [c for r, c in falling if r == row] for row, _ in falling}
    assert all(max(by_row[a]) <= min(by_row[b]) for a in by_row for b in by_row if a < b)


@pytest.mark.parametrize(("loss", "log"), [([1, 1e-6], True), ([1, 0.5], False), ([1, -1], False)])
def test_the_scale_is_logarithmic_where_that_is_honest(draw, loss, log):
    lines, _ = draw(loss)
    assert lines[1] == ("loss, log scale" if log else "loss")


@pytest.mark.parametrize("width", [40, 80, 133])
@pytest.mark.parametrize("amount", [1, 3])
def test_no_line_is_wider_than_the_terminal(draw, width, amount):
    lines, _ = draw(*[[1, 0.1 * k] for k in range(1, amount + 1)], screen=Screen(width))
    assert max(map(len, lines)) <= width
    assert len(lines) < 30


def test_the_legend_names_each_series_and_where_it_ends(draw):
    lines, _ = draw([1, 0.25], [1, 0.5])
    assert lines[-2:] == ["  a a  ends at 0.25", "  b b  ends at 0.5"]


def test_ascii_is_enough(draw):
    lines, _ = draw([1, 0.25], screen=Screen(ascii_only=True))
    assert all(line.isascii() for line in lines if "…" not in line)
    assert any("*" in line for line in lines)


@pytest.mark.parametrize(
    "loss", [[0.5], [1e308, -1e308], [1e-308, 1e308], [0.25] * 3, [-5, -1], [1, math.nan, 0.5], [5e-324, 1e-320]]
)
def test_any_values_are_a_curve(draw, loss):
    lines, notes = draw(loss)
    assert any(sign > "\u2800" for row in plot(lines) for sign in row)
    assert notes == []


def test_runs_without_rows_are_named(draw):
    _, notes = draw([1, 0.5], [])
    assert notes == ["not drawn, no finite loss is logged: b"]


def test_names_cannot_steer_the_terminal(draw):
    lines, _ = draw([1, 0.5], names=["\x1b[31m[red]"])
    assert r"\x1b[31m[red]" in lines[-1]
    assert "\x1b" not in "".join(lines)


def test_more_series_than_letters_are_said(draw):
    lines, _ = draw(*[[1, 0.01 * k] for k in range(1, 16)])
    assert lines[-1] == "    … and 3 more"


def test_colours_stand_for_letters_on_a_terminal_that_has_them(draw, make_run):
    runs = [make_run(name, loss=loss) for name, loss in (("a", [1, 0.5]), ("b", [1, 0.25]))]
    text, _ = draw_on_terminal([(run, run.curve()) for run in runs], screen=Screen(color=True))
    used = {str(span.style).split()[-1] for span in text.spans}
    assert {"red", "blue"} <= used
    assert np.any([sign > "\u2800" for sign in text.plain])
