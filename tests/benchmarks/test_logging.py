"""What logging costs: a stored run of XOR 2-4-1 with Adam, logged every 10 steps, beside one that is not logged."""

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from gdlab.config.dump import dump
from gdlab.config.resolve import resolve_data
from gdlab.experiment.execute import execute

STEPS = 40_000


def _seconds(root: Path, every: int) -> float:
    config = {"problem": "xor", "optimizer": {"name": "adam", "lr": 0.05}, "steps": STEPS, "log": {"every": every}}
    resolved = resolve_data(config)
    begin = perf_counter()
    execute(resolved.experiment, resolved.data, dump(resolved.data), root)
    return perf_counter() - begin


@pytest.mark.benchmark(group="logging", min_rounds=5)
def test_every_10_steps(tmp_path: Path, benchmark: Any) -> None:
    """The ratio of the medians, logged over not logged, is in extra_info and on standard output."""
    _seconds(tmp_path, 10)
    without = sorted(_seconds(tmp_path, 10 * STEPS) for _ in range(7))[3]
    benchmark(_seconds, tmp_path, 10)
    ratio = benchmark.stats.stats.median / without
    benchmark.extra_info["logged / not logged"] = round(ratio, 4)
    print(f"\nlogged every 10 steps / not logged: {ratio:.3f}")
    assert ratio < 1.15  # 1.05 is the aim; a busy machine may not spoil the test
