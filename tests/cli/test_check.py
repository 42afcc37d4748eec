import json

import pytest


def test_agreement(gdlab):
    result = gdlab("check", "x**2*y + y + 2", "--at", "x=3,y=4")
    assert result.code == 0
    assert "methods at 5 points: all agree" in result.out


def test_a_kink_is_named_and_is_no_failure(gdlab):
    result = gdlab("check", "abs(x)*y", "--at", "0,1", "--points", "0")
    assert result.code == 0
    assert "abs(x): a kink at 0" in result.out
    assert "all agree, except at kinks" in result.out


def test_a_difference_without_a_kink_fails(gdlab, tmp_path):
    path = tmp_path / "planted.py"
    path.write_text(
        "import numpy as np\nfrom gdlab.autodiff.primitive import Elementwise\n\n"
        "wrong = Elementwise('planted', np.square, lambda z, x: 2.001 * x)\n\n"
        "def f(w):\n    return np.sum(wrong(w))\n"
    )
    result = gdlab("check", f"{path}:f", "--at", "1,2")
    assert result.code == 1
    assert "differ in the gradient" in result.out


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_picture(gdlab, tmp_path, ending):
    path = tmp_path / f"v.{ending}"
    result = gdlab("check", "exp(x)", "--at", "1", "--plot", "-o", path)
    assert result.code == 0
    assert result.out.splitlines()[-1] == str(path)
    assert path.stat().st_size > 5000


def test_a_picture_of_an_unknown_kind_is_refused_before_anything_is_done(gdlab, tmp_path):
    result = gdlab("check", "exp(x)", "--at", "1", "--plot", "-o", tmp_path / "v.gif")
    assert (result.code, result.out) == (2, "")
    assert ".png, .svg or .pdf" in result.err


def test_json(gdlab):
    data = json.loads(gdlab("check", "rosenbrock", "--json", "--points", "1", "--seed", "3").out)
    assert data["ok"]
    assert len(data["points"]) == 2
    assert data["methods"][-1] == "symbolic"


def test_a_file_for_the_picture_asks_for_one(gdlab, tmp_path):
    path = tmp_path / "q.svg"
    assert gdlab("check", "x**2", "--at", "1", "-o", path).out.splitlines()[-1] == str(path)
    assert path.exists()


def test_the_picture_has_a_name_of_its_own(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert gdlab("check", "x**2", "--at", "1", "--plot").out.splitlines()[-1] == "check.png"
    assert (tmp_path / "check.png").exists()


@pytest.mark.parametrize(
    ("formula", "at", "words"), [("log(x)", "-1", "log(x) is not defined at x = -1"), ("sqrt(x)", "0", "not finite")]
)
def test_no_picture_is_drawn_where_there_is_no_gradient(gdlab, tmp_path, formula, at, words):
    path = tmp_path / "dom.png"
    result = gdlab("check", formula, "--at", at, "--plot", "-o", path)
    assert result.code == 1
    assert words in result.err
    assert not path.exists()


@pytest.mark.parametrize(("formula", "at"), [("sqrt(x)", "0"), ("log(x)", "0.02"), ("arcsin(x)", "1"), ("x**1.5", "0")])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_end_of_a_domain_is_no_difference(gdlab, formula, at, seed):
    result = gdlab("check", formula, "--at", at, "--seed", seed)
    assert result.code == 0, result.out
