import os
from pathlib import Path

import pytest

from gdlab.store.writer import RunWriter

CONFIG = "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 2}"


@pytest.fixture
def runs(gdlab, tmp_path, monkeypatch):
    """Three stored runs: two that share a name, and another."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)  # nobody can be asked
    folders = []
    for name in ("gd", "gd", "adam"):
        Path(f"{name}.yaml").write_text(CONFIG)
        folders.append(Path(gdlab("run", "--quiet", f"{name}.yaml").out.strip()))
    return folders


@pytest.fixture
def live(runs):
    """A run that is under way."""
    with RunWriter.create("runs", "live", "", {}, ("step", "loss"), seed=0) as writer:
        yield writer.folder
        writer.finish("converged", 0, "", {})


def left():
    return sorted(path for path in Path("runs").iterdir())


@pytest.mark.parametrize(
    ("selectors", "kept"),
    [(["gd"], [2]), (["latest"], [0, 1]), (["gd", "adam"], []), (["*"], []), (["runs"], [])],
)
def test_what_is_named_is_removed_and_told(gdlab, runs, selectors, kept):
    result = gdlab("rm", *selectors)
    assert (result.code, result.err) == (0, "")
    assert left() == sorted(runs[i] for i in kept)
    gone = [folder for i, folder in enumerate(runs) if i not in kept]
    assert sorted(result.out.splitlines()) == sorted(f"removed {folder}" for folder in gone)


def test_a_damaged_run_is_removed_too(gdlab, runs):
    (runs[0] / "run.json").write_text("{")
    assert gdlab("rm", runs[0].name).out == f"removed {runs[0]}\n"
    assert left() == sorted(runs[1:])


def test_a_run_under_way_is_refused_and_the_others_are_removed(gdlab, runs, live):
    result = gdlab("rm", "*")
    assert result.code == 1
    assert result.err == f"cannot remove {live}: the run is still running\n"
    assert left() == [live]


def test_what_a_link_leads_to_is_left_alone(gdlab, runs, tmp_path):
    outside = tmp_path / "mine"
    runs[0].rename(outside)
    (Path("runs") / "link").symlink_to(outside)
    result = gdlab("rm", "link")
    assert (result.code, result.out) == (1, "")
    assert "runs/link: it is a link" in result.err
    assert (outside / "run.json").is_file()


def test_a_folder_elsewhere_is_left_alone(gdlab, runs, tmp_path):
    outside = tmp_path / "mine"
    runs[0].rename(outside)
    assert gdlab("rm", outside).err == f"cannot remove {outside}: it is not in the runs folder runs\n"
    assert (outside / "run.json").is_file()


@pytest.mark.parametrize(("args", "message"), [([], "Missing argument 'RUN"), (["nope"], "'nope'")])
def test_nothing_goes_that_was_not_named(gdlab, runs, args, message):
    result = gdlab("rm", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert left() == sorted(runs)


def test_without_runs_it_says_so(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    result = gdlab("rm", "runs")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("there are no runs in runs yet")


@pytest.mark.parametrize(
    ("typed", "removed"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("\x04", False)]
)
def test_on_a_terminal_it_asks(terminal, runs, typed, removed):
    result = terminal("rm", "gd", typed=typed)
    assert result.code == 0
    assert "remove 2 runs? [y/N]" in result.out
    assert left() == sorted(runs[2:] if removed else runs)
    assert result.out.rstrip().endswith(f"removed {runs[1]}" if removed else "nothing was removed")


@pytest.mark.parametrize("flag", ["-y", "--yes"])
def test_on_a_terminal_it_need_not_ask(terminal, runs, flag):
    result = terminal("rm", "gd", flag)
    assert (result.code, result.out.splitlines()) == (0, [f"removed {folder}" for folder in runs[:2]])


def test_ctrl_c_at_the_question_removes_nothing(terminal, runs):
    result = terminal("rm", "gd", interrupt=lambda written: "[y/N]" in written)
    assert result.code == 130
    assert result.out.splitlines()[-1].endswith("interrupted")
    assert left() == sorted(runs)


def test_in_a_script_nobody_is_asked(process, runs):
    result = process("rm", "gd", "--root", str(Path("runs").resolve()))
    assert (result.code, result.err) == (0, "")
    assert result.out.count("removed ") == 2


def test_a_name_cannot_steer_the_terminal(gdlab, runs):
    odd = Path("runs") / "odd\x1b[31m"
    runs[0].rename(odd)
    result = gdlab("rm", odd.name)
    assert result.out == r"removed runs/odd\x1b[31m" + os.linesep
