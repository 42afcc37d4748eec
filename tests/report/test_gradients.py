"""The report of a gradient, as people and programs read it."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from gdlab.config.target import find_target
from gdlab.report.gradients import gradient_report


def report(what, at=None, form="text"):
    target = find_target(what, at)
    return gradient_report(target.title, target.f, target.point, target.names, target.graph(), form)


def printed(found, width=200):
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(found.sections())
    return stream.getvalue()


def test_everything_of_the_polynomial():
    text = printed(report("x**2*y + y + 2", "x=3,y=4"))
    for words in [
        "x**2*y + y + 2\nat x = 3, y = 4\nvalue 42\n",
        "∂f/∂x = 2*x*y",
        "∂f/∂y = x**2 + 1",
        "∂²f/∂x² = 2*y",
        "∂²f/∂x∂y = 2*x",
        "∂²f/∂y² = 0",
        "eigenvalues -3.2111, 11.2111",
        "as around a saddle",
        "1 evaluation, 1 reverse pass",
        "2 dual passes",
        "3 evaluations",
    ]:
        assert words in text


def test_the_textbook_and_latex():
    assert "∂f/∂x = 0 + (0·x + y·1)" in printed(report("5 + x*y", "x=3,y=4", "textbook"))
    assert r"\partial f/\partial x = 2 x y" in printed(report("x**2*y + y + 2", "x=3,y=4", "latex"))


def test_a_problem_of_many_parameters_shows_a_norm_and_the_ends_of_the_spectrum():
    text = printed(report("xor"))
    assert "t1 = tanh(" in text
    assert "c1 = constant array [4, 3]" in text
    assert "eigenvalues from" in text
    assert "norm " in text
    assert "(17 parameters)" in text


def test_kinks_are_named():
    found = report("abs(x)", "0")
    assert found.kinks == ["abs(x): a kink at 0; the derivative there is taken as 0"]
    assert "Kinks here" in printed(found)


def test_as_data():
    data = json.loads(json.dumps(report("x**2*y + y + 2", "x=3,y=4").data()))
    assert data["value"] == 42.0
    assert data["point"] == {"x": 3.0, "y": 4.0}
    assert {m["method"]: m["gradient"] for m in data["methods"]}["reverse"] == [24.0, 10.0]
    assert data["hessian"] == [[8.0, 6.0], [6.0, 0.0]]
    assert data["formulas"]["∂f/∂x"] == "2*x*y"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_it_fits_a_narrow_terminal_and_cuts_no_number(width):
    text = printed(report("x**2*y + y + 2", "x=3,y=4"), width)
    assert max(map(len, text.splitlines())) <= width
    for number in ("24.000000", "11.2111", "24", "10"):
        assert number in text


def test_a_method_that_cannot_differentiate_says_why():
    found = gradient_report("f", lambda w: w[0] if w[0] > 0 else -w[0], np.array([1.0]), ("w[0]",), None)
    text = printed(found)
    assert "symbolic: " in text
    assert "np.where" in text
    assert "Formula" not in text


@pytest.mark.parametrize(("what", "at"), [("abs(x)", "0"), ("maximum(x, y)", "2,2"), ("floor(x)", "1")])
def test_at_a_kink_the_hessian_has_no_verdict(what, at):
    assert report(what, at).curvature.verdict == "a kink here: the Hessian says nothing of it"


def test_where_there_is_no_value_there_are_neither_errors_nor_a_verdict():
    found = report("log(x)", "-1")
    assert (found.hessian, found.curvature, found.undefined) == (None, None, "log(x) is not defined at x = -1")
    assert all(np.isnan(found.error(outcome)) for outcome in found.outcomes)
    text = printed(found)
    assert "log(x) is not defined at x = -1; there is no gradient here" in text
    assert "inf" not in text
    assert "Hessian" not in text
    assert "division by zero" in printed(report("1/x", "0"))


def test_an_untaken_branch_is_named_and_nothing_is_compared_with_its_nan():
    found = report("where(x > 0, sqrt(x), 0*x)", "0")
    assert all(np.isnan(found.error(outcome)) for outcome in found.outcomes)
    assert "nan: the branch sqrt(x) is not taken here" in printed(found)
    assert "inf" not in [line.split()[-2] for line in printed(found).splitlines() if line.startswith("  numeric")]
