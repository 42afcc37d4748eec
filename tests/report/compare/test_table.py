"""Tables held to their text. All losses are powers of two and small fractions, so that every number is seen at once."""

import math

import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.comparison import Question, compare
from gdlab.report.compare.table import tabulate

SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
QUADRATIC = {"name": "quadratic", "start": 0.0}


@pytest.fixture
def text(printed):
    """The table of some runs as it is printed, its lines without trailing blanks."""

    def text(runs, width=None, top=40, columns=(), **asked):
        table = tabulate(compare(runs, Question(**asked)), top, columns)
        parts = [table.common, *printed(table.grid, width).splitlines(), *table.notes, *table.cautions]
        return "\n".join(line.rstrip() for line in parts)

    return text


@pytest.fixture
def proven(make_group):
    """Adam ends at 1/8 … 9/8, gd at four times that."""
    return [*make_group("gd", [n / 2 for n in SEEDS]), *make_group("adam", [n / 8 for n in SEEDS])]


def test_seeds_are_folded_and_the_best_is_marked_where_it_is_proven(text, proven):
    assert text(proven) == (
        "All 18 runs: problem xor; gradient reverse; optimizer lr=0.1; steps 20; 9 runs each; all ended well\n"
        "optimizer  final loss  quartiles      vs leader        win/tie/loss\n"
        "───────────────────────────────────────────────────────────────────\n"
        "adam           0.625*  0.375 … 0.875  leader                      -\n"
        "gd               2.5   1.5 … 3.5      worse ×4 [4, 4]         0/0/9\n"
        "median and quartiles over seeds; a run that did not end well counts as the worst\n"
        "* lower final loss than every other, proven at 2.5 %\n"
        "~ not told apart from the leader; × ratio to it and − difference, with its 95 % interval"
    )


def test_what_is_not_told_apart_has_no_best(text, make_group):
    runs = [*make_group("gd", [1.0, 2.0, 4.0]), *make_group("adam", [2.0, 1.0, 4.0])]
    lines = text(runs).splitlines()
    assert lines[3:5] == [
        "adam                2  1.5 … 3    leader                -",
        "gd                  2  1.5 … 3    ~ ×1              1/1/1",
    ]
    assert lines[-1] == "2 lines need 7 seeds each before anything can be proven; there are 3"


def test_failures_are_counted(text, make_group):
    runs = [
        *make_group("adam", [1.0, 2.0, 3.0, 4.0]),
        *make_group("gd", [-8.0, 2.0], status="diverged"),
        *make_group("gd", [9.0, 9.0], seeds=[2, 3]),
    ]
    lines = text(runs).splitlines()
    assert lines[1:5] == [
        "optimizer  success  failures    final loss  quartiles    vs leader  win/tie/loss",
        "────────────────────────────────────────────────────────────────────────────────",
        "adam           4/4  -                  2.5  1.75 … 3.25  leader                -",
        "gd             2/4  2 diverged         inf  9 … inf      ~                 0/0/4",
    ]
    assert lines[-1] == "not in the running: 2 diverged"


def test_single_runs_have_their_names_and_nothing_is_proven(text, make_run):
    runs = [
        make_run("first", "gd", loss=[1.0, 0.5], summary={"accuracy": 0.75}),
        make_run("second", loss=[1.0, 0.25], summary={"accuracy": 1.0}),
        make_run("third", loss=[1.0, math.nan], status="non_finite", summary={"accuracy": 0.5}),
    ]
    told = text(runs).splitlines()
    assert told[0].endswith("seed 0; step 20; evaluations 21; reverse passes 20; seconds 0.5")
    assert told[1:] == [
        "name    optimizer  status      final loss  best loss  accuracy",
        "──────────────────────────────────────────────────────────────",
        "second  adam       max_steps         0.25       0.25         1",
        "first   gd         max_steps          0.5        0.5      0.75",
        "third   adam       non_finite         nan          1       0.5",
        "3 lines need 8 seeds each before anything can be proven; there is 1",
        "not in the running: 1 non_finite",
    ]


def test_what_is_at_its_default_everywhere_is_not_spelled_out(text, make_run):
    batch = {"size": 8, "sampling": "epoch", "shuffle": True, "partial": "weighted", "shards": 1}
    config = {"batch": batch, "stop": {"target_loss": None}, "checkpoint": {"every": None}}
    lr = {"schedule": "cosine", "start": 0.1, "end": 0.0, "steps": None}
    told = text([make_run(config=config, settings={"lr": lr, "beta1": 0.9, "eps": 1e-8})])
    assert "batch size=8;" in told
    assert "optimizer adam lr=cosine lr.start=0.1;" in told
    for silent in ("shuffle", "weighted", "shards", " eps", "beta1", "null", "checkpoint"):
        assert silent not in told


