"""The lecture as a table."""

import io
import json

import pytest
from rich.console import Console

from gdlab.experiment.lecture.item import Item, Line, run
from gdlab.report.lecture import Lecture, data, shown, summary

ITEM = Item(
    17,
    "differences",
    (
        Line("gradient", (24.000400000048216, 10.0), lambda: (24.000400000048216, 10.0), 0),
        Line("wrong", 1.0, lambda: 2.0),
    ),
    errs="It errs somewhere in this sentence, which is long enough to be wrapped on a narrow terminal.",
    see="gdlab grad x",
)
RUNS = [(ITEM, run(ITEM)), (Item(6, "a picture", see="gdlab plot", missing="is a picture that no command draws"), [])]


def printed(width):
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(Lecture(RUNS))
    return stream.getvalue()


def test_expected_stands_beside_obtained():
    assert printed(100).splitlines() == [
        "17  differences",
        "    It errs somewhere in this sentence, which is long enough to be wrapped on a narrow terminal.",
        "              expected                obtained",
        "    gradient  24.000400000048216, 10  24.000400000048216, 10",
        "    wrong     1                       2  differs",
        "    see: gdlab grad x",
        "",
        " 6  a picture",
        "    It is a picture that no command draws.",
        "    see: gdlab plot",
    ]


@pytest.mark.parametrize("width", [30, 40, 50])
def test_on_a_narrow_terminal_obtained_stands_below_expected(width):
    text = printed(width)
    assert max(map(len, text.splitlines())) <= width
    if width >= 40:
        assert "      expected  24.000400000048216," in text
        assert "      obtained  24.000400000048216," in text
    assert text.count("24.000400000048216,") == 2


def test_the_summary_counts_what_differs():
    left = "; item 6 is a picture that no command draws"
    assert summary(RUNS) == "2 items, 2 results: 1 differs from what is expected" + left
    assert summary(RUNS[1:]) == "1 item, no result" + left


def test_data():
    first = json.loads(json.dumps(data(RUNS)))[0]
    assert first["item"] == 17
    assert [result["ok"] for result in first["results"]] == [True, False]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (24.0, "24"),
        (0.1, "0.1"),
        (-1.4210854715202004e-06, "-1.4210854715202004e-06"),
        ((1.0, 2.5), "1, 2.5"),
        (((8.0, 6.0), (6.0, 0.0)), "8, 6; 6, 0"),
        (("n1", "n2"), "n1, n2"),
        (None, "-"),
        (float("nan"), "nan"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_keep_all_digits(value, text):
    assert shown(value) == text
