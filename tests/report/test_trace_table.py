"""The table of a trace: all of it where there is room, fewer coordinates where there is not, no number cut."""

import io

import numpy as np
import pytest
from rich.console import Console

from gdlab.experiment.trace import Trace, TracedStep
from gdlab.report.trace_table import MOST, trace_table


def made(n, steps=2, left_out=None):
    vectors = {
        "w": np.arange(n) + 0.125,
        "g": np.full(n, -1234.5678),
        "step_taken": np.full(n, 1e-300),
        "effective_lr": np.array([np.nan, *np.full(n - 1, 0.25)]),
    }
    every = tuple(TracedStep(k, 0.1, vectors, {"k": k + 1.0}) for k in range(steps))
    return Trace("adam", "m ← β₁m + (1−β₁)g\nw ← w − lr·m", n, every, left_out or {})


def written(trace, width=None):
    out = io.StringIO()
    console = Console(file=out, width=width or 1000, force_terminal=width is not None, color_system=None)
    for part in trace_table(trace):
        console.print(part)
    return out.getvalue()


def test_has_the_rule_and_each_step():
    text = written(made(2))
    assert text.startswith("the first 2 steps of adam\nm ← β₁m + (1−β₁)g\nw ← w − lr·m\n")
    assert text.count("step 0 → 1, lr = 0.1, k = 1") == 1
    assert text.count("step 1 → 2, lr = 0.1, k = 2") == 1
    lines = [line.split() for line in text.splitlines()]
    assert lines.count(["w", "0.125", "1.125"]) == 2
    assert lines.count(["step", "taken", "1e-300", "1e-300"]) == 2
    assert lines.count(["effective", "lr", "-", "0.25"]) == 2


def test_one_step_is_called_so_and_none_is_no_table():
    assert written(made(2, steps=1)).startswith("the first step of adam\n")
    assert written(made(2, steps=0)).startswith("no steps of adam\n")


@pytest.mark.parametrize("width", [20, 40, 80])
def test_fits_the_terminal_and_cuts_no_number(width):
    text = written(made(9), width)
    assert max(map(len, text.splitlines()[4:])) <= width
    for line in text.splitlines():
        if line.startswith("g "):
            assert set(line.split()[1:]) == {"-1234.6"}
    if width > 20:  # there each row becomes a block of lines
        assert "no room for: " in text
        assert "trace.csv has all" in text.replace("\n", " ")


def test_says_how_many_coordinates_there_are():
    assert f"the first {MOST} of 300 coordinates; trace.csv has more" in written(made(300))
    assert "coordinates" not in written(made(MOST))


def test_says_what_cannot_be_shown():
    assert "not shown: H, of shape 2×2" in written(made(2, left_out={"H": (2, 2)}))
