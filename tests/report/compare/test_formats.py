import csv
import io
import json
import math

import pandas as pd
import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.comparison import Question, compare
from gdlab.report.compare.formats import FORMATS


def write(form, runs, rows=0, **asked):
    return FORMATS[form](compare(runs, Question(**asked)), rows)


@pytest.fixture
def runs(make_run):
    return [
        make_run("a", loss=[1.0, 1 / 3], summary={"accuracy": 0.75}),
        make_run("b", "gd", loss=[1.0, math.nan], status="non_finite"),
        make_run("c", loss=[1.0, 2 / 3]),
    ]


@pytest.fixture
def folded(make_group):
    """Nine seeds each: adam ends at 1/8 … 9/8, gd at four times that, and fails once."""
    gd = make_group("gd", [n / 2 for n in range(1, 10)])
    gd[8] = make_group("gd", [0.0], seeds=[8], status="diverged")[0]
    return [*gd, *make_group("adam", [n / 8 for n in range(1, 10)])]


def test_csv_of_single_runs_has_all_columns_with_raw_numbers(runs):
    rows = list(csv.DictReader(io.StringIO(write("csv", runs))))
    assert [row["name"] for row in rows] == ["a", "c", "b"]
    assert {row["is_best"] for row in rows} == {"false"}, "single runs prove nothing"
    assert [row["final_loss"] for row in rows] == [repr(1 / 3), repr(2 / 3), "nan"]
    assert [row["accuracy"] for row in rows] == ["0.75", "", ""]
    assert [row["optimizer.beta1"] for row in rows] == ["0.9", "0.9", ""]
    assert {row["problem.hidden"] for row in rows} == {"[4]"}


def test_csv_of_folded_runs_has_what_is_known_of_each_line(folded):
    table = pd.read_csv(io.StringIO(write("csv", folded)))
    adam, gd = table.to_dict("records")
    assert (adam["optimizer"], adam["n"], adam["is_best"], adam["is_reference"]) == ("adam", 9, True, True)
    assert (adam["final_loss"], adam["final_loss_lower"], adam["final_loss_upper"]) == (0.625, 0.375, 0.875)
    assert (gd["failures"], gd["successes"], gd["success_rate"]) == (1, 8, 8 / 9)
    assert (gd["answer"], gd["wins"], gd["ties"], gd["losses"], gd["effect"]) == ("worse", 0, 0, 9, 4)
    assert gd["optimizer.lr"] == 0.1
    assert "seed" not in table


def test_json_has_the_same_columns_as_csv_and_strict_numbers(runs, folded):
    for some in (runs, folded):
        rows = json.loads(write("json", some), parse_constant=pytest.fail)
        head = write("csv", some).splitlines()[0]
        assert [",".join(row) for row in rows] == [head] * len(rows)
    assert [row["final_loss"] for row in json.loads(write("json", runs))] == [1 / 3, 2 / 3, "nan"]


def test_a_setting_that_differs_within_a_line_is_empty(folded, make_group):
    more = make_group("adam", [0.5] * 9, settings={"lr": 0.2})
    rows = json.loads(write("json", [*folded, *more], group_by=("optimizer",)))
    assert [(row["optimizer"], row["optimizer.lr"]) for row in rows] == [("adam", None), ("gd", 0.1)]


def test_costs_to_a_target_have_names_of_their_own(folded):
    (row, _) = json.loads(write("json", folded, metrics=("evaluations", "ert"), target="0.9"))
    assert (row["evaluations_to_target"], row["ert"]) == (20, (7 * 20 + 2 * 41) / 7)  # 21 + 20 passes in all


def test_markdown_is_the_table_as_it_is_shown(folded):
    lines = write("md", folded).splitlines()
    assert lines[0].startswith("All 18 runs: problem xor; gradient reverse; ")
    assert lines[2:6] == [
        "| optimizer | success | failures | final loss | quartiles | vs leader | win/tie/loss |",
        "| --- | ---: | --- | ---: | --- | --- | ---: |",
        "| adam | 9/9 | - | **0.625** | 0.375 … 0.875 | leader | - |",
        r"| gd | 8/9 | 1 diverged | 2.5 | 1.5 … 3.5 | worse ×4 \[4, 4\] | 0/0/9 |",
    ]


def test_latex_has_the_rules_of_booktabs(folded):
    assert write("latex", folded).splitlines()[1:9] == [
        r"\begin{tabular}{lrlrllr}",
        r"\toprule",
        r"optimizer & success & failures & final loss & quartiles & vs leader & win/tie/loss \\",
        r"\midrule",
        r"adam & 9/9 & - & \textbf{0.625} & 0.375 \ldots{} 0.875 & leader & - \\",
        r"gd & 8/9 & 1 diverged & 2.5 & 1.5 \ldots{} 3.5 & worse $\times$4 [4, 4] & 0/0/9 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_each_problem_has_a_row_of_its_own_above_its_lines(make_run):
    some = [make_run("a"), make_run("p", problem={"name": "polynomial"})]
    rows = [line.split("|")[1].strip() for line in write("md", some).splitlines() if line.startswith("|")]
    assert rows == ["name", "---", "**polynomial**", "p", r"**xor hidden=\[4\]**", "a"]
    assert r"\textbf{xor hidden=[4]}} \\" in write("latex", some)


def test_names_steer_neither_terminal_nor_markdown_nor_latex(make_run):
    some = [make_run("_a_|*b*<i>\x1b[31m"), make_run("50%_of $x$ & #1 {~^\\}"), make_run("[red]")]
    assert r"| \_a\_\|\*b\*\<i\>\\x1b\[31m |" in write("md", some)
    latex = write("latex", some)
    assert r"50\%\_of \$x\$ \& \#1 \{$\sim$\textasciicircum{}\textbackslash{}\}" in latex
    assert "\n{[red]} &" in latex
    for form in FORMATS:
        assert "\x1b" not in write(form, some)


def test_only_the_first_lines_and_the_columns_that_were_asked_for(folded):
    text = FORMATS["csv"](compare(folded), 1, ["optimizer", "lr", "final", "n"])
    assert text == "optimizer,optimizer.lr,final_loss,n\nadam,0.1,0.625,9\n"
    with pytest.raises(UsageError, match="unknown --cols 'fnal_loss': did you mean 'final_loss'"):
        FORMATS["json"](compare(folded), 0, ["fnal_loss"])


def test_of_an_accuracy_the_effect_has_the_sign_of_the_values(make_group):
    """Gd is less accurate by 0.125 on each of nine seeds: that is −0.125, and worse."""
    accuracy = [n / 16 for n in range(4, 13)]
    good = [run for n, a in enumerate(accuracy) for run in make_group("adam", [0.1], [n], summary={"accuracy": a})]
    bad = [run for n, a in enumerate(accuracy) for run in make_group("gd", [0.1], [n], summary={"accuracy": a - 0.125})]
    first, second = json.loads(write("json", [*good, *bad], metrics=("accuracy",)))
    assert (second["answer"], second["effect"], second["effect_low"], second["effect_high"]) == ("worse", *[-0.125] * 3)
    assert (second["is_paired"], second["p"], second["reference"]) == (True, 2 / 2**9, good[0].id)
    assert (first["is_reference"], first["reference"], first["independent"]) == (True, None, 9)
