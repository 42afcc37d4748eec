import json

import pytest

from gdlab.experiment.lecture import items
from gdlab.experiment.lecture.item import Item, Line


def test_every_number_is_as_expected(gdlab):
    result = gdlab("lecture")
    assert (result.code, result.err) == (0, "")
    *_, last = result.out.rstrip().splitlines()
    assert last.startswith("36 items, ")
    assert last.endswith(": all as expected; item 28 has no numbers")
    assert "36  second order and beyond" in result.out
    assert "differs" not in result.out


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (17, ["24.000400000048216, 10.000000000047748"]),
        (34, ["24, 10, 1, 4, 1, 1, 1", "lacks the sum over paths"]),
        (6, ["0, 1", "see: gdlab plot activations"]),
    ],
)
def test_one_item(gdlab, number, words):
    result = gdlab("lecture", "--item", number)
    assert result.code == 0
    assert all(word in result.out for word in words)
    assert "1 item" in result.out


def test_an_item_that_does_not_exist(gdlab):
    result = gdlab("lecture", "--item", 37)
    assert (result.code, result.out) == (2, "")
    assert "--item 37: there are items 1 to 36" in result.err


def test_a_number_that_differs_fails(gdlab, monkeypatch):
    wrong = Item(1, "wrong", (Line("one", 1.0, lambda: 1.001),))
    monkeypatch.setattr(items, "ITEMS", (wrong,))
    result = gdlab("lecture")
    assert result.code == 1
    assert "1.001  differs" in result.out
    assert "1 differs from what is expected" in result.out


def test_json(gdlab):
    data = json.loads(gdlab("lecture", "--item", "30", "--json").out)
    assert [result["obtained"] for result in data[0]["results"]] == ["0 + (0·x + y·1)", "y"]
