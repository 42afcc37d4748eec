from gdlab.report.grid import Cell, Column
from gdlab.report.page.tables import table

NAMES = Column("name", [Cell("a <b>"), Cell("c"), Cell("d")])
LOSSES = Column("loss", [Cell("1*", "bold"), Cell("2 "), Cell("inf", "red")], right=True)


def test_a_table_has_a_caption_and_a_head_for_each_column_and_row(seen):
    page = seen(table([NAMES, LOSSES], "Losses"))
    assert page.text("caption") == "Losses"
    assert page.values("th", "scope") == ["col", "col", "row", "row", "row"]
    assert page.text("th").split("\n") == ["name", "loss", "a <b>", "c", "d"]
    assert page.text("td").split("\n") == ["1*", "2", "inf"]
    assert page.values("td", "class") == ["n best", "n", "n bad"]


def test_titles_stand_above_their_rows_in_bodies_of_their_own(seen):
    page = seen(table([NAMES, LOSSES], "Losses", {0: "first", 2: "last"}))
    assert page.tags["tbody"] == 2
    assert page.text("th").split("\n") == ["name", "loss", "first", "a <b>", "c", "last", "d"]
    assert page.values("th", "colspan") == ["2", "2"]


def test_of_many_rows_the_first_are_shown_and_the_others_counted(seen):
    many = Column("name", [Cell(str(i)) for i in range(10_000)])
    page = seen(table([many], "Names", most=3))
    assert page.values("th", "scope") == ["col", "row", "row", "row"]
    assert page.text("p") == "and 9997 more rows"


def test_a_table_without_rows_is_one(seen):
    page = seen(table([Column("name", [])], "None"))
    assert page.text("th") == "name"
