import csv
import io
import json
import re
from pathlib import Path

import pytest

from gdlab.store.frame import load_runs

CONFIGS = {
    "gd_quadratic": "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 20}",
    "adam_quadratic": "{problem: quadratic, optimizer: {name: adam, lr: 0.001}, steps: 20}",
    "gd_polynomial": "{problem: polynomial, optimizer: {name: gd, lr: 0.1}, steps: 500}",
}


@pytest.fixture
def runs(stored):
    """The stored runs of the configs, by name."""
    return stored(CONFIGS)


def damage(folder):
    (folder / "run.json").write_text("{")


def rename(folder, name):
    """Write a name into a run that no config could give it."""
    path = folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": name}))


@pytest.mark.parametrize("selectors", [[], ["runs"], ["*"], ["gd_*", "adam_quadratic"]])
def test_single_runs_are_shown_problem_by_problem_the_lowest_first_and_none_is_proven_best(gdlab, runs, selectors):
    result = gdlab("compare", *selectors)
    assert (result.code, result.err) == (0, "")
    shown = [line.split()[0] for line in result.out.splitlines() if line.startswith(tuple(CONFIGS))]
    assert shown == ["gd_polynomial", "gd_quadratic", "adam_quadratic"]
    assert not re.search(r"\d\*", result.out)
    assert re.search(r"gd_polynomial .*unbounded", result.out)
    assert "seeds each before anything can be proven; there is 1" in result.out
    assert "not in the running: 1 unbounded" in result.out


def test_what_is_common_stands_above(gdlab, runs):
    first = gdlab("compare", "*quadratic").out.splitlines()[0]
    assert first.startswith("All 2 runs: problem quadratic;")
    assert "gradient reverse" in first


def test_sorted_by_a_column(gdlab, runs):
    lines = gdlab("compare", "*quadratic", "--sort", "-name").out.splitlines()
    assert [line.split()[0] for line in lines if "_quadratic" in line] == ["gd_quadratic", "adam_quadratic"]


