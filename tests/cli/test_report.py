from pathlib import Path

import pytest
import yaml

CONFIGS = {
    "gd_quadratic": "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 20}",
    "gd_polynomial": "{problem: polynomial, optimizer: {name: gd, lr: 0.1}, steps: 500}",
}
SWEEP = (
    "{problem: rosenbrock, optimizer: {name: adam, lr: 0.01}, steps: 5, "
    "sweep: {grid: {optimizer.lr: [0.001, 0.01, 0.1]}, seeds: 20}}"
)


@pytest.fixture
def runs(stored):
    """The stored runs of the configs, by name."""
    return stored(CONFIGS)


@pytest.mark.parametrize("selectors", [[], ["runs"], ["gd_*"]])
def test_a_page_is_made_and_its_name_printed(gdlab, runs, selectors):
    result = gdlab("report", *selectors)
    assert (result.code, result.out, result.err) == (0, "report.html\n", "")
    page = Path("report.html").read_text("utf-8")
    assert "<title>gd_quadratic and gd_polynomial</title>" in page or "<title>gd_polynomial and gd_quadratic" in page
    assert all(folder.name in page for folder in runs.values())
    assert "it has no lower bound" in page
    assert page.count("<img ") >= 2  # the polynomial has two parameters, and a way


def test_the_page_is_replaced_and_nothing_else_is(gdlab, runs):
    assert gdlab("report", "-o", "a.html", "--title", "Week <6>").code == 0
    assert "<h1>Week &lt;6&gt;</h1>" in Path("a.html").read_text("utf-8")
    assert gdlab("report", "-o", "a.html").code == 0
    assert "Week" not in Path("a.html").read_text("utf-8")
    Path("a.html").write_text("my notes")
    result = gdlab("report", "-o", "a.html")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("a.html exists and is no HTML, so that it is left as it is")
    assert Path("a.html").read_text() == "my notes"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nope"], "no run in runs matches 'nope'"),
        (["-o", "page.pdf"], "cannot write a page into page.pdf: its name must end in .html or .htm"),
        (["-o", "gone/page.html"], "cannot write gone/page.html: there is no folder gone"),
        (["--metric", "fnal"], "unknown --metric 'fnal': did you mean 'final'?"),
        (["--metric", "evaluations"], "--metric evaluations is what it takes to reach a target"),
        (["--where", "optimizer=adam"], "optimizer"),
    ],
)
def test_what_cannot_be_is_one_line_and_no_page(gdlab, runs, args, message):
    result = gdlab("report", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert not list(Path().glob("*.html*"))


def test_without_runs_it_says_how_to_make_one(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = gdlab("report")
    assert (result.code, result.out) == (2, "")
    assert result.err == "there are no runs in runs yet. To make one: gdlab run configs/adam_xor.yaml\n"


def test_damaged_runs_are_named_here_and_on_the_page(gdlab, runs):
    broken = Path("runs") / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    result = gdlab("report")
    assert result.code == 0
    assert result.err.count(str(broken)) == 1
    page = Path("report.html").read_text("utf-8")
    assert "Left out, for it cannot be read:" in page
    assert f"<li>{broken}: " in page


def test_by_another_metric_and_of_some_runs(gdlab, runs):
    assert gdlab("report", "--metric", "best", "--where", "problem=quadratic").code == 0
    page = Path("report.html").read_text("utf-8")
    assert "Comparison by best loss" in page
    assert runs["gd_polynomial"].name not in page


def test_of_a_sweep_there_are_lines_and_reasons_and_its_config_and_no_row_for_each_cell(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lr_sweep.yaml").write_text(SWEEP)
    assert gdlab("run", "lr_sweep.yaml").code == 0
    assert gdlab("report").code == 0
    page = Path("report.html").read_text("utf-8")
    assert page.count("<tr>") < 15
    assert "60 of 60 cells are reported; the sweep is done" in page
    assert "Final loss over learning rate" in page
    config = yaml.safe_load(page.partition("<pre>")[2].partition("</pre>")[0])
    assert config["sweep"] == {"grid": {"optimizer.lr": [0.001, 0.01, 0.1]}, "seeds": 20}


def test_some_cells_of_a_sweep_are_runs_of_their_own(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lr_sweep.yaml").write_text(SWEEP)
    assert gdlab("run", "lr_sweep.yaml").code == 0
    assert gdlab("report", "lr_sweep/1").code == 0
    page = Path("report.html").read_text("utf-8")
    assert "This is one run, of adam on rosenbrock." in page
    assert "cells are reported" not in page
