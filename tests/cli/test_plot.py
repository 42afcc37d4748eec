import json
import re
from pathlib import Path

import pytest

CONFIGS = {
    "gd_quadratic": "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 20}",
    "gd_polynomial": "{problem: polynomial, optimizer: {name: gd, lr: 0.1}, steps: 500}",
}
MAGIC = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.fixture
def runs(stored):
    """The stored runs of the configs, by name."""
    return stored(CONFIGS)


@pytest.mark.parametrize("selectors", [[], ["runs"], ["gd_quadratic"]])
def test_a_picture_is_made_and_its_name_printed(gdlab, runs, selectors):
    result = gdlab("plot", *selectors)
    assert (result.code, result.out, result.err) == (0, "curves.png\n", "")
    assert Path("curves.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize("kind", MAGIC)
def test_the_ending_decides_the_format(gdlab, runs, kind):
    path = f"my curves.{kind}"
    assert gdlab("plot", "-o", path).out == f"{path}\n"
    assert Path(path).read_bytes().startswith(MAGIC[kind])


def test_any_cost_and_any_column(gdlab, runs):
    assert gdlab("plot", "--x", "evaluations", "--y", "grad_norm").code == 0


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ["-o", "curves.gif"],
            2,
            "cannot draw into curves.gif: the name of a picture must end in .png, .svg or .pdf\n",
        ),
        (["-o", "gone/curves.png"], 1, "gone/curves.png: No such file or directory\n"),
        (["--x", "time"], 2, "unknown --x 'time': There are step, epoch, evaluations, "),
        (["--y", "lss"], 2, "unknown --y 'lss': did you mean 'loss'? There are step, "),
        (["nope"], 2, "'nope'"),
    ],
)
def test_what_cannot_be_is_one_line_and_no_picture(gdlab, runs, args, code, message):
    result = gdlab("plot", *args)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert not list(Path().glob("*.png*"))


def test_without_runs_it_says_how_to_make_one(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = gdlab("plot", "runs")
    assert (result.code, result.out) == (2, "")
    assert result.err == "there are no runs in runs yet. To make one: gdlab run configs/adam_xor.yaml\n"


def test_a_damaged_run_and_damaged_rows_are_named_and_the_others_are_drawn(gdlab, runs):
    (runs["gd_polynomial"] / "metrics.csv").write_text("step,loss\n0,oops\n")
    broken = Path("runs") / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    result = gdlab("plot")
    assert (result.code, result.out) == (0, "curves.png\n")
    assert result.err.count(str(broken)) == result.err.count(str(runs["gd_polynomial"])) == 1


def test_when_no_rows_can_be_read_there_is_nothing_to_draw(gdlab, runs):
    for folder in runs.values():
        (folder / "metrics.csv").unlink()
    result = gdlab("plot")
    assert (result.code, result.out) == (2, "")
    assert "there is nothing to draw" in result.err


def test_names_in_any_script_give_no_warning_and_pandas_is_not_loaded(process, runs):
    path = runs["gd_quadratic"] / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "$x_1 損失 \x1b[31m خسارة"}))
    code = (
        "import atexit, sys\natexit.register(lambda: print('pandas' in sys.modules))\nfrom gdlab.cli import app; app()"
    )
    result = process("plot", code=("-c", code))
    assert (result.code, result.out) == (0, "curves.png\nFalse\n")
    # A note on letters that no font of this machine has, if there are any, and nothing of matplotlib's.
    assert all(line.startswith("no installed font has ") for line in result.err.splitlines())


