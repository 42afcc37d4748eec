import json
from pathlib import Path

import pytest

CONFIG = "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 2}"


@pytest.fixture
def runs(gdlab, tmp_path, monkeypatch):
    """Two stored runs, the oldest first."""
    monkeypatch.chdir(tmp_path)
    folders = []
    for name in ("zebra", "adam"):
        Path(f"{name}.yaml").write_text(CONFIG)
        folders.append(Path(gdlab("run", "--quiet", f"{name}.yaml").out.strip()))
    return folders


def test_the_newest_comes_last(gdlab, runs):
    result = gdlab("list")
    assert (result.code, result.err) == (0, "")
    head, _, *rows = result.out.splitlines()
    assert head.split() == ["id", "name", "status", "step", "final", "loss", "started"]
    assert [row.split()[:5] for row in rows] == [
        [runs[0].name, "zebra", "max_steps", "2", "4.4096"],
        [runs[1].name, "adam", "max_steps", "2", "4.4096"],
    ], "the loss of the second step of gradient descent with a step of 0.1"
    assert rows[0].endswith("just now")


def test_json_has_every_number_and_setting(gdlab, runs):
    first, second = json.loads(gdlab("list", "--json").out)
    assert (first["id"], second["id"]) == tuple(folder.name for folder in runs)
    assert first["final_loss"] == pytest.approx(4.4096)
    assert first["optimizer.lr"] == 0.1


def test_selected_runs_only(gdlab, runs):
    assert len(gdlab("list", "zebra").out.splitlines()) == 3
    assert gdlab("list", "nope").code == 2


def test_a_damaged_run_is_named_and_the_others_are_listed(gdlab, runs):
    (runs[0] / "run.json").unlink()
    result = gdlab("list")
    assert result.code == 0
    assert runs[1].name in result.out
    assert result.err == f"left out 1 damaged run:\n  {runs[0]}: run.json is missing\n"


def test_many_damaged_runs_are_named_in_a_few_lines(gdlab, runs):
    for number in range(12):
        (Path("runs") / f"broken{number:02d}").mkdir()
        (Path("runs") / f"broken{number:02d}" / "run.json").write_text("{}")
    lines = gdlab("list").err.splitlines()
    assert lines[0] == "left out 12 damaged runs:"
    assert len(lines) == 12
    assert lines[-1] == "  and 2 more"


def test_an_empty_list_is_no_error_and_says_how_to_begin(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = gdlab("list")
    assert (result.code, result.out) == (0, "")
    assert result.err == "there are no runs in runs yet. To make one: gdlab run configs/adam_xor.yaml\n"
    result = gdlab("list", "--json")
    assert (result.code, json.loads(result.out), result.err) == (0, [], "")


def test_nothing_slow_is_loaded(process, runs):
    loaded = "print([name for name in ('pandas', 'matplotlib', 'rich.table') if name in sys.modules])"
    code = f"import atexit, sys\natexit.register(lambda: {loaded})\nfrom gdlab.cli import app; app()"
    result = process("list", code=("-c", code))
    assert result.code == 0
    assert result.out.splitlines()[-1] == "[]"


def test_the_runs_folder_completes(process, runs):
    env = {"_GDLAB_COMPLETE": "complete_bash", "COMP_WORDS": "gdlab show l", "COMP_CWORD": "2"}
    assert process(env=env).out.split() == ["latest"]
    env = {"_GDLAB_COMPLETE": "complete_bash", "COMP_WORDS": "gdlab compare 2", "COMP_CWORD": "2"}
    assert sorted(process(env=env).out.split()) == sorted(folder.name for folder in runs)
