import json
from pathlib import Path

import pytest

CONFIGS = {
    "gd_quadratic": "{problem: quadratic, optimizer: {name: gd, lr: 0.1}, steps: 20}",
    "gd_polynomial": "{problem: polynomial, optimizer: {name: gd, lr: 0.1}, steps: 500}",
}
MAGIC = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.fixture
def runs(gdlab, tmp_path, monkeypatch):
    """The stored runs of the configs, by name."""
    monkeypatch.chdir(tmp_path)
    for name, text in CONFIGS.items():
        Path(f"{name}.yaml").write_text(text)
    assert gdlab("run", *(f"{name}.yaml" for name in CONFIGS)).code == 0
    return {name: next(Path("runs").glob(f"*{name}*")) for name in CONFIGS}


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
        (["--x", "time"], 2, "unknown --x 'time': There are step, evaluations and seconds\n"),
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
    assert (result.code, result.out, result.err) == (0, "curves.png\nFalse\n", "")


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
        (["--kind", "curve"], "unknown --kind 'curve': did you mean 'curves'? There are curves and activations"),
        (["--kind", "activations", "latest"], "the activations are drawn without runs, --x and --y"),
        (["activations", "--y", "grad_norm"], "the activations are drawn without runs, --x and --y"),
        (["activations", "-o", "a.gif"], "cannot draw into a.gif"),
    ],
)
def test_what_no_picture_of_activations_can_show(gdlab, tmp_path, monkeypatch, args, message):
    monkeypatch.chdir(tmp_path)
    result = gdlab("plot", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert not list(Path().iterdir())
