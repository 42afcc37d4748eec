"""Every command on stored runs reads a sweep."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.writer import SweepWriter

CONFIG = {"problem": {"name": "xor"}, "gradient": {"name": "reverse"}, "optimizer": {"name": "gd"}, "steps": 20}


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    """A sweep of two step sizes and three seeds, of which one cell diverged, one failed, and one has not run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    losses = np.array([4.0, 2, 3, 1, np.nan])
    status = ["max_steps"] * 3 + ["diverged", "failed"]
    with SweepWriter.create("runs", "lr_sweep", "", CONFIG, 6, "k" * 64) as writer:
        writer.describe(
            SimpleNamespace(
                index=i,
                settings={"optimizer.lr": lr},
                seed=i % 3,
                key=f"{i:064x}",
                data=CONFIG | {"optimizer": {"name": "gd", "lr": lr}, "seed": i % 3},
            )
            for i in range(6)
            for lr in [(0.1, 0.5)[i // 3]]
        )
        curves = {"step": np.array([0.0, 20]), "loss": np.stack([losses * 0 + 5, losses])}
        reasons = ["all 20 steps are done"] * 3 + ["the loss rose to 1e9", "out of memory"]
        cells, rows = np.arange(5), np.array([2, 2, 2, 2, 0])
        writer.write(Chunk(cells, status, cells * 0 + 20, reasons, {"final_loss": losses}, rows, curves))
        writer.finish("interrupted", "5 of 6 cells are done")
    return writer.folder


def test_the_list_has_one_line_for_a_sweep(gdlab, sweep):
    lines = gdlab("list").out.splitlines()
    assert lines[0].split() == ["id", "name", "status", "cells", "started"]
    assert len(lines) == 3
    assert "5 of 6: 3 max_steps, 1 diverged, 1 failed" in lines[2]


def test_the_list_shows_cells_when_asked(gdlab, sweep):
    assert len(gdlab("list", "--cells").out.splitlines()) == 2 + 5
    assert gdlab("list", "lr_sweep/3").out.splitlines()[2].split()[:4] == [
        f"{sweep.name}/3",
        "lr_sweep",
        "diverged",
        "20",
    ]


def test_json_has_the_numbers_of_the_cells(gdlab, sweep):
    (one,) = json.loads(gdlab("list", "--json").out)
    assert (one["id"], one["count"], one["counts"]) == (sweep.name, 6, {"max_steps": 3, "diverged": 1, "failed": 1})
    assert len(json.loads(gdlab("list", "--json", "--cells").out)) == 5


def test_compare_folds_seeds(gdlab, sweep):
    result = gdlab("compare")
    assert result.code == 0
    (line,) = (line for line in result.out.splitlines() if line.startswith("lr=0.1"))
    assert line.split()[1] == "3"
    assert "2.5 … 3.5" in line


def test_compare_shows_each_cell_when_asked(gdlab, sweep):
    out = gdlab("compare", "--each").out
    assert all(f"{sweep.name}/{cell}" in out for cell in range(5))


def test_show_tells_what_varies_what_is_best_and_what_went_wrong(gdlab, sweep):
    out = gdlab("show", "lr_sweep").out
    assert "interrupted: 5 of 6 cells are done" in out
    assert "optimizer.lr  0.1, 0.5" in out
    assert "1 × out of memory  (such as cell 4)" in out
    assert "1 × the loss rose to 1e9  (such as cell 3)" in out
    assert json.loads(gdlab("show", "--json").out)["varied"] == {"optimizer.lr": [0.1, 0.5], "seed": [0, 1, 2]}


def test_show_shows_a_cell(gdlab, sweep):
    out = gdlab("show", "lr_sweep/1").out
    assert f"{sweep.name}/1" in out
    assert "lr: 0.1" in out


def test_a_damaged_chunk_is_named_and_what_to_do(gdlab, sweep):
    (path,) = sweep.glob("chunk-0000-*.csv")
    path.write_text("")
    result = gdlab("compare")
    assert result.code == 1
    assert f"left out 1 damaged chunk:\n  runs/{sweep.name}/{path.name}: it is damaged" in result.err
    assert "run the sweep again" in result.err


def test_a_sweep_is_removed_and_a_cell_is_not(gdlab, sweep):
    result = gdlab("rm", "lr_sweep/3")
    assert (result.code, result.out) == (1, "")
    assert "one cell of a sweep cannot be taken out of it" in result.err
    assert sweep.exists()
    assert gdlab("rm", "lr_sweep").out == f"removed runs/{sweep.name}\n"
    assert not sweep.exists()


def test_export_takes_cells_out(gdlab, sweep):
    assert gdlab("export").code == 0
    assert len((sweep.parents[1] / "export/runs.csv").read_text().splitlines()) == 1 + 5
    assert len((sweep.parents[1] / "export/curves.csv").read_text().splitlines()) == 1 + 4 * 2


def test_a_chunk_that_is_gone_is_told_wherever_cells_are_read(gdlab, sweep):
    for path in sweep.glob("chunk*"):
        path.unlink()
    for command in ("compare", "show", "plot"):
        result = gdlab(command)
        assert "a chunk is gone: 5 cells that were stored are in none" in result.out + result.err, command


def test_damaged_curves_are_named_once_for_all_their_cells(gdlab, sweep):
    (path,) = sweep.glob("chunk*.npz")
    path.write_bytes(path.read_bytes()[:-5])
    lines = [line for line in gdlab("plot").err.splitlines() if path.name in line]
    assert len(lines) == 1
    assert lines[0].startswith("left out 5 cells: ")


def test_a_sweep_without_cells_says_so(gdlab, sweep):
    for path in sweep.glob("chunk*"):
        path.unlink()
    record = json.loads((sweep / "run.json").read_text())
    (sweep / "run.json").write_text(json.dumps(record | {"counts": {}}))
    result = gdlab("compare")
    assert result.code == 2
    assert f"no cell of {sweep.name} is done yet" in result.err
    assert gdlab("show").code == 0
