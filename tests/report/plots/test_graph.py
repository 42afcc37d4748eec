"""The picture of a graph."""

import pytest
from matplotlib.text import Annotation

from gdlab.autodiff.walk import walk
from gdlab.config.target import find_target
from gdlab.errors import UsageError
from gdlab.report.plots.graph import draw_walk
from gdlab.report.plots.saving import save


def drawn(what, at=None):
    return draw_walk(walk(*find_target(what, at).graph()), what)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_step_is_there_with_value_and_adjoint():
    found = texts(drawn("x**2*y + y + 2", "x=3,y=4"))
    for name in ("n1 = x", "n2 = y", "n3 = 2", "n4 = n1·n1", "n5 = n4·n2", "n6 = n2 + n3", "n7 = n5 + n6"):
        assert name in found
    for number in ("42", "36", "24", "10"):
        assert number in found


def test_every_use_is_an_arrow():
    figure = drawn("x**2*y + y + 2", "x=3,y=4")
    arrows = [t for t in figure.axes[0].texts if isinstance(t, Annotation) and t.arrow_patch is not None]
    assert len(arrows) == 8


def test_arrays_show_their_shape(tmp_path):
    figure = drawn("xor")
    assert "4×4" in texts(figure)
    save(figure, tmp_path / "xor.png")
    assert (tmp_path / "xor.png").read_bytes().startswith(b"\x89PNG")


def test_dollars_in_names_are_no_mathematics(tmp_path):
    save(draw_walk(walk(*find_target("x", "x=1").graph()), "a $b$ c"), tmp_path / "a.svg")
    assert "a $b$ c" in (tmp_path / "a.svg").read_text()


def test_too_many_steps_are_refused():
    with pytest.raises(UsageError, match="at most 60"):
        drawn("x" + "*x" * 70, "x=1")


def test_numbers_on_arrows_stand_apart():
    figure = drawn("sin(x*y)*exp(x*y) + log(x**2 + y**2)/x", "1.5,2.25")
    figure.draw_without_rendering()
    numbers = [t for t in figure.axes[0].texts if t.get_fontsize() == 7.5]
    boxes = [t.get_window_extent() for t in numbers]
    assert len(boxes) == 17
    assert not [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]
    assert "∂user/∂step" in texts(figure)
