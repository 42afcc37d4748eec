import numpy as np
import pytest

from gdlab.report.plots.series import Line, panels
from gdlab.report.plots.strokes import strokes


@pytest.fixture
def stroke(make_run):
    """What is drawn of runs that differ in their seed alone, each given as its losses and how it ended."""

    def stroke(*runs):
        made = [make_run(loss=loss, status=status, seed=seed) for seed, (loss, status) in enumerate(runs)]
        (panel,) = panels([Line(run, run.curve()["step"], run.curve()["loss"]) for run in made])
        (found,) = strokes(panel)
        return panel.series[0].label, found

    return stroke


GOOD = ([1, 0.5, 0.25], "max_steps")


@pytest.mark.parametrize("status", ["diverged", "unbounded", "non_finite"])
def test_runs_that_all_break_at_the_same_step_do_not_take_the_axis(stroke, status):
    label, found = stroke(*[([1, 1e3, 1e9], status)] * 3)
    assert found.breaks
    assert found.whole == ()
    assert [values.tolist() for values in found.broken] == [[1, 1e3, 1e9]]
    assert label.endswith("(n = 3, 3 broke)")


@pytest.mark.parametrize(("broken", "breaks"), [(1, False), (2, True), (3, True)])
def test_a_series_breaks_if_as_many_as_half_of_its_runs_do(stroke, broken, breaks):
    _, found = stroke(*[([1, 2, 3], "diverged")] * broken, *[GOOD] * (4 - broken))
    assert found.breaks is breaks


@pytest.mark.parametrize("status", ["failed", "interrupted", "running"])
def test_a_run_that_did_not_end_is_not_carried_on_at_its_last_value(stroke, status):
    label, found = stroke(([1, 0.1], status), ([1, 0.1], status), GOOD)
    assert found.x.tolist() == [0, 10]
    assert found.y.tolist() == [1, 0.1]
    assert not found.breaks
    assert label.endswith("(n = 3, 2 did not end)")


@pytest.mark.parametrize("status", ["converged", "stalled", "max_steps", "timeout"])
def test_a_run_that_has_arrived_stays_where_it_is(stroke, status):
    label, found = stroke(([1, 0.1], status), ([1, 0.1], status), GOOD)
    assert found.y.tolist() == [1, 0.1, 0.1]
    assert label.endswith("(n = 3)")


def test_one_run_that_did_not_end_is_counted_against_the_band(stroke):
    _, found = stroke(([1, 0.1], "failed"), GOOD, GOOD)
    assert found.y.tolist() == [1, 0.5, 0.25]
    assert found.band is not None
    assert np.isinf(found.band[2][-1])


def test_the_values_of_a_single_run_that_broke_do_not_take_the_axis(stroke):
    _, found = stroke(([1, 9], "diverged"))
    assert (found.breaks, found.band, found.whole) == (True, None, ())


def test_a_run_that_broke_is_not_taken_for_one_of_the_highest_accuracy(make_run):
    accuracy = [([0.5, 0.6], "diverged"), ([0.5, 0.7, 0.8], "max_steps"), ([0.5, 0.8, 0.9], "max_steps")]
    made = [make_run(loss=values, status=status, seed=seed) for seed, (values, status) in enumerate(accuracy)]
    (panel,) = panels([Line(run, run.curve()["step"], run.curve()["loss"]) for run in made])
    (found,) = strokes(panel, "test_accuracy")
    assert found.y[-1] == 0.8
    assert found.band is not None
    assert found.band[2][-1] == pytest.approx(0.85)
