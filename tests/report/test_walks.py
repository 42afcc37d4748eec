"""The walk as a table, as DOT and as data."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from gdlab.autodiff.walk import walk
from gdlab.config.target import find_target
from gdlab.report.walks import data, dot, paths, tabulate


def walked(what, at=None):
    return walk(*find_target(what, at).graph())


def printed(found, width=200):
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(found)
    return stream.getvalue()


def test_adjoints_are_sums_over_paths():
    steps = walked("x**2*y + y + 2", "x=3,y=4").steps
    assert [paths(step) for step in steps] == ["3·4 + 3·4", "9·1 + 1·1", "1·1", "4·1", "1·1", "1·1", ""]
    negative = walked("-x*y", "x=2,y=3").steps
    assert [paths(step) for step in negative] == ["(-1)·3", "(-2)·1", "3·1", ""]


def test_the_table():
    lines = printed(tabulate(walked("x**2*y + y + 2", "x=3,y=4"))).splitlines()
    assert " ".join(lines[0].split()) == "step is value adjoint as a sum over paths dual ∂/∂x dual ∂/∂y"
    rows = {line.split()[0]: " ".join(line.split()) for line in lines if line.startswith("n")}
    assert rows["n2"] == "n2 y 4 10 = 9·1 + 1·1 0 1"
    assert rows["n5"] == "n5 n4·n2 36 1 = 1·1 24 9"
    assert rows["n7"] == "n7 n5 + n6 42 1 the result 24 10"


def test_arrays_are_summed_up_and_unused_inputs_told():
    text = printed(tabulate(walked("xor")))
    assert "4×4, up to" in text
    assert "from n5, n9, n12" in text
    out, variables, values = find_target("x", "x=1").graph()
    other = find_target("y", "y=1").graph()[1]
    assert "no path leads to the result" in printed(tabulate(walk(out, [*variables, *other], [*values, 2.0])))


def test_a_long_walk_is_cut():
    assert len(tabulate(walked("x" + "*x" * 30, "x=1"), most=5).columns[0].cells) == 5


@pytest.mark.parametrize("width", [40, 60, 80])
def test_it_fits_a_narrow_terminal(width):
    text = printed(tabulate(walked("sin(x)**3/y - exp(-x*y)", "x=1,y=2")), width)
    assert max(map(len, text.splitlines())) <= width
    assert "0.844531" in text


def test_dot():
    text = dot(walked("x*x", "x=3"))
    assert text.splitlines()[0] == "digraph walk {"
    assert '  n1 [label="n1 = x\\n3 | adjoint 6", style="bold"];' in text
    assert text.count('n1 -> n2 [label="3"];') == 2
    assert text.endswith("}")


def test_data():
    found = json.loads(json.dumps(data(walked("x**2*y + y + 2", "x=3,y=4"))))
    assert found["passes"] == ["x", "y"]
    assert found["steps"][1]["paths"] == [{"by": "n5", "share": 9.0}, {"by": "n6", "share": 1.0}]
    assert np.shape(json.loads(json.dumps(data(walked("xor"))))["steps"][0]["value"]) == (17,)
