"""The report of a check."""

import io

import numpy as np
import pytest
from rich.console import Console

from gdlab.autodiff.check import check_gradient
from gdlab.autodiff.primitive import Elementwise
from gdlab.report.checks import CheckReport

PLANTED = Elementwise("planted", np.square, lambda z, x: 2.001 * x)


def printed(report, width=200):
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(report.sections())
    return stream.getvalue()


def test_agreement():
    report = CheckReport("f", ["x"], check_gradient(lambda w: np.sin(w[0]), [1.0]))
    text = printed(report)
    assert "methods at 1 point: all agree" in text
    assert "Gradients, how far apart" in text
    assert "Hessians, how far apart" in text
    assert "forward and central are 0 apart: in second order both are central differences" in text
    assert "Who differs" not in text
    assert report.data()["ok"]


def test_disagreement_names_who_differs():
    report = CheckReport("f", ["x"], check_gradient(lambda w: np.sum(PLANTED(w)), [1.0]))
    text = printed(report)
    assert "differs: " in text
    assert "numeric central and reverse differ in the gradient by 0.00033 at point 1" in text
    assert not report.data()["ok"]
    assert report.data()["disagreements"]


def test_kinks_and_what_is_left_out():
    report = CheckReport("f", ["x"], check_gradient(lambda w: np.abs(w[0]), [0.0], names=["x"]))
    assert "point 1 (x = 0): abs(x): a kink at 0" in printed(report)
    branching = CheckReport("f", ["x"], check_gradient(lambda w: w[0] if w[0] > 0 else -w[0], [1.0]))
    assert "Left out" in printed(branching)


@pytest.mark.parametrize("width", [40, 80])
def test_it_fits_a_narrow_terminal(width):
    report = CheckReport("f", ["x"], check_gradient(lambda w: np.sin(w[0]), [1.0]))
    assert max(map(len, printed(report, width).splitlines())) <= width


def test_without_a_value_the_reason_stands_alone():
    text = printed(CheckReport("f", ["x"], check_gradient(lambda w: np.log(w[0]), [-1.0], names=["x"])))
    assert "no value to differentiate at point 1: log(x) is not defined at x = -1" in text
    assert "inf" not in text.replace("is inf, -inf", "")
    assert "how far apart" not in text
