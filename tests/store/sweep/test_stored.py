"""Cells of a sweep are runs to every reader."""

import os

import numpy as np
import pytest

from gdlab.errors import StoreError, UsageError
from gdlab.store.reader import Damage, read_folder
from gdlab.store.selection import read_runs, read_shown
from gdlab.store.sweep import stored as module


def test_a_cell_is_a_run(stored, cells):
    run = read_folder(stored).cells[4]
    assert (run.id, run.name, run.folder) == (f"{stored.name}/4", "lr_sweep", stored)
    assert (run.status, run.step, run.seed, run.key) == ("diverged", 10, 0, cells[4].key)
    assert run.config == cells[4].data
    assert run.reason == "it ended as diverged, of course"
    assert dict(run.summary) == {"final_loss": 4.5, "accuracy": 0.75}
    curve = run.curve()
    assert curve["step"].tolist() == [0, 10]
    np.testing.assert_array_equal(curve["loss"], [5, 4 + 1 / 11])
    assert run.details["w"] == [4, -4]
    assert run.details["host"] == "here"


def test_what_a_cell_does_not_have_is_absent(stored):
    assert "accuracy" not in read_folder(stored).cells[3].summary


def test_the_curves_of_a_chunk_are_read_once_and_only_when_asked_for(stored, monkeypatch):
    read, real = [], module.read_curves
    monkeypatch.setattr(module, "read_curves", lambda path: read.append(path) or real(path))
    sweep = read_folder(stored)
    assert [len(run.config) for run in sweep.cells.values()] == [6] * 5
    assert read == []
    for run in sweep.cells.values():
        run.curve()
    assert len(read) == 2


def test_a_damaged_chunk_is_left_out_and_named_and_the_others_read(stored, root):
    (path,) = stored.glob("chunk-0000-*.csv")
    path.write_text("cell")
    selection = read_runs(root=root)
    assert [run.id for run in selection.runs] == [f"{stored.name}/{cell}" for cell in (3, 4)]
    (damage,) = selection.damaged
    assert (damage.folder, damage.is_chunk) == (path, True)
    assert damage.reason == "it is damaged, its content does not match the checksum in its name"


def test_damaged_curves_are_named_when_they_are_asked_for(stored):
    (path,) = stored.glob("chunk-0000-*.npz")
    path.write_bytes(b"PK")
    sweep = read_folder(stored)
    run = sweep.cells[0]
    for cell in range(3):
        with pytest.raises(StoreError, match=f"{path}: it is damaged"):
            sweep.cells[cell].curve()
    assert "w" not in run.details
    assert run.summary["final_loss"] == 0.5


@pytest.mark.parametrize("harm", ["{", '{"sweep": true}', ""])
def test_a_damaged_record_is_a_damaged_folder(stored, harm):
    (stored / "run.json").write_text(harm)
    assert isinstance(read_folder(stored), Damage)


def test_a_damaged_plan_leaves_the_others_readable(stored, root, begin_sweep):
    (stored / "configs.json").write_text("{")
    with begin_sweep() as writer:
        writer.finish("done", "")
    selection = read_runs(root=root)
    assert selection.runs == ()
    assert [damage.folder for damage in selection.damaged] == [stored]


def test_a_sweep_that_was_killed_before_its_plan_has_no_cells(begin_sweep):
    with begin_sweep() as writer:
        (writer.folder / "cells.csv").unlink()
        writer.finish("interrupted", "")
    assert read_folder(writer.folder).cells == {}


@pytest.mark.parametrize("name", ["cells.csv", "configs.json"])
def test_a_plan_that_is_gone_is_told(stored, root, name):
    (stored / name).unlink()
    selection = read_runs(root=root)
    (damage,) = selection.damaged
    assert (damage.folder, damage.reason) == (
        stored,
        f"the plan of the sweep is missing, there is no {name}; run the sweep again to have it written again",
    )


@pytest.mark.parametrize("pattern", ["chunk-0001-*.csv", "chunk-0001-*"])
def test_a_chunk_that_is_gone_is_told(stored, root, pattern):
    for path in stored.glob(pattern):
        path.unlink()
    selection = read_runs(root=root)
    assert len(selection.runs) == 3
    (damage,) = selection.damaged
    assert (damage.folder, damage.is_chunk) == (stored, True)
    assert damage.reason == "a chunk is gone: 2 cells that were stored are in none"


@pytest.fixture
def select(root):
    return lambda *selectors: [run.id.partition("/")[2] or "run" for run in read_runs(selectors, root).runs]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("lr_sweep", "01234"),
        ("latest", "01234"),
        ("*sweep*", "01234"),
        ("word", "01234"),
        ("lr_sweep/3", "3"),
        ("latest/0", "0"),
        ("word/2", "2"),
        ("lr_sweep/[13]", "13"),
        ("lr_sweep/*", "01234"),
        ("{id}", "01234"),
        ("{id}/3", "3"),
        ("{begin}/3", "3"),
        ("{path}", "01234"),
        ("{path}/3", "3"),
        ("{root}/*", "01234r"),
    ],
)
def test_cells_are_selected(root, begin_sweep, chunk, make, select, selector, expected):
    make("single")
    with begin_sweep(tags=["word"]) as writer:
        writer.write(chunk(*range(5)))
        writer.finish("interrupted", "")
    words = {"id": writer.id, "begin": writer.id[:-2], "path": writer.folder, "root": root}
    assert sorted(cell[0] for cell in select(selector.format(**words))) == sorted(expected)


def test_all_are_the_runs_and_the_cells_each_once_in_order(stored, make, select):
    make("later")
    assert select() == ["0", "1", "2", "3", "4", "run"]
    assert select("lr_sweep/3", "lr_sweep", "lr_sweep/0") == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(("cell", "what"), [("5", "cell 5"), ("700", "cell 700"), ("9*", "cell like '9*'")])
def test_a_cell_that_is_not_there_is_told(stored, root, cell, what):
    with pytest.raises(UsageError) as caught:
        read_runs([f"lr_sweep/{cell}"], root)
    told = f"no {what} of {stored.name} is stored: it has 6 cells, numbered from 0, of which 5 are done"
    assert str(caught.value) == told


def test_shown_as_one(stored, root, make):
    folder = make("single")
    os.utime(folder)
    shown = read_shown(root=root)
    assert [item.id for item in shown.items] == [stored.name, folder.name]
    assert [item.id for item in read_shown(["lr_sweep/2"], root).items] == [f"{stored.name}/2"]
