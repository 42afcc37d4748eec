"""`gdlab run`: what it prints, what it stores, and what a fault leaves behind."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gdlab.report.numbers import number
from gdlab.store.selection import read_runs

ROOT = Path(__file__).parents[2]
XOR = "problem: xor\noptimizer: {name: adam, lr: 0.05}\nsteps: 200\nlog: {every: 10}\n"
ENDLESS = "problem: xor\noptimizer: {name: gd, lr: 1e-9}\nsteps: 1000000000\nlog: {every: 100}\n"
BRANCHES = "problem: polynomial\noptimizer: {name: gd, lr: 0.1}\nsteps: 2000\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("xor.yaml").write_text(XOR)
    Path("endless.yaml").write_text(ENDLESS)
    Path("poly.yaml").write_text(BRANCHES)
    return tmp_path


@pytest.fixture
def started(here):
    """Start `gdlab …` in a process of its own; it is killed when the test ends."""
    processes = []

    def start(*args, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "gdlab", *args],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def wait_for(condition, seconds=30.0):
    """Wait until something is so; fail if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    pytest.fail("it never happened")
    return None


def rows():
    """The rows of the only run, once there are some."""
    files = list(Path("runs").glob("*/metrics.csv"))
    return files[0].read_text().splitlines()[1:] if files else []


def test_a_run_is_stored_and_summed_up(gdlab, here):
    result = gdlab("run", "xor.yaml")
    assert result.code == 0
    assert result.out.startswith("xor: max_steps  step 200  loss ")
    assert result.out.count("\n") == 1
    assert result.err == "next: gdlab compare runs, gdlab plot runs\n"
    (run,) = read_runs().runs
    assert (run.name, run.status, run.step) == ("xor", "max_steps", 200)
    assert len(run.curve()["step"]) == 21
    assert run.summary["reverse_passes"] == 200
    assert run.folder.joinpath("config.yaml").read_text().startswith("name: xor\n")


def test_the_stored_config_repeats_the_run(gdlab, here):
    gdlab("run", "xor.yaml", "--set", "optimizer.lr=0.02", "--seed", "7")
    (first,) = read_runs().runs
    gdlab("run", first.folder / "config.yaml")
    _, second = read_runs().runs
    assert second.key == first.key
    assert second.summary["final_loss"] == first.summary["final_loss"]
    assert second.seed == 7


def test_several_in_a_row_and_quietly(gdlab, here):
    result = gdlab("run", "xor.yaml", "poly.yaml", "-q")
    assert result.code == 0
    folders = result.out.split()
    assert [Path(folder).is_dir() for folder in folders] == [True, True]
    assert result.err == ""
    assert [run.status for run in read_runs().runs] == ["max_steps", "unbounded"]


def test_json_has_a_line_for_each_run(gdlab, here):
    result = gdlab("run", "xor.yaml", "poly.yaml", "--json")
    xor, poly = map(json.loads, result.out.splitlines())
    assert xor["status"] == "max_steps"
    assert xor["summary"]["accuracy"] in (0.5, 0.75, 1.0)
    assert poly["status"] == "unbounded"
    assert result.err == ""


def test_dry_run_writes_nothing(gdlab, here):
    result = gdlab("run", "xor.yaml", "poly.yaml", "--dry-run", "--set", "steps=3")
    assert result.code == 0
    assert result.out.count("steps: 3") == 2
    assert "beta1: 0.9" in result.out
    assert not Path("runs").exists()


def test_dry_run_as_json(gdlab, here):
    (line,) = gdlab("run", "xor.yaml", "--dry-run", "--json").out.splitlines()
    assert json.loads(line)["optimizer"]["beta2"] == 0.999


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["nothing.yaml"], "nothing.yaml"),
        (["xor.yaml", "--set", "optimizer.betta=1"], "did you mean 'beta1'?"),
        (["xor.yaml", "--set", "optimizer.lr=-1"], "lr"),
        (["xor.yaml", "--set", "name=../escape"], "name"),
        (["."], "folder"),
    ],
)
def test_nothing_runs_if_anything_is_wrong(gdlab, here, args, text):
    result = gdlab("run", "poly.yaml", *args)
    assert result.code == 2
    assert text in result.err
    assert "Traceback" not in result.err
    assert not Path("runs").exists()


def test_root_that_is_a_file(gdlab, here):
    Path("runs").write_text("mine")
    result = gdlab("run", "xor.yaml")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert Path("runs").read_text() == "mine"


def test_run_loads_neither_pandas_nor_matplotlib(process, here):
    code = """
import sys
from gdlab.cli import main
try:
    main()
finally:
    print("loaded:", *(m for m in ("numpy", "pandas", "matplotlib") if m in sys.modules), file=sys.stderr)
"""
    result = process("run", str(here / "xor.yaml"), code=("-c", code))
    assert result.code == 0
    assert result.err.rpartition("loaded:")[2].split() == ["numpy"]


def test_ctrl_c_keeps_the_run_as_interrupted(started):
    process = started("run", "endless.yaml", "xor.yaml")
    wait_for(rows)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out.startswith("endless: interrupted")
    (run,) = read_runs().runs
    assert run.status == "interrupted"
    assert run.reason == f"interrupted at step {run.step:,}"
    assert run.curve()["step"][-1] == run.step > 0


