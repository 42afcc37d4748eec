from dataclasses import replace

import pytest

from gdlab.errors import UsageError
from gdlab.report.plots.cost import draw_cost, measure

SIZES = (2, 4, 8)
PASSES = {  # by their definitions, of n parameters
    "the value alone": lambda n: 1,
    "numeric, central": lambda n: 2 * n,
    "numeric, forward": lambda n: n + 1,
    "dual": lambda n: n,
    "reverse": lambda n: 2,
}


@pytest.fixture(scope="module")
def measured():
    return measure("rosenbrock", SIZES)


def test_passes_grow_as_the_methods_say(measured):
    found = {one.label: one for one in measured}
    for label, passes in PASSES.items():
        assert found[label].n.tolist() == list(SIZES)
        assert found[label].passes.tolist() == [passes(n) for n in SIZES]
    assert all((one.seconds > 0).all() for one in measured)


def test_seconds_and_passes_have_a_panel_each(measured):
    left, right = draw_cost(measured=measured).figure.axes
    assert (left.get_ylabel(), right.get_ylabel()) == ("seconds", "evaluations and passes")
    assert [line.get_label() for line in right.lines] == [one.label for one in measured]
    assert right.get_legend() is not None


@pytest.mark.parametrize("name", ["branin", "xor", "rosenbrok"])
def test_another_problem_is_answered_with_those_of_any_size(name):
    with pytest.raises(UsageError, match=rf"takes a problem of any size, not '{name}': .*ellipsoid.*rosenbrock"):
        measure(name, SIZES)


def test_a_picture_says_why_symbolic_stops_before_the_others(measured):
    assert draw_cost(measured=measured).notes == ()
    short = [replace(one, n=one.n[:2], seconds=one.seconds[:2], passes=one.passes[:2]) for one in measured]
    every = [cut if one.label == "symbolic" else one for one, cut in zip(measured, short, strict=True)]
    (note,) = draw_cost(measured=every).notes
    assert note.startswith("symbolic stops at n = 4: ")
