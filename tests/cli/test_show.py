import json
from pathlib import Path

import pytest

CONFIG = "{problem: polynomial, optimizer: {name: gd, lr: 0.1}, steps: 500, tags: [lecture]}"


@pytest.fixture
def run(gdlab, tmp_path, monkeypatch):
    """Store a run without bound, as often as it is called; the folder."""
    monkeypatch.chdir(tmp_path)
    Path("gd_polynomial.yaml").write_text(CONFIG)
    return lambda: Path(gdlab("run", "--quiet", "gd_polynomial.yaml").out.strip())


@pytest.mark.parametrize("selector", [[], ["latest"], ["gd_polynomial"], ["gd_*"], ["runs"]])
def test_a_run_is_shown_with_why_it_ended_and_what_it_was(gdlab, run, selector):
    folder = run()
    result = gdlab("show", *selector)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == f"gd_polynomial  {folder.name}"
    assert lines[1].startswith("unbounded: ")
    assert lines[1].count(" ") > 5, "a sentence"
    for line in ("loss", "config", "  optimizer:", "    lr: 0.1", "summary", "cost", f"  folder    {folder}"):
        assert line in lines
    assert lines[4].startswith("  42 "), "the loss at (3, 4)"


def test_json(gdlab, run):
    folder = run()
    data = json.loads(gdlab("show", folder.name, "--json").out)
    assert (data["id"], data["status"], data["optimizer"]) == (folder.name, "unbounded", "gd")
    assert data["config"]["optimizer"] == {"name": "gd", "lr": 0.1}
    assert data["tags"] == ["lecture"]
    assert set(data["versions"]) >= {"gdlab", "numpy", "python"}


def test_of_several_the_newest_is_shown_and_the_others_are_named(gdlab, run):
    before, newest = run(), run()
    result = gdlab("show", "gd_polynomial")
    assert newest.name in result.out
    assert before.name not in result.out
    assert result.err == f"gd_polynomial means 2 runs, this is the newest; before it: {before.name}\n"


def test_the_end_of_the_log_is_shown_as_it_is(gdlab, run):
    with (run() / "log.txt").open("a") as file:
        file.write("[red]\x1b[31m the last words\n")
    result = gdlab("show")
    assert r"[red]\x1b[31m the last words" in result.out
    assert "\x1b" not in result.out


def test_a_run_whose_rows_are_damaged_is_shown_without_its_curve(gdlab, run):
    folder = run()
    (folder / "metrics.csv").write_text("step,loss\n0,oops\n")
    result = gdlab("show")
    assert result.code == 0
    assert "final loss" in result.out
    assert "\nloss\n" not in result.out
    assert f"{folder}/metrics.csv:2:" in result.err


def test_a_damaged_run_is_named_with_the_reason(gdlab, run):
    folder = run()
    (folder / "config.yaml").unlink()
    result = gdlab("show", folder)
    assert (result.code, result.out) == (1, "")
    assert f"{folder}: config.yaml is missing" in result.err


@pytest.mark.parametrize("selector", ["nope", "latest"])
def test_what_is_not_there_is_a_usage_error(gdlab, tmp_path, monkeypatch, selector):
    monkeypatch.chdir(tmp_path)
    result = gdlab("show", selector)
    assert (result.code, result.out) == (2, "")
    assert selector in result.err
