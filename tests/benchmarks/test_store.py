"""What storing and reading runs costs, beside the least that could be done with the same files."""

import json
import shutil

import pytest

from gdlab.store.metrics import COLUMNS, read_curve
from gdlab.store.rows import RowWriter
from gdlab.store.selection import read_runs
from gdlab.store.writer import RunWriter

RUNS = 2_000
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
