import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.report.plots.landscape import window
from gdlab.report.plots.looks import LOOKS
from gdlab.report.plots.path import animate_path, draw_path
from gdlab.report.plots.sheet import Sheet

VALLEY = {"name": "rosenbrock", "dim": 2}


@pytest.fixture
def pair(stored):
    return [
        stored(name="g", problem=VALLEY, optimizer={"name": "gd", "lr": 1e-3}, steps=20),
        stored(name="m", problem=VALLEY, optimizer={"name": "momentum", "lr": 1e-4}, steps=50),
    ]


def ways(axes):
    """The drawn ways by colour, and not their ends."""
    found = {}
    for line in axes.lines:
        if line.get_linestyle() != "None":
            found[line.get_color()] = np.column_stack(line.get_data())
    return found


def test_every_optimizer_has_a_way_from_its_start_with_the_same_budget(pair):
    (axes,) = draw_path(pair).figure.axes
    drawn = ways(axes)
    start = pair[0][1].problem.initial(np.random.default_rng(0))
    for name in ("gd", "momentum"):
        way = drawn[LOOKS[name][0]]
        assert way.shape == (21, 2)
        assert way[0] == pytest.approx(start)
    assert axes.get_title(loc="left").endswith("20 steps each")


def test_gradient_descent_goes_where_its_formula_says(stored):
    bowl = {"formula": "(x - 1)**2 + (y + 2)**2", "start": {"x": 0.0, "y": 0.0}}
    run = stored(problem=bowl, optimizer={"name": "gd", "lr": 0.25}, steps=2)
    (axes,) = draw_path([run]).figure.axes
    (way,) = ways(axes).values()
    assert way == pytest.approx(np.array([[0, 0], [0.5, -1], [0.75, -1.5]]))


def test_minimum_and_start_are_marked_and_explained(pair):
    (axes,) = draw_path(pair).figure.axes
    told = [text.get_text() for text in axes.get_legend().get_texts()]
    assert told == ["g", "m", "start", "minimum"]
    stars = [line for line in axes.lines if line.get_marker() == "*"]
    least = pair[0][1].problem.minimizers[0]
    assert [line.get_xdata()[0] for line in stars] == [least[0]]
    assert axes.collections, "there are level lines"


def test_a_film_goes_from_the_start_to_the_whole_way(pair):
    film = animate_path(pair)
    (axes,) = film.figure.axes
    film.show(0)
    assert {len(way) for way in ways(axes).values()} == {1}
    film.show(film.frames - 1)
    assert {len(way) for way in ways(axes).values()} == {21}
    assert film.frames == 21


def test_what_is_not_flat_is_named_and_left_out(stored, pair):
    other = stored(name="big", problem={"name": "rosenbrock", "dim": 3}, optimizer={"name": "gd", "lr": 1e-4}, steps=5)
    assert draw_path([*pair, other]).notes == ("not drawn: big has 3 parameters, and a plane has 2",)
    with pytest.raises(UsageError, match="there is nothing to draw: big has 3 parameters, and a plane has 2"):
        draw_path([other])


def test_runs_of_one_optimizer_are_told_apart_by_shade(stored):
    runs = [stored(name=f"g{lr}", problem=VALLEY, optimizer={"name": "gd", "lr": lr}, steps=5) for lr in (1e-3, 1e-4)]
    assert len(ways(draw_path(runs).figure.axes[0])) == 2


def test_a_run_that_diverges_does_not_hide_the_others(stored, pair):
    wild = stored("diverged", name="w", problem=VALLEY, optimizer={"name": "gd", "lr": 9.0}, steps=20)
    calm, both = (draw_path(runs).figure.axes[0] for runs in (pair, [*pair, wild]))
    assert np.ptp(both.get_xlim()) < 10 * np.ptp(calm.get_xlim())


@pytest.mark.parametrize(
    "way",
    [[[0.0, 0.0]], [[1e300, 1e300], [0, 0]], [[3.0, 3.0], [3.0, 3.0]], [[0, 0], [1, 0]], [[0, 0], [np.nan, 1]]],
)
@pytest.mark.parametrize("breaks", [False, True])
def test_any_way_has_a_window(pair, way, breaks):
    way = np.array(way, float)
    shown = window(pair[0][1].problem, [] if breaks else [way], [way] if breaks else [])
    assert shown.left < shown.right
    assert shown.low < shown.high


def test_the_title_and_the_size_can_be_chosen(pair):
    figure = draw_path(pair, sheet=Sheet(title="$x$ _y_", size=(5, 4))).figure
    assert figure.get_suptitle() == "$x$ _y_"
    assert figure.get_size_inches().tolist() == [5, 4]


def test_runs_that_leave_the_picture_are_named_and_steps_are_those_that_some_took(stored, pair):
    wild = stored("diverged", name="w", problem=VALLEY, optimizer={"name": "gd", "lr": 9.0}, steps=20)
    picture = draw_path([*pair, wild])
    assert picture.notes == ("w leaves the picture",)
    assert picture.figure.axes[0].get_title(loc="left").endswith("up to 20 steps each")
    assert draw_path(pair).notes == ()
