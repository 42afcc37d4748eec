"""What comparing ten thousand cells costs, as whole processes from a cold start."""

import os
import subprocess
import sys

import pytest

CONFIG = """
problem: {{name: xor, hidden: [4]}}
optimizer: {{name: adam, lr: 0.05}}
steps: 100
sweep:
  grid: {{optimizer.lr: {{logspace: [1e-4, 1, {rates}]}}, optimizer.name: [gd, momentum, adam, nag]}}
  seeds: {seeds}
"""

ASKED = {
    "final": (),
    "each": ("--each",),
    "where": ("--where", "optimizer=adam lr<0.1"),
    "ert": ("--metric", "ert,rank", "--target", "0.2"),
    "csv": ("--format", "csv"),
}


def call(folder, *args):
    command = [sys.executable, "-m", "gdlab", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module", params=[(50, 50), (500, 5), (2500, 1)], ids=lambda one: f"{one[1]} seeds")
def folder(request, tmp_path_factory):
    """10,000 cells: four optimizers, and more step sizes the fewer seeds."""
    folder = tmp_path_factory.mktemp("cells")
    rates, seeds = request.param
    (folder / "cells.yaml").write_text(CONFIG.format(rates=rates, seeds=seeds))
    call(folder, "run", "cells.yaml", "--quiet")
    return folder


@pytest.mark.benchmark(group="10,000 cells, whole process")
@pytest.mark.parametrize("args", ASKED.values(), ids=ASKED)
def test_compare_10000_cells(benchmark, folder, args):
    before = os.times()
    out = benchmark.pedantic(call, (folder, "compare", *args), rounds=3)
    after = os.times()
    assert "final" in out or "ERT" in out
    # Seconds of the processor, as those of the wall are also those of whatever else the machine does.
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert benchmark.disabled or spent / 3 < 2


@pytest.mark.benchmark(group="10,000 cells, whole process")
def test_numpy_and_rich_alone(benchmark):
    benchmark(lambda: subprocess.run([sys.executable, "-c", "import numpy, rich.console"], check=True))
