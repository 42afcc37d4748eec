import json

import pytest


def test_the_walk(gdlab):
    result = gdlab("explain", "x**2*y + y + 2", "--at", "x=3,y=4")
    assert result.code == 0
    rows = {line.split()[0]: " ".join(line.split()) for line in result.out.splitlines() if line.startswith("n")}
    assert rows["n1"] == "n1 x 3 24 = 3·4 + 3·4 1 0"
    assert rows["n2"] == "n2 y 4 10 = 9·1 + 1·1 0 1"
    assert rows["n7"] == "n7 n5 + n6 42 1 the result 24 10"


def test_the_program(gdlab):
    out = gdlab("explain", "x**2*y + y + 2", "--at", "x=3,y=4", "--code").out
    assert "def run():" in out


def test_dot_is_nothing_but_dot(gdlab):
    out = gdlab("explain", "x*y", "--at", "3,4", "--dot").out
    assert out.startswith("digraph walk {")
    assert out.rstrip().endswith("}")


def test_json(gdlab):
    data = json.loads(gdlab("explain", "x*y", "--at", "3,4", "--json").out)
    assert [step["adjoint"] for step in data["steps"]] == [4.0, 3.0, 1.0]


def test_the_picture(gdlab, tmp_path):
    path = tmp_path / "graph.png"
    result = gdlab("explain", "xor", "-o", path)
    assert result.code == 0
    assert result.out.splitlines()[-1] == str(path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["x*y"], "say where"),
        (["x", "--at", "1", "-o", "a.gif"], ".png, .svg or .pdf"),
        (["x" + "*x" * 80, "--at", "1", "-o", "{folder}/a.png"], "cannot be read"),
    ],
)
def test_what_cannot_be_done(gdlab, tmp_path, args, words):
    result = gdlab("explain", *(arg.replace("{folder}", str(tmp_path)) for arg in args))
    assert result.code == 2
    assert words in result.err


def test_the_steps_of_the_branch_that_is_taken(gdlab, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def f(w):\n    return w[0] ** 2 if w[0] > 0 else -w[0]\n")
    result = gdlab("explain", f"{path}:f", "--at", "3")
    assert result.code == 0
    assert "the branches that are taken here" in result.out
    assert "n1·n1" in result.out
    result = gdlab("explain", f"{path}:f", "--at", "3", "--code")
    assert (result.code, result.out) == (2, "")
    assert "branches on its values" in result.err
    assert "retrace" not in result.err


def test_dot_alone_is_on_standard_output(gdlab, tmp_path):
    result = gdlab("explain", "x*y", "--at", "1,2", "--dot", "-o", tmp_path / "a.png")
    assert result.out.rstrip().endswith("}")
    assert str(tmp_path / "a.png") in result.err
