"""The picture of the V."""

import numpy as np

from gdlab.autodiff.step_errors import step_errors
from gdlab.report.plots.saving import save
from gdlab.report.plots.steps import draw_step_errors


def test_one_curve_for_each_scheme_on_two_logarithmic_axes():
    errors = step_errors(lambda w: np.exp(w[0]), [1.0], np.array([np.e]))
    axes = draw_step_errors(errors, "exp(x)", "x = 1").axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.partition(":")[0] for label in legend] == list(errors.errors)
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), errors.eps)
    assert axes.get_title(loc="left") == "exp(x)\nat x = 1"


def test_errors_that_are_zero_or_nan_are_drawn_without_a_warning(tmp_path):
    flat = step_errors(lambda w: w[0], [0.0], np.array([1.0]))
    save(draw_step_errors(flat, "$x", "x = 0"), tmp_path / "flat.png")
    assert "error 0" in [text.get_text() for text in draw_step_errors(flat, "x", "x = 0").axes[0].texts]
    undefined = step_errors(lambda w: np.log(w[0]), [-1.0], np.array([np.nan]))
    save(draw_step_errors(undefined, "log(x)", "x = -1"), tmp_path / "undefined.png")
    assert (tmp_path / "undefined.png").stat().st_size > 1000


def test_a_long_title_stays_within_the_picture():
    errors = step_errors(lambda w: np.exp(w[0]), [1.0], np.array([np.e]))
    figure = draw_step_errors(errors, "exp(x) + " * 40, "x = 1")
    figure.draw_without_rendering()
    assert figure.axes[0]._left_title.get_window_extent().x1 <= figure.bbox.x1