def test_csv_json_and_markdown_go_to_other_programs(gdlab, runs):
    rows = list(csv.DictReader(io.StringIO(gdlab("compare", "--format", "csv").out)))
    data = json.loads(gdlab("compare", "--format", "json").out)
    assert [row["name"] for row in rows] == [row["name"] for row in data]
    assert [float(row["final_loss"]) for row in rows] == [row["final_loss"] for row in data]
    assert not any(row["is_best"] for row in data)
    assert re.search(r"\| gd_quadratic \| gd lr=0\.1 \|", gdlab("compare", "--format", "md").out)
    assert re.search(r"gd\\_quadratic & gd lr=0\.1 &", gdlab("compare", "--format", "latex").out)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nope"], "'nope'"),
        (["--metric", "bets"], "unknown --metric 'bets': did you mean 'best'? There are final, best, area, "),
        (["--metric", "evaluations"], "say which, such as --target 1e-3"),
        (["--format", "cvs"], "unknown --format 'cvs': did you mean 'csv'? There are table, csv, md, json and latex\n"),
        (["--sort", "secnds"], "unknown --sort 'secnds': did you mean 'seconds'? There are n, success, final, "),
        (["--where", "optmizer=gd"], "unknown key 'optmizer' in --where: did you mean 'optimizer'?"),
        (["--cols", "fnal"], "unknown --cols 'fnal': did you mean 'final'?"),
        (["--fail-if-worse", "5%"], "--fail-if-worse needs a run to be worse than: add --baseline RUN\n"),
        (["--baseline", "gd_quadratic", "--fail-if-worse", "5"], "must be a percentage, such as 5%\n"),
        (["--baseline", "*quadratic"], "--baseline *quadratic means runs with several settings"),
    ],
)
def test_what_cannot_be_is_a_usage_error(gdlab, runs, args, message):
    result = gdlab("compare", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_pandas_gets_the_columns_of_the_csv(gdlab, runs):
    head = next(csv.reader(io.StringIO(gdlab("compare", "--format", "csv").out)))
    frame = load_runs(root="runs")
    assert [*frame.columns, "is_best"] == head
    assert frame.groupby("optimizer")["final_loss"].count().to_dict() == {"gd": 2, "adam": 1}


def test_a_damaged_run_is_named_once_and_the_others_are_compared(gdlab, runs):
    damage(runs["adam_quadratic"])
    result = gdlab("compare")
    assert result.code == 0
    assert "gd_quadratic" in result.out
    assert "adam_quadratic" not in result.out
    assert result.err.startswith("left out 1 damaged run:\n")
    assert result.err.count(str(runs["adam_quadratic"])) == 1


def test_when_all_are_damaged_there_is_nothing_to_compare(gdlab, runs):
    for folder in runs.values():
        damage(folder)
    result = gdlab("compare")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("none of 3 runs can be read\n")


@pytest.mark.parametrize("args", [[], ["runs"], ["--root", "elsewhere"]])
@pytest.mark.parametrize("made", [True, False])
def test_without_runs_it_says_how_to_make_one(gdlab, tmp_path, monkeypatch, args, made):
    monkeypatch.chdir(tmp_path)
    if made:
        Path("runs").mkdir()
    result = gdlab("compare", *args)
    root = "elsewhere" if "--root" in args else "runs"
    assert (result.code, result.out) == (2, "")
    assert result.err == f"there are no runs in {root} yet. To make one: gdlab run configs/adam_xor.yaml\n"


def test_names_are_printed_as_they_are(gdlab, runs):
    rename(runs["gd_quadratic"], "[red]$x_1$\x1b[31m\n")
    for form in ("table", "csv", "md", "json"):
        out = gdlab("compare", "--format", form).out
        assert "\x1b" not in out
    assert r"[red]$x_1$\x1b[31m\n" in gdlab("compare").out


def test_piped_there_are_no_colour_codes_and_matplotlib_is_not_loaded(process, runs):
    told = "atexit.register(lambda: print('matplotlib' in sys.modules))"
    result = process("compare", code=("-c", f"import atexit, sys; {told}; from gdlab.cli import app; app()"))
    assert result.code == 0
    assert "\x1b" not in result.out
    assert result.out.endswith("False\n")


@pytest.mark.parametrize("columns", [20, 40, 80])
@pytest.mark.parametrize("no_color", [True, False])
def test_on_a_terminal_every_line_fits_and_no_number_is_cut(terminal, runs, columns, no_color):
    text = terminal("compare", "*quadratic", columns=columns, env={"NO_COLOR": "1"} if no_color else {}).out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(map(len, plain.splitlines())) <= columns
    assert "4.0001" in plain.split(), "(1 − 0.8²⁰)² below 1e-4"
    assert "\x1b[3" not in text if no_color else "\x1b[" in text


def test_a_setting_is_written_alike_wherever_it_is_shown(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("{problem: {name: polynomial, start: [3, 4]}, optimizer: {name: adam, lr: 1}, steps: 2}")
    folder = Path(gdlab("run", "a.yaml", "--quiet").out.strip())
    compared = gdlab("compare").out.splitlines()[0]
    assert " lr=1.0;" in compared
    for shown in ((folder / "config.yaml").read_text(), gdlab("show").out, gdlab("run", "a.yaml", "--dry-run").out):
        for name, value in {"lr": "1.0", "eps": "1e-8", "start": "[3.0, 4.0]", "variant": "published"}.items():
            assert re.search(rf"^ *{name}: {re.escape(value)}$", shown, re.MULTILINE)
    assert re.search(r"^ *eps +1e-8 ", gdlab("info", "adam").out, re.MULTILINE)
    assert re.search(r"^ *start +\[3\.0, 4\.0\] ", gdlab("info", "polynomial").out, re.MULTILINE)


SWEEP = """
problem: {name: xor, hidden: [4]}
optimizer: {name: adam, lr: 0.05}
steps: 60
sweep: {grid: {optimizer.lr: [0.001, 0.05]}, seeds: 10}
"""


@pytest.fixture
def sweep(gdlab, tmp_path, monkeypatch):
    """Twenty cells of which those with the larger step size are better from every start."""
    monkeypatch.chdir(tmp_path)
    Path("rates.yaml").write_text(SWEEP)
    assert gdlab("run", "rates.yaml", "--quiet").code == 0


def best(text):
    return [line.split()[0] for line in text.splitlines() if re.search(r"\d\*", line)]


def test_what_is_proven_over_seeds_is_marked(gdlab, sweep):
    result = gdlab("compare")
    assert best(result.out) == ["lr=0.05"]
    assert result.out.startswith("All 20 runs: problem xor; gradient reverse; optimizer adam; steps 60; 10 runs each;")
    assert re.search(r"lr=0\.001 .* worse ×.* 0/0/10", result.out)


def test_a_target_above_the_known_minimum_and_what_it_costs(gdlab, sweep):
    rows = json.loads(gdlab("compare", "--target", "0.2", "--metric", "ert,passes", "--format", "json").out)
    assert [row["optimizer.lr"] for row in rows] == [0.05, 0.001]
    # 60 steps of an evaluation and a reverse pass each, and the loss at the end.
    assert 0 < rows[0]["passes_to_target"] <= rows[0]["ert"] < 2 * 60 + 1
    assert rows[1]["ert"] == "inf"
    assert gdlab("compare", "--metric", "suboptimality").code == 0
    assert gdlab("compare", "--target", "+0.2", "--metric", "steps").code == 0


def test_some_lines_columns_and_groups(gdlab, sweep):
    assert "lr=0.05" not in gdlab("compare", "--where", "lr<0.01").out
    assert gdlab("compare", "--cols", "optimizer,final", "--top", "1").out.splitlines()[2].split() == [
        "optimizer", "final", "loss",
    ]  # fmt: skip
    assert "20 runs each" in gdlab("compare", "--group-by", "optimizer").out
    assert len(gdlab("compare", "--each", "--format", "csv").out.splitlines()) == 21


@pytest.mark.parametrize(
    ("allowed", "baseline", "code"),
    [("5%", "lr=0.05", 1), ("5%", "lr=0.001", 0), ("100000000%", "lr=0.05", 0)],
)
def test_ci_fails_if_something_is_proven_worse_than_the_baseline(gdlab, sweep, allowed, baseline, code):
    result = gdlab("compare", "--baseline", baseline, "--fail-if-worse", allowed)
    assert result.code == code
    assert bool(result.err) == bool(code)
    assert result.err.count("\n") == code
    assert "vs baseline" in result.out


def test_a_run_is_held_to_one_before_it(gdlab, runs):
    worse = gdlab("compare", "adam_quadratic", "--baseline", "gd_quadratic", "--fail-if-worse", "5%")
    assert worse.code == 1
    assert re.fullmatch(
        r"worse than the baseline by more than 5 %: \S+adam_quadratic\S+ final loss 4\.\d+ beside 4\.0001 \(.* %\)\n",
        worse.err,
    )
    assert gdlab("compare", "gd_quadratic", "--baseline", "adam_quadratic", "--fail-if-worse", "5%").code == 0


def test_cautions_do_not_spoil_data(gdlab, runs, tmp_path):
    Path("short.yaml").write_text("{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 10}")
    gdlab("run", "short.yaml")
    result = gdlab("compare", "--format", "csv")
    assert result.err.startswith("caution: budgets differ: ")
    assert "caution" not in result.out
    assert "caution: budgets differ: " in gdlab("compare").out
