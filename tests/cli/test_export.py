import csv
import json
import sys
from pathlib import Path

import pytest

CONFIG = "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 2}"
LOSSES = [5, 4.64, 4.4096]  # of w² − 2w + 5 from 0 with a step of 0.1


@pytest.fixture
def runs(gdlab, tmp_path, monkeypatch):
    """Two stored runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("zebra", "adam"):
        Path(f"{name}.yaml").write_text(CONFIG)
        assert gdlab("run", "--quiet", f"{name}.yaml").code == 0


def test_csv_has_every_run_and_every_row(gdlab, runs):
    result = gdlab("export")
    assert (result.code, result.out, result.err) == (0, "export\n", "")
    with Path("export/runs.csv").open() as file:
        rows = [*csv.DictReader(file)]
    assert [row["name"] for row in rows] == ["zebra", "adam"]
    assert rows[0]["optimizer.lr"] == "0.1"
    with Path("export/curves.csv").open() as file:
        logged = [*csv.DictReader(file)]
    mine = [row for row in logged if row["id"] == rows[0]["id"]]
    assert [float(row["loss"]) for row in mine] == pytest.approx(LOSSES)
    assert [row["step"] for row in mine] == ["0", "1", "2"]


def test_json_has_configs_and_curves(gdlab, runs):
    assert gdlab("export", "zebra", "--to", "json", "-o", "a/all.json").out == "a/all.json\n"
    (run,) = json.loads(Path("a/all.json").read_text())
    assert (run["name"], run["config"]["optimizer"]["lr"]) == ("zebra", 0.1)
    assert run["curve"]["loss"] == pytest.approx(LOSSES)


def test_tensorboard_has_a_folder_for_each(gdlab, runs):
    assert gdlab("export", "--to", "tensorboard", "-o", "logs").code == 0
    assert len([*Path("logs").glob("*/events.out.tfevents.*")]) == 2


def test_parquet_without_pyarrow_says_what_to_install(gdlab, runs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = gdlab("export", "--to", "parquet")
    assert result.code == 2
    assert "pip install 'gdlab[parquet]'" in result.err
    assert not Path("export").exists()


def test_parquet_is_read_by_pandas(gdlab, runs):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pandas as pd

    assert gdlab("export", "--to", "parquet").code == 0
    assert pd.read_parquet("export/runs.parquet")["optimizer.lr"].tolist() == [0.1, 0.1]
    assert pd.read_parquet("export/curves.parquet")["loss"].tolist() == pytest.approx([*LOSSES, *LOSSES])


def test_nothing_is_overwritten_unless_it_is_an_export_and_asked_for(gdlab, runs):
    assert gdlab("export").code == 0
    result = gdlab("export")
    assert (result.code, result.err) == (
        2,
        "export exists; --force replaces an earlier export; write elsewhere with -o\n",
    )
    assert gdlab("export", "--force").code == 0
    Path("export/mine.txt").write_text("mine")
    result = gdlab("export", "--force")
    assert (result.code, result.err) == (2, "export is no export, and is not replaced; write elsewhere with -o\n")
    assert Path("export/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("kind", ["csv", "json", "tensorboard"])
def test_an_export_replaces_an_earlier_one_of_the_same_kind_and_leaves_nothing_beside(gdlab, runs, kind):
    before = [*Path().iterdir()]
    for options in ([], ["--force"]):
        assert gdlab("export", "adam", "--to", kind, "-o", "out", *options).code == 0
    assert {*Path().iterdir()} == {*before, Path("out")}
    assert gdlab("export", "--to", kind, "-o", "out", "--force").code == 0
    if kind == "tensorboard":
        assert len([*Path("out").iterdir()]) == 2


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (["out/settings.json", "out/more/data.json"], "out"),
        (["out/runs.csv"], "out"),
        (["out/runs.csv", "out/curves.csv", "out/notes.json"], "out"),
        (["out/run1/events.out.tfevents.1700000000.host"], "out"),
        (["out/.keep"], "out"),
        (["out/"], "out"),
        (["out.json"], "out.json"),
    ],
)
def test_what_is_no_export_of_ours_is_never_replaced(gdlab, runs, files, path):
    for file in map(Path, files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"mine": 1}') if file.suffix or file.name == ".keep" else file.mkdir()
    for kind in ("csv", "json"):
        result = gdlab("export", "--to", kind, "-o", path, "--force")
        assert (result.code, result.err) == (2, f"{path} is no export, and is not replaced; write elsewhere with -o\n")
    assert all(Path(file).exists() for file in files)


def test_what_stands_beside_an_export_is_left_alone(gdlab, runs):
    Path("data.tmp").mkdir()
    Path("data.tmp/mine").write_text("mine")
    assert gdlab("export", "-o", "data").code == 0
    assert Path("data.tmp/mine").read_text() == "mine"


def test_an_unknown_format_is_told(gdlab, runs):
    result = gdlab("export", "--to", "cvs")
    assert result.code == 2
    assert "did you mean 'csv'?" in result.err