def test_problems_are_titles_and_are_not_compared(text, make_run):
    told = text([make_run("a"), make_run("b", problem=QUADRATIC), make_run("c", problem=QUADRATIC)]).splitlines()
    assert [line for line in told if line.startswith(("quadratic", "xor"))] == [
        "quadratic start=0.0",
        "xor hidden=[4]",
    ]


def test_lines_that_are_not_shown_are_counted(text, proven):
    told = text(proven, top=1).splitlines()
    assert "gd" not in "\n".join(told[1:4])
    assert told[-1] == "1 more line: --top 0 shows all"


def test_only_the_columns_that_were_asked_for(text, proven):
    told = text(proven, columns=["final", "optimizer", "evaluations", "beta1", "quartiles"]).splitlines()
    assert told[1:5] == [
        "final loss  optimizer  evaluations  optimizer.beta1  quartiles",
        "──────────────────────────────────────────────────────────────────",
        "    0.625*  adam                21  0.9              0.375 … 0.875",
        "      2.5   gd                  21  -                1.5 … 3.5",
    ]


def test_a_column_that_is_the_same_everywhere_can_be_asked_for(text, proven):
    told = text(proven, columns=["optimizer", "n", "success", "status"]).splitlines()
    assert [line.split() for line in told[1:5:2]] == [
        ["optimizer", "n", "success", "status"],
        ["adam", "9", "9/9", "max_steps"],
    ]


def test_what_differs_within_lines_is_told(text, proven, make_group):
    more = make_group("adam", [0.5] * 9, settings={"lr": 0.2})
    told = text([*proven, *more], group_by=("optimizer",)).splitlines()
    assert told[0] == "All 27 runs: problem xor; each line over several lr; all ended well"


def test_a_column_that_there_is_not(text, proven):
    with pytest.raises(UsageError, match="unknown --cols 'fnal': did you mean 'final'"):
        text(proven, columns=["fnal"])


def test_ert_and_rank(text, proven):
    told = text(proven, metrics=("ert", "rank"), target="0.9").splitlines()
    assert told[1].split("  ")[0] == "optimizer"
    assert [line.split()[:3] for line in told[3:5]] == [["adam", "7/9", "32"], ["gd", "1/9", "348"]]
    # Reached at the second row, after 20 evaluations, and 21 + 20 passes paid for each failure: (7·20 + 2·41)/7
    # and (20 + 8·41)/1.
    # One seed on which both reach it, two on which neither does, and six on which only adam does.
    assert [line.split()[6] for line in told[3:5]] == ["1.1667", "1.8333"]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(printed, proven, width):
    table = tabulate(compare(proven))
    told = printed(table.grid, width)
    assert max(map(len, told.splitlines())) <= width
    assert "0.625*" in told
    assert "2.5" in told


def test_long_decimals_of_settings_are_short_where_they_stay_apart(text, make_run):
    def run(lr):
        return make_run(settings={"lr": lr})

    told = text([run(0.31622776601683794), run(0.1)])
    assert "lr=0.31623" in told
    close = text([run(0.31622776601683794), run(0.31622776601683795 + 1e-15)])
    assert "lr=0.31622776601683794" in close


@pytest.mark.parametrize("name", ["[red]x", "$a_b$", "имя", "名前", "a\x1b[31m"])
def test_names_are_printed_as_they_are(text, make_run, name):
    told = text([make_run(name), make_run("other")])
    assert name.replace("\x1b", r"\x1b") in told
    assert "\x1b" not in told


@pytest.mark.parametrize("value", [1e308, -1e308, math.inf, -math.inf, 0.0, -0.0, 5e-324])
def test_values_of_any_size(text, make_group, value):
    told = text([*make_group("adam", [value] * 3), *make_group("gd", [value] * 3)])
    assert "Traceback" not in told
    assert "~" in told or "inf" in told


def test_ranks_over_all_problems(text, make_group):
    runs = [
        *make_group("adam", [0.1, 0.1]),
        *make_group("gd", [0.2, 0.2]),
        *make_group("adam", [0.3, 0.1], problem=QUADRATIC),
        *make_group("gd", [0.2, 0.2], problem=QUADRATIC),
    ]
    assert "mean rank over 2 problems: adam 1.25, gd 1.75" in text(runs, metrics=("rank",))
    assert "over 2 problems" not in text(runs[:-2], metrics=("rank",))