@pytest.mark.parametrize("args", [["activations"], ["--kind", "activations"]])
def test_the_activations_need_no_runs(gdlab, tmp_path, monkeypatch, args):
    monkeypatch.chdir(tmp_path)
    result = gdlab("plot", *args)
    assert (result.code, result.out, result.err) == (0, "activations.png\n", "")
    assert Path("activations.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize("kind", MAGIC)
def test_the_activations_in_any_format(gdlab, tmp_path, kind):
    path = tmp_path / f"units.{kind}"
    assert gdlab("plot", "activations", "-o", path).out == f"{path}\n"
    assert path.read_bytes().startswith(MAGIC[kind])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--kind", "curve"], "unknown --kind 'curve': did you mean 'curves'? There are curves, lr, path, "),
        (
            ["--kind", "activations", "latest"],
            "a picture of kind activations is drawn without runs: ",
        ),
        (["activations", "--y", "grad_norm"], "--y does nothing for a picture of kind activations: it is for curves"),
        (["activations", "-o", "a.gif"], "cannot draw into a.gif"),
    ],
)
def test_what_no_picture_of_activations_can_show(gdlab, tmp_path, monkeypatch, args, message):
    monkeypatch.chdir(tmp_path)
    result = gdlab("plot", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert not list(Path().iterdir())


MOONS = (
    "{problem: {name: mlp, hidden: [4], activation: tanh, data: {name: moons, rows: 40, test: 0.25}}, "
    "optimizer: {name: gd, lr: 0.5}, steps: 10, name: moons}"
)
VALLEY = "{problem: rosenbrock, optimizer: {name: gd, lr: 1e-3}, steps: 60, name: valley}"


@pytest.fixture
def kinds(gdlab, tmp_path, monkeypatch):
    """Stored runs of a network, and of two optimizers in a valley, one with two learning rates."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"moons": MOONS, "valley": VALLEY}.items():
        Path(f"{name}.yaml").write_text(text)
    for args in (["moons.yaml"], ["valley.yaml"], ["valley.yaml", "--set", "optimizer.lr=1e-4"],
                 ["valley.yaml", "--set", "optimizer={name: lbfgs}", "--set", "name=lbfgs"]):  # fmt: skip
        assert gdlab("run", *args).code == 0


@pytest.mark.parametrize(
    ("kind", "selectors"),
    [
        ("curves", ["valley", "lbfgs"]),
        ("lr", ["valley"]),
        ("path", ["valley", "lbfgs"]),
        ("boundary", ["moons"]),
        ("profile", ["valley", "lbfgs"]),
        ("ecdf", ["valley", "lbfgs"]),
        ("schedule", ["valley"]),
        ("gradients", ["moons"]),
        ("confusion", ["moons"]),
    ],
)
def test_every_kind_of_runs_is_good_without_an_option(gdlab, kinds, kind, selectors):
    result = gdlab("plot", *selectors, "--kind", kind)
    told = "lbfgs leaves the picture: its loss goes down to 0\n" if kind == "curves" else ""
    assert (result.code, result.out, result.err) == (0, f"{kind}.png\n", told)
    assert Path(f"{kind}.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize(("kind", "selector"), [("path", "valley"), ("boundary", "moons")])
def test_some_can_be_films(gdlab, kinds, kind, selector):
    assert gdlab("plot", selector, "-k", kind, "--animate").out == f"{kind}.gif\n"
    assert Path(f"{kind}.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["moons", "--kind", "path"], "there is nothing to draw: moons has 17 parameters, and a plane has 2"),
        (["valley", "--kind", "boundary"], "there is nothing to draw: valley is no classifier"),
        (["valley", "--kind", "confusion"], "there is nothing to draw: valley is no classifier"),
        (["valley", "--kind", "gradients"], "there is nothing to draw: valley has no layers"),
        (["moons", "--kind", "lr"], "there is nothing to draw: no optimizer has run with two learning rates"),
        (["lbfgs", "--kind", "schedule"], "there is nothing to draw: no finite lr is logged"),
        (["moons", "--kind", "profile"], "all runs are of one: gd"),
        (["--kind", "lr", "--x", "seconds"], "--x does nothing for a picture of kind lr: it is for curves, profile, "),
        (["--kind", "lr", "--animate"], "--animate does nothing for a picture of kind lr: it is for path and boundary"),
        (["--kind", "profile", "--target", "2"], "--target 2 is not allowed: it is a part of the way, between 0 and 1"),
        (["--size", "6"], "--size 6 is not allowed: write width and height in inches"),
        (["--size", "0x0"], "--size 0x0 is not allowed"),
        (["--size", "900x900"], "it has more than 20,000 dots on a side"),
        (["--style", "papper"], "unknown --style 'papper': did you mean 'paper'?"),
        (["--facet", "lrr"], "unknown --facet 'lrr'"),
        (["cost", "--problem", "xor"], "takes a problem of any size, not 'xor'"),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(gdlab, kinds, args, message):
    result = gdlab("plot", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert not list(Path().glob("*.png"))


def test_a_file_that_is_no_picture_is_left_as_it_is(gdlab, runs):
    Path("curves.png").write_text("my own table")
    result = gdlab("plot")
    assert result.code == 2
    assert "curves.png exists and is no PNG picture" in result.err
    assert Path("curves.png").read_text() == "my own table"


def test_style_title_size_and_dots_can_be_chosen(gdlab, runs):
    from PIL import Image

    options = ["--style", "dark", "--title", "$ [red] _x", "--size", "5x4", "--dpi", "60"]
    assert gdlab("plot", *options).code == 0
    with Image.open("curves.png") as image:
        assert image.size == (300, 240)


def test_a_curve_can_be_drawn_here(process, runs):
    result = process("plot", "gd_quadratic", "--term", code=("-c", NO_MATPLOTLIB))
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[-1] == "False"
    assert max(map(len, lines)) <= 80
    assert sum("┤" in line for line in lines) == 16
    assert "gd_quadratic" in result.out
    assert not list(Path().glob("*.png"))


def test_here_is_as_wide_as_the_terminal(terminal, runs):
    result = terminal("plot", "gd_quadratic", "--term", columns=50)
    assert result.code == 0
    assert "\x1b[" in result.out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.out).replace("\r", "")
    assert 40 < max(map(len, plain.splitlines())) <= 50


NO_MATPLOTLIB = """
import atexit, sys
atexit.register(lambda: print("matplotlib" in sys.modules))
from gdlab.cli import app; app()
"""
