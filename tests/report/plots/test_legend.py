import numpy as np
import pytest
from matplotlib.figure import Figure

from gdlab.report.plots.legend import ENDS, LONGEST, draw_legend
from gdlab.report.plots.legend import entries as entries_of
from gdlab.report.plots.looks import Look
from gdlab.report.plots.series import Line, Panel, Series


@pytest.fixture
def series(make_run):
    def series(label, status="max_steps"):
        look = Look("#0072b2", (0, (5, 1.5)), "s")
        return Series(label, look, (Line(make_run(status=status), np.zeros(1), np.zeros(1)),))

    return series


def entries(series, most):
    return entries_of(Panel("", tuple(series)), most)


def told(*arguments):
    return [label for label, _ in entries(*arguments)]


def test_every_series_has_an_entry_that_looks_like_it(series):
    ((label, sample),) = entries([series("a")], 20)
    assert label == "a"
    assert (sample.get_color(), sample.get_marker()) == ("#0072b2", "s")


def test_the_ends_that_occur_are_explained(series):
    shown = told([series("a"), series("b", "diverged"), series("c", "non_finite"), series("d", "diverged")], 20)
    assert shown == ["a", "b", "c", "d", "diverged", "non_finite"]


def test_each_way_to_break_has_its_own_mark(series):
    drawn = entries([series("x", status) for status in ENDS], 20)[len(ENDS) :]
    assert len({line.get_marker() for _, line in drawn}) == len(ENDS) == 3


@pytest.mark.parametrize(
    ("amount", "most", "last"), [(20, 20, "19"), (21, 20, "… and 2 more"), (60, 20, "… and 41 more")]
)
def test_a_long_legend_ends_in_how_many_more_there_are(series, amount, most, last):
    shown = told([series(str(i)) for i in range(amount)], most)
    assert len(shown) <= most
    assert shown[0] == "0"
    assert shown[-1] == last


def test_the_marks_stay_in_a_legend_that_is_cut(series):
    shown = told([series(str(i), "unbounded") for i in range(60)], 20)
    assert len(shown) == 20
    assert shown[-2:] == ["… and 42 more", "unbounded"]


def test_a_long_label_is_cut_in_its_middle(series):
    (label,) = told([series("a" * 90 + "z")], 20)
    assert len(label) == LONGEST
    assert label.endswith("z")


@pytest.mark.parametrize("name", ["_hidden", "$x_1^2$", "$unbalanced", "[red]", "обучение", ""])
def test_labels_are_drawn_as_they_are(series, name):
    axes = Figure().subplots()
    draw_legend(axes, entries([series(name)], 20))
    (text,) = axes.get_legend().get_texts()
    assert text.get_text() == name
    assert not text.get_parse_math()
