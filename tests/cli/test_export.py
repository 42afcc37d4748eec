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


def test_an_unknown_format_is_told(gdlab, runs):
    result = gdlab("export", "--to", "cvs")
    assert result.code == 2
    assert "did you mean 'csv'?" in result.err
