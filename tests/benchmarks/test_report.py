"""What tables and pictures of many runs cost, whole processes from a cold start included."""

import itertools
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gdlab.report.compare.comparison import Question, compare
from gdlab.report.compare.table import tabulate
from gdlab.report.plots.curves import draw_curves
from gdlab.report.plots.saving import save
from gdlab.store.metrics import COLUMNS
from gdlab.store.run import Run
from gdlab.store.selection import read_runs
from gdlab.store.writer import RunWriter

RUNS = 2_000
CURVES = 100
ROWS = 2_000

OPTIMIZERS = ("gd", "momentum", "nag", "adagrad", "adam")


def config(number):
    return {
        "problem": {"name": "xor", "hidden": [4], "activation": "tanh"},
        "gradient": {"name": "reverse"},
        "optimizer": {"name": OPTIMIZERS[number % 5], "lr": 0.001 * (1 + number % 7), "variant": "published"},
        "steps": 20_000,
        "seed": number,
        "stop": {"target_loss": None, "grad_tol": None, "max_seconds": None},
        "log": {"every": 10},
        "name": f"run_{number % 5}",
        "tags": [],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with 2,000 finished runs in `runs`, and 100 of 2,000 rows each in `curves`."""
    folder = tmp_path_factory.mktemp("report")
    rng = np.random.default_rng(0)
    for number in range(CURVES):
        losses = np.exp(-np.arange(ROWS) / (100 + 3 * number) + 0.05 * rng.standard_normal(ROWS))
        told = config(number)
        with RunWriter.create(folder / "curves", told["name"], "", told, COLUMNS, seed=number) as writer:
            for step, loss in enumerate(losses.tolist()):
                writer.extend([(10 * step, loss, loss, 0.01, step, 0, step, 1e-3 * step)])
            writer.finish("max_steps", 20_000, "all 20,000 steps are done", summary(losses[-1]))
    template = writer.folder
    record = json.loads((template / "run.json").read_text())
    for number in range(RUNS):
        copy = folder / "runs" / f"20261124-{number:06d}-run_{number % 5}-{number:04x}"
        shutil.copytree(template, copy, ignore=shutil.ignore_patterns("metrics.csv"))
        changes = {"config": config(number), "name": f"run_{number % 5}", "summary": summary(1 / (number + 1))}
        (copy / "run.json").write_text(json.dumps(record | changes))
    return folder


def summary(loss):
    costs = {"evaluations": 20_000.0, "dual_passes": 0.0, "reverse_passes": 20_000.0, "seconds": 0.6 + 0.01 * loss}
    return {"final_loss": float(loss), "best_loss": float(loss), "best_step": 20_000.0} | costs


def call(folder, *args):
    """Call gdlab in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "gdlab", *args], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


@pytest.mark.benchmark(group="2,000 runs, whole process")
def test_python_alone(benchmark, folder):
    benchmark(lambda: subprocess.run([sys.executable, "-c", "import numpy, pandas"], check=True))


@pytest.mark.benchmark(group="2,000 runs, whole process")
@pytest.mark.parametrize(
    "args", [("list",), ("compare", "--each", "--top", "0"), ("compare", "--each", "--format", "csv")], ids=" ".join
)
def test_command(benchmark, folder, args):
    out = benchmark.pedantic(call, (folder, *args), rounds=3)
    assert out.count("\n") > RUNS
    assert benchmark.disabled or benchmark.stats.stats.median < 2


@pytest.mark.benchmark(group="100 runs of 2,000 rows, whole process")
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_plot(benchmark, folder, kind):
    name = f"curves.{kind}"
    out = benchmark.pedantic(call, (folder, "plot", "curves", "-o", name), rounds=3)
    assert out == f"{name}\n"
    assert benchmark.disabled or benchmark.stats.stats.median < 3


@pytest.mark.benchmark(group="film of 100 frames, whole process")
@pytest.mark.parametrize("kind", ["path", "boundary"])
def test_film(benchmark, tmp_path, kind):
    (tmp_path / "path.yaml").write_text("{problem: rosenbrock, optimizer: {name: adam, lr: 0.02}, steps: 2000}")
    data = "{name: moons, rows: 400, test: 0.25}"
    problem = f"{{name: mlp, hidden: [16, 16], activation: tanh, data: {data}}}"
    (tmp_path / "boundary.yaml").write_text(f"{{problem: {problem}, optimizer: {{name: adam, lr: 0.01}}, steps: 1500}}")
    call(tmp_path, "run", f"{kind}.yaml")
    out = benchmark.pedantic(call, (tmp_path, "plot", "--kind", kind, "--animate"), rounds=1)
    assert out == f"{kind}.gif\n"
    assert benchmark.disabled or benchmark.stats.stats.median < 15


@pytest.mark.benchmark(group="in this process")
def test_draw_10000_cells(benchmark, tmp_path):
    pairs = [(one, one.curve()) for one in cells()]
    benchmark.pedantic(lambda: save(draw_curves(pairs).figure, tmp_path / "cells.png"), rounds=3)
    assert benchmark.disabled or benchmark.stats.stats.median < 5


def cells():
    """10,000 cells of 100 rows: four optimizers, 250 learning rates, ten seeds."""
    step = 10.0 * np.arange(100)
    every = itertools.product(range(4), np.geomspace(1e-4, 1, 250).tolist(), range(10))
    for number, (kind, lr, seed) in enumerate(every):
        curve = {"step": step, "loss": np.exp(-lr * step) + 0.01 * seed}
        told = config(kind) | {"optimizer": {"name": OPTIMIZERS[kind], "lr": lr}, "seed": seed, "name": "sweep"}
        yield Run(
            Path(f"c{number}"), f"c{number}", "sweep", told, "max_steps", 990, "", summary(curve["loss"][-1]), seed,
            datetime.now(UTC), (), lambda curve=curve: curve,
        )  # fmt: skip


@pytest.mark.benchmark(group="in this process")
def test_compare_2000_runs(benchmark, folder):
    runs = read_runs((), folder / "runs").runs
    table = benchmark(lambda: tabulate(compare(runs, Question(each=True)), top=0))
    assert all(len(column.cells) == RUNS for column in table.grid.columns)


@pytest.mark.benchmark(group="in this process")
def test_draw_100_curves(benchmark, folder):
    runs = [(run, run.curve()) for run in read_runs((), folder / "curves").runs]
    benchmark.pedantic(lambda: save(draw_curves(runs).figure, folder / "drawn.png"), rounds=3)
    assert (folder / "drawn.png").stat().st_size > 10_000
