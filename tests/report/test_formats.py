import csv
import io
import json
import math

import pandas as pd
import pytest

from gdlab.report.comparison import compare
from gdlab.report.formats import FORMATS


@pytest.fixture
def runs(make_run):
    return [
        make_run("a", loss=[1.0, 1 / 3], summary={"accuracy": 0.75}),
        make_run("b", "gd", loss=[1.0, math.nan], status="non_finite"),
        make_run("c", loss=[1.0, 2 / 3]),
    ]


def test_csv_has_all_columns_with_raw_numbers(runs):
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](compare(runs)))))
    assert [row["name"] for row in rows] == ["a", "c", "b"]
    assert [row["is_best"] for row in rows] == ["true", "false", "false"]
    assert [row["final_loss"] for row in rows] == [repr(1 / 3), repr(2 / 3), "nan"]
    assert [row["accuracy"] for row in rows] == ["0.75", "", ""]
    assert [row["optimizer.beta1"] for row in rows] == ["0.9", "0.9", ""]
    assert {row["problem.hidden"] for row in rows} == {"[4]"}
    assert {row["evaluations"] for row in rows} == {"21"}


def test_pandas_reads_the_csv_back(runs):
    table = pd.read_csv(io.StringIO(FORMATS["csv"](compare(runs))))
    assert table.loc[table["is_best"], "final_loss"].tolist() == [1 / 3]


def test_json_has_the_same_columns_as_csv_and_strict_numbers(runs):
    rows = json.loads(FORMATS["json"](compare(runs)), parse_constant=pytest.fail)
    head = FORMATS["csv"](compare(runs)).splitlines()[0]
    assert [",".join(row) for row in rows] == [head] * 3
    assert [row["final_loss"] for row in rows] == [1 / 3, 2 / 3, "nan"]
    assert [row["accuracy"] for row in rows] == [0.75, None, None]
    assert rows[0]["is_best"] is True


def test_the_names_of_the_columns_do_not_depend_on_how_the_runs_went(make_run):
    failed = compare([make_run(loss=[], status="failed")])
    fine = compare([make_run()])
    assert FORMATS["csv"](failed).splitlines()[0] == FORMATS["csv"](fine).splitlines()[0]


def test_markdown_is_the_table_as_it_is_shown(runs):
    lines = FORMATS["md"](compare(runs)).splitlines()
    assert lines[0].startswith(r"All 3 runs: problem xor hidden=\[4\] activation=tanh; ")
    assert lines[2:6] == [
        "| name | optimizer | status | final loss | best loss | accuracy |",
        "| --- | --- | --- | ---: | ---: | ---: |",
        "| a | adam | max_steps | **0.33333** | 0.33333 | 0.75 |",
        "| c | adam | max_steps | 0.66667 | 0.66667 | - |",
    ]
    assert lines[-1] == r"\* lowest final loss; not in the running: 1 non_finite"


def test_markdown_has_a_bold_row_above_the_runs_of_each_problem(make_run):
    text = FORMATS["md"](compare([make_run("a"), make_run("p", problem={"name": "polynomial"})]))
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    assert rows == ["name", "---", "**polynomial**", "p", r"**xor hidden=\[4\]**", "a"]


def test_names_steer_neither_terminal_nor_markdown(make_run):
    comparison = compare([make_run("_a_|*b*<i>\x1b[31m"), make_run("c")])
    assert r"| \_a\_\|\*b\*\<i\>\\x1b\[31m |" in FORMATS["md"](comparison)
    for write in FORMATS.values():
        assert "\x1b" not in write(comparison)