def test_a_request_to_end_keeps_the_run_too(started):
    process = started("run", "endless.yaml", "xor.yaml")
    wait_for(rows)
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert err == "not run: xor\n"
    assert [run.status for run in read_runs().runs] == ["interrupted"]


def test_a_run_knows_its_own_command(gdlab, here):
    gdlab("run", "xor.yaml", "poly.yaml", "--set", "steps=3", "--seed", "4")
    first, second = read_runs().runs
    assert first.details["argv"] == ["gdlab", "run", "xor.yaml", "--set", "steps=3", "--seed", "4"]
    assert second.details["argv"][2] == "poly.yaml"


def test_show_tells_where_a_run_ended_and_tags_select(gdlab, here):
    Path("j.yaml").write_text("problem: quadratic\noptimizer: {name: gd, lr: 0.1}\nsteps: 5\ntags: [lecture]\n")
    gdlab("run", "j.yaml", "xor.yaml", "-q")
    assert re.search(r"^  w +0.67232$", gdlab("show", "lecture").out, re.MULTILINE)
    assert gdlab("list", "lecture").out.count("max_steps") == 1
    assert "j" in gdlab("list", "lecture").out


def test_show_of_the_folder_one_stands_in(gdlab, here, monkeypatch):
    folder = gdlab("run", "xor.yaml", "-q").out.strip()
    monkeypatch.chdir(folder)
    assert Path(folder).name in gdlab("show", ".").out


def test_runs_that_are_all_alike_have_no_best(gdlab, here):
    gdlab("run", "xor.yaml", "xor.yaml", "-q")
    assert "lowest" not in gdlab("compare").out


def test_a_line_in_a_pipe_says_what_went_wrong(gdlab, here):
    result = gdlab("run", "poly.yaml", "--set", "problem=quadratic", "--set", "optimizer.lr=1e300")
    assert result.code == 0
    assert "try lr below 1)" in result.out


def test_nan_from_the_start_on_a_terminal(here):
    Path("nan.yaml").write_text("problem: {name: polynomial, start: [1e200, 1e200]}\noptimizer: gd\n")
    code = f"{sys.executable} -m gdlab run nan.yaml"
    done = subprocess.run(
        ["script", "-qec", code, "/dev/null"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "before any finite value" in done.stdout


def test_out_of_memory_is_one_line(gdlab, here):
    result = gdlab(
        "run", "xor.yaml", "poly.yaml", "--set", "problem={name: xor, hidden: [100000000, 100000000]}", "--json"
    )
    assert result.code == 1
    assert result.err.count("\n") == 2
    assert "out of memory" in result.err


@pytest.mark.parametrize("text", ["seed: &s 5\nsteps: *s", "steps: *s", "name: *nope", "tags: [&a x, *a]"])
def test_aliases_are_refused_in_words(gdlab, here, text):
    Path("alias.yaml").write_text(f"problem: quadratic\noptimizer: gd\n{text}\n")
    for command in ("validate", "run"):
        result = gdlab(command, "alias.yaml")
        assert result.code == 2
        assert "is not allowed" in result.err


def test_kill_9_leaves_the_rows_so_far(started):
    process = started("run", "endless.yaml")
    wait_for(lambda: len(rows()) > 3)
    process.kill()
    process.communicate()
    (run,) = read_runs().runs
    assert run.status == "interrupted"
    assert run.step >= 300
    assert run.curve()["step"][-1] == run.step


def test_a_full_disk_is_one_line_and_nothing_is_marked_done(started):
    def tiny_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = started("run", "endless.yaml", preexec_fn=tiny_files)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.count("\n") == 1
    assert "metrics.csv" in err
    (run,) = read_runs().runs
    assert run.status in ("failed", "interrupted")
    assert len(run.curve()["step"]) > 10


def test_two_processes_at_once_get_two_folders(started):
    processes = [started("run", "xor.yaml") for _ in range(4)]
    for process in processes:
        process.communicate(timeout=60)
    assert [run.status for run in read_runs().runs] == ["max_steps"] * 4
    assert len({run.folder for run in read_runs().runs}) == 4


def test_output_into_head(here):
    code = f"{sys.executable} -m gdlab run xor.yaml xor.yaml xor.yaml -q | head -n 1"
    done = subprocess.run(
        ["bash", "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_terminal_no_number_is_cut(terminal, here, columns):
    told = re.compile(r" +(\d+)/1000000000 loss (\S+)\s")
    written = terminal("run", "endless.yaml", columns=columns, interrupt=lambda text: len(told.findall(text)) > 3)
    assert written.code == 130
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[\??[0-9;]*[a-zA-Z]", "\n", written.out))
    assert max(map(len, lines)) <= columns
    (run,) = read_runs().runs
    steps, losses = zip(*told.findall("\n".join(lines)), strict=True)
    assert [int(step) for step in steps] == sorted(int(step) for step in steps)
    assert int(steps[-1]) <= run.step
    assert {*losses} <= {number(loss) for loss in run.curve()["loss"]}
    end = " ".join(line.strip() for line in lines[-8:]).split()
    assert end.count(f"{run.step:,}") == 3, "in the reason, the evaluations and the passes"
    assert str(run.folder) in end


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"NO_COLOR": "1"}])
def test_any_locale(process, here, env):
    result = process("run", str(here / "poly.yaml"), env=env)
    assert result.code == 0
    assert "\x1b" not in result.out + result.err
    assert "Traceback" not in result.err
