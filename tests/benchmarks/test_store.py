"""What storing and reading runs costs, beside the least that could be done with the same files."""

import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from gdlab.store.metrics import COLUMNS, read_curve
from gdlab.store.rows import RowWriter
from gdlab.store.selection import read_runs
from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.writer import SweepWriter
from gdlab.store.writer import RunWriter

RUNS = 2_000
CELLS = 10_000
POINTS = 200  # logged rows of a cell
CHUNK = 512
ROWS = 2_000
BATCH = 256  # rows that a run brings together

CONFIG = {
    "problem": {"name": "xor", "hidden": [4], "activation": "sigmoid", "loss": "squared"},
    "gradient": {"name": "reverse"},
    "optimizer": {"name": "adam", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "variant": "published"},
    "steps": 20_000,
    "seed": 0,
    "stop": {"target_loss": None, "grad_tol": None, "max_seconds": None},
    "log": {"every": 10},
    "name": "adam_xor",
    "tags": ["benchmark"],
}


def size(path):
    return path.stat().st_size


def row(step):
    return (10 * step, 1 / (step + 1), 0.3 / (step + 1), 0.01, step, 0, step, step * 0.0123, 0.75)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """2,000 finished runs, of which 100 have 2,000 rows and the others 3."""
    root = tmp_path_factory.mktemp("store") / "runs"
    templates = []
    for count in (3, ROWS):
        with RunWriter.create(root, "adam_xor", "", CONFIG, (*COLUMNS, "accuracy"), seed=0) as writer:
            for step in range(count):
                writer.extend([row(step)])
            writer.finish("max_steps", 20_000, "all 20,000 steps are done", {"final_loss": 0.1, "accuracy": 0.75})
        templates.append(writer.folder)
    for number in range(RUNS - 2):
        template = templates[number % (RUNS // 100) == 0]
        shutil.copytree(template, root / f"20261124-{number:06d}-adam_xor-{number:04x}")
    return root


@pytest.mark.benchmark(group="2,000 runs")
def test_read_2000_runs(benchmark, root):
    selection = benchmark(read_runs, (), root)
    assert len(selection.runs) == RUNS
    assert selection.damaged == ()
    assert benchmark.disabled or benchmark.stats.stats.median < 0.5


@pytest.mark.benchmark(group="2,000 runs")
def test_bare_json_of_2000_runs(benchmark, root):
    def bare():
        return [json.loads((entry / "run.json").read_bytes()) for entry in root.iterdir()]

    assert len(benchmark(bare)) == RUNS


@pytest.mark.benchmark(group="2,000 runs")
def test_select_2000_runs_by_path(benchmark, root):
    paths = [str(path) for path in root.iterdir()]
    assert len(benchmark(read_runs, paths, root).runs) == RUNS


@pytest.mark.benchmark(group="100 curves")
def test_read_100_curves(benchmark, root):
    runs = [run for run in read_runs((), root).runs if size(run.folder / "metrics.csv") > 10_000][:100]
    curves = benchmark(lambda: [run.curve() for run in runs])
    assert len(curves) == 100
    assert all(len(curve["loss"]) == ROWS for curve in curves)
    assert benchmark.disabled or benchmark.stats.stats.median < 1


@pytest.mark.benchmark(group="100 curves")
def test_bare_floats_of_100_curves(benchmark, root):
    path = max(root.glob("*/metrics.csv"), key=size)

    def bare():
        fields = path.read_text().replace("\n", ",").split(",")
        return list(map(float, fields[len(COLUMNS) + 1 : -1]))

    values = benchmark(lambda: [bare() for _ in range(100)])
    assert len(values[0]) == ROWS * len(read_curve(path))


@pytest.mark.benchmark(group="100,000 rows")
@pytest.mark.parametrize("keep", ["store", "list"])
def test_write_100000_rows(benchmark, tmp_path, keep):
    rows = [row(step) for step in range(100_000)]
    files = (tmp_path / f"{number}.csv" for number in range(1000))

    def store():
        writer = RowWriter(next(files), (*COLUMNS, "accuracy"))
        for start in range(0, len(rows), BATCH):
            writer.extend(rows[start : start + BATCH])
        writer.close()

    def listed():
        return "".join([",".join(map(repr, one)) + "\n" for one in rows])

    benchmark.pedantic({"store": store, "list": listed}[keep], rounds=5)


def cells(rates):
    """10,000 cells: so many step sizes, and the seeds that it takes."""
    seeds = CELLS // rates
    for rate in range(rates):
        settings = {"optimizer.lr": (rate + 1) / rates}
        optimizer = {**CONFIG["optimizer"], "lr": settings["optimizer.lr"]}
        for seed in range(seeds):
            data = CONFIG | {"optimizer": optimizer, "seed": seed}
            index = rate * seeds + seed
            yield SimpleNamespace(index=index, settings=settings, seed=seed, key=f"{index:064x}", data=data)


def chunk(first):
    number = np.arange(first, min(first + CHUNK, CELLS))
    step = np.arange(float(POINTS))
    loss = np.random.default_rng(first).random((POINTS, len(number)))
    summary = {"final_loss": loss[-1], "best_loss": loss.min(axis=0), "evaluations": np.full(len(number), 20_001.0)}
    curves = {"step": step, "loss": loss, "grad_norm": loss**2, "evaluations": step + 1}
    few = ["max_steps"] * len(number)
    return Chunk(number, few, number * 0 + 20_000, few, summary, number * 0 + POINTS, curves)


def store(root, rates):
    with SweepWriter.create(root, "sweep", "", CONFIG, CELLS, "k" * 64) as writer:
        writer.describe(cells(rates))
        for first in range(0, CELLS, CHUNK):
            writer.write(chunk(first))
        writer.finish("done", "all 10,000 cells are done")
    return writer.folder


@pytest.fixture(scope="module", params=[20, CELLS], ids=["20 settings", "10,000 settings"])
def sweep_root(tmp_path_factory, request):
    root = tmp_path_factory.mktemp("sweep") / "runs"
    folder = store(root, request.param)
    sizes = [size(path) for path in folder.iterdir()]
    assert len(sizes) < 50
    # Two columns that differ, eight bytes a number, and what is known of each cell beside.
    assert sum(sizes) < CELLS * (2 * 8 * POINTS + 400)
    return root


@pytest.mark.benchmark(group="10,000 cells, whole process")
@pytest.mark.parametrize(("command", "limit"), [("compare", 1.5), ("list", 0.5)])
def test_a_command_on_10000_cells(benchmark, sweep_root, command, limit):
    call = [sys.executable, "-m", "gdlab", command, "--root", str(sweep_root)]
    done = benchmark(subprocess.run, call, capture_output=True, text=True, check=True)
    assert "10000" in done.stdout
    assert benchmark.disabled or benchmark.stats.stats.median < limit


@pytest.mark.benchmark(group="10,000 cells")
def test_read_10000_cells(benchmark, sweep_root):
    assert len(benchmark(lambda: read_runs((), sweep_root).runs)) == CELLS


@pytest.mark.benchmark(group="10,000 cells")
def test_read_10000_curves(benchmark, sweep_root):
    curves = benchmark(lambda: [run.curve() for run in read_runs((), sweep_root).runs])
    assert len(curves) == CELLS


@pytest.mark.benchmark(group="10,000 cells")
def test_write_10000_cells(benchmark, tmp_path):
    benchmark.pedantic(store, (tmp_path, 20), rounds=3)
