import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.view import view

HEALTHY = np.array([1.0, 0.5, 0.01])


def curves(*values):
    return [np.array(one, dtype=float) for one in values]


@pytest.mark.parametrize(
    ("whole", "log"),
    [
        ([[1, 0.01]], True),
        ([[1, 0.5]], False),
        ([[1, 0.0]], False),
        ([[1, -0.01]], False),
        ([[1.0], [0.01]], True),
        ([[1e-300, 1e308]], True),
        ([[5.0, 5.0]], False),
    ],
)
def test_the_axis_is_logarithmic_only_where_that_is_honest(whole, log):
    assert view(curves(*whole), []).log is log


def test_a_broken_run_with_a_negative_value_forbids_a_log_axis():
    assert not view([HEALTHY], curves([1.0, -5.0])).log


def test_the_view_holds_every_value_of_the_runs_that_ended_well():
    seen = view(curves([3, -1], [7, 2]), [])
    assert seen.low < -1 < 7 < seen.high
    assert seen.high - seen.low < 1.2 * 8


@pytest.mark.parametrize("value", [5e-324, 1e-323, 1.7e308, 1.7976931348623157e308])
def test_the_smallest_and_the_largest_float_have_a_place_on_a_log_axis(value):
    seen = view(curves([1.0, value]), [])
    assert seen.log
    assert seen.holds(np.array([1.0, value]))


def test_equal_values_get_room_around_them():
    for value in (0.0, 4.0, -2.5, 1e308, 5e-324):
        seen = view(curves([value, value]), [])
        assert np.isfinite([seen.low, seen.high]).all()
        assert seen.low < value / seen.unit < seen.high


@pytest.mark.parametrize("bottom", [0.009, -1e10, -1e308])
@pytest.mark.parametrize("top", [2.0, 1e10, 1e308])
def test_a_broken_run_does_not_squeeze_the_others(top, bottom):
    seen = view([HEALTHY], curves([1.0, top], [1.0, bottom]))
    height = np.log10 if seen.log else np.asarray
    assert np.ptp(height([0.01, 1.0])) > 0.45 * np.ptp(height([seen.low, seen.high]))


def test_a_broken_run_that_stays_near_is_shown_whole():
    seen = view([HEALTHY], curves([1.0, 1.3]))
    assert seen.high > 1.3


def test_runs_that_all_diverged_are_shown_whole_on_a_log_axis():
    seen = view([], curves([1, 1e3, 1e300]))
    assert seen.log
    assert seen.low < 1
    assert seen.high > 1e300


def test_where_all_are_unbounded_the_last_steps_do_not_hide_the_others():
    values = [6.08, 5.03, 4.79, 4.6, 4.4, 4.2, 4.0, 3.6, 3.0, 1.0, -10.0, -1e3, -1e9, -1e80, -1e300]
    seen = view([], curves(values))
    assert not seen.log
    assert -1000 < seen.low < -10
    assert 6.08 < seen.high < 100


def test_a_curve_is_cut_where_it_leaves_for_good():
    seen = view(curves([0.0, 10.0]), curves([5.0, 1e6]))
    x, y = seen.cut(np.array([0.0, 1.0, 2.0]), np.array([5.0, 7.0, 7.0 + 2 * (seen.high - 7.0)]))
    assert x.tolist() == [0, 1, 1.5]
    assert y.tolist() == pytest.approx([5, 7, seen.high])


def test_on_a_log_axis_the_cut_is_on_the_straight_line_of_logarithms():
    seen = view([HEALTHY], curves([1.0, 1e12]))
    x, y = seen.cut(np.array([0.0, 12.0]), np.array([1.0, 1e12]))
    assert y[-1] == seen.high
    assert x[-1] == pytest.approx(np.log10(seen.high))


def test_a_curve_that_stays_inside_is_not_cut():
    seen = view(curves([0.0, 10.0]), [])
    x, y = np.array([0.0, 1.0]), np.array([2.0, 3.0])
    assert [part.tolist() for part in seen.cut(x, y)] == [[0, 1], [2, 3]]


def test_a_curve_that_was_never_inside_ends_at_the_edge():
    seen = view(curves([0.0, 10.0]), [])
    x, y = seen.cut(np.array([3.0, 4.0]), np.array([1e9, 1e10]))
    assert (x.tolist(), y.tolist()) == ([3], [seen.high])


def test_a_rare_spike_does_not_hide_everything_else():
    calm = np.linspace(5, 4, 200)
    spike = np.array([5.0, 4e8, *np.linspace(4.5, 4, 18)])
    seen = view([calm, calm, spike], [])
    assert not seen.log
    assert 3.5 < seen.low < 4
    assert 5 < seen.high < 6
    assert seen.holds(calm)
    assert not seen.holds(spike)


def test_a_start_far_above_the_rest_is_no_spike():
    seen = view([np.array([1e6, *np.linspace(1, 0, 500)])], [])
    assert seen.high > 1e6


def test_few_points_have_no_spikes():
    assert view(curves([1, 1e6, 0.5]), []).high > 1e6


def test_what_lies_below_rounding_does_not_squeeze_the_others():
    runs = [np.geomspace(1, 1e-5, 500), np.geomspace(1, 1e-103, 50)]
    seen = view(runs, [])
    assert 1e-20 < seen.low < 1e-16
    assert view(runs[1:], []).low < 1e-103, "unless most lies there"


def test_a_broken_run_is_seen_from_its_start():
    seen = view([], curves([42.0, 6.0, *np.linspace(5, 0, 50), -1e3, -1e300]))
    assert seen.high > 42


finite = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8)


@given(st.lists(finite, max_size=3), st.lists(finite, max_size=3))
def test_any_finite_values_have_a_view_and_every_cut_ends_in_it(whole, broken):
    if not whole and not broken:
        return
    whole, broken = curves(*whole), curves(*broken)
    seen = view(whole, broken)
    assert np.isfinite([seen.low, seen.high]).all()
    assert seen.low < seen.high
    assert seen.low > 0 or not seen.log
    for values in whole:
        assert seen.holds(values[:1])
        assert seen.log or seen.holds(values)
    for values in broken:
        x, y = seen.cut(np.arange(values.size, dtype=float), values)
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()
        assert seen.low <= y[-1] <= seen.high
