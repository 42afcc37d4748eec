import re

import pytest

from gdlab.report.grid import Cell, Column, Grid

NAMES = Column("run", [Cell("adam_xor"), Cell("[red]gd"), Cell("обучение")])
OUTCOMES = Column("outcome", [Cell("max_steps"), Cell("diverged", "red"), Cell("max_steps")])
LOSSES = Column("final loss", [Cell("1.2346e-7*", "bold"), Cell("1e300 "), Cell("0.25 ")], right=True)
PASSES = Column("reverse passes", [Cell("2000"), Cell("37"), Cell("2000")], right=True, rank=2)
TIMES = Column("time", [Cell("66 ms"), Cell("1.2 ms"), Cell("66 ms")], right=True, rank=1)
GRID = Grid([NAMES, OUTCOMES, LOSSES, PASSES, TIMES], hint="--format csv has all")


def test_a_piped_table_has_its_natural_width_and_no_colours(printed):
    assert printed(GRID).splitlines() == [
        "run       outcome    final loss  reverse passes    time",
        "───────────────────────────────────────────────────────",
        "adam_xor  max_steps  1.2346e-7*            2000   66 ms",
        "[red]gd   diverged       1e300               37  1.2 ms",
        "обучение  max_steps       0.25             2000   66 ms",
    ]


def test_a_piped_table_is_not_cropped_however_wide(printed):
    wide = Column("name", [Cell("x" * 500)])
    assert "x" * 500 in printed(Grid([wide, Column("steps", [Cell("2000")])]))


def test_colours_are_for_terminals_only(printed):
    assert "\x1b[31mdiverged" in printed(GRID, width=80, color=True)
    assert "\x1b[1m1.2346e-7*" in printed(GRID, width=80, color=True)
    assert "\x1b" not in printed(GRID)


def test_without_room_for_all_the_columns_of_the_lowest_rank_stay_and_the_others_are_named(printed):
    text = printed(GRID, width=45)
    assert "66 ms" in text
    assert "2000" not in text
    assert text.splitlines()[-2:] == ["no room for: reverse passes; --format csv has", "all"]


def test_a_narrow_column_stays_where_a_wide_one_of_a_lower_rank_has_no_room(printed):
    wide = Column("problem", [Cell("x" * 50)] * 3, rank=1)
    steps = Column("steps", [Cell("20")] * 3, rank=2)
    assert [column.head for column in Grid([NAMES, wide, steps]).fitting(40)] == ["run", "steps"]


def test_without_room_for_what_must_stay_each_row_becomes_a_block_with_every_column(printed):
    lines = printed(Grid([NAMES, OUTCOMES, LOSSES, TIMES]), width=28).splitlines()
    assert lines[:6] == [
        "adam_xor",
        "  outcome     max_steps",
        "  final loss  1.2346e-7*",
        "  time        66 ms",
        "",
        "[red]gd",
    ]


def test_in_a_block_a_value_that_is_too_long_stands_below_its_title(printed):
    columns = [Column("run", [Cell("a" * 30)]), Column("final loss", [Cell("-1.2345e-300")], right=True)]
    assert printed(Grid(columns), width=20).splitlines() == ["a" * 20, "a" * 10, "  final loss", "    -1.2345e-300"]


@pytest.mark.parametrize("width", [*range(13, 80), 200])
def test_no_number_is_cut_and_no_line_is_too_long_at_any_width(printed, width):
    text = printed(GRID, width=width)
    assert max(map(len, text.splitlines())) <= width
    shown = set(re.findall(r"\S+", text))
    assert {"1.2346e-7*", "1e300", "0.25"} <= shown


def test_wide_characters_keep_the_columns_straight(printed):
    grid = Grid([Column("name", [Cell("損失"), Cell("abcd")]), Column("n", [Cell("1"), Cell("2")], right=True)])
    assert printed(grid).splitlines()[2:] == ["損失  1", "abcd  2"]


def test_titles_stand_above_their_rows_and_lines_between_groups(printed):
    grid = Grid(GRID.columns[:2], titles={0: "xor hidden=[4]", 2: "quadratic"})
    lines = printed(grid).splitlines()
    starts = ["run", "─" * 8, "xor hidd", "adam_xor", "[red]gd", "─" * 8, "quadrati", "обучение"]
    assert [line[:8].strip() for line in lines] == starts


def test_titles_stand_above_their_blocks(printed):
    grid = Grid([NAMES, LOSSES], titles={0: "xor", 2: "quadratic"})
    lines = printed(grid, width=16).splitlines()
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == ["xor", "adam_xor", "[red]gd", "quadratic", "обучение"]


def test_a_terminal_without_unicode_gets_plain_dashes(printed):
    grid = Grid([OUTCOMES, PASSES])
    assert printed(grid, ascii_only=True).splitlines()[1] == "-" * 25


def test_a_table_without_rows_shows_its_head(printed):
    assert printed(Grid([Column("id", []), Column("steps", [], right=True)])).splitlines()[0] == "id  steps"


def test_a_table_of_one_wide_column_is_folded(printed):
    assert printed(Grid([Column("id", [Cell("a" * 12)])]), width=8).splitlines() == ["a" * 8, "a" * 4]
