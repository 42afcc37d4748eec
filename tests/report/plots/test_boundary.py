import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.experiment.train import train
from gdlab.report.plots.boundary import animate_boundary, draw_boundary
from gdlab.report.plots.saving import save

MOONS = {"name": "moons", "rows": 60, "test": 0.25}
ADAM = {"name": "adam", "lr": 0.05}


@pytest.fixture
def moons(stored):
    def moons(name="m", **changes):
        data = changes.pop("data", MOONS)
        problem = {"name": "mlp", "hidden": [8], "activation": "tanh", "data": data}
        return stored(name=name, problem=problem, optimizer=ADAM, steps=changes.pop("steps", 20), **changes)

    return moons


def classes(axes):
    return np.asarray(axes.images[0].get_array())


def test_the_ground_is_what_the_network_predicts_there(moons):
    run, experiment = moons(steps=0)
    (axes,) = draw_boundary([(run, experiment)]).figure.axes
    problem = experiment.drawn().problem
    w = train(experiment).w
    left, right, low, high = axes.images[0].get_extent()
    shown = classes(axes)
    corners = np.array([[left, low], [right, low], [left, high], [right, high]])
    assert shown[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == problem.predict(w, corners).tolist()
    assert set(np.unique(shown)) <= {0, 1}


def test_the_rows_are_drawn_by_class_and_those_to_test_on_are_hollow(moons):
    run, experiment = moons()
    (axes,) = draw_boundary([(run, experiment)]).figure.axes
    split = experiment.drawn().problem.split
    drawn = [len(part.get_offsets()) for part in axes.collections if len(part.get_offsets())]
    expected = [int((table.targets == k).sum()) for table in (split.train, split.test) for k in (0, 1)]
    assert [n for n in drawn if n in expected][:4] == expected
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "test rows"]


def test_the_title_says_which_run_and_how_good(moons):
    (axes,) = draw_boundary([moons("m")]).figure.axes
    first, second = axes.get_title(loc="left").split("\n")
    assert first == "m"
    assert second.startswith("step 20 · accuracy ")


def test_axes_are_in_the_units_of_the_data_where_those_were_standardized(moons):
    (plain,), (scaled,) = (
        draw_boundary([moons(data=MOONS | {"standardize": flag})]).figure.axes for flag in (False, True)
    )
    assert scaled.get_xlim() == pytest.approx(plain.get_xlim())
    assert scaled.get_ylim() == pytest.approx(plain.get_ylim())


def test_runs_that_differ_in_their_seed_alone_are_one_panel(moons):
    figure = draw_boundary([moons(seed=seed) for seed in (3, 1, 2)] + [moons("other")]).figure
    assert [axes.get_title(loc="left").split("\n")[0] for axes in figure.axes] == ["m · seed 1, one of 3", "other"]


def test_a_film_begins_at_the_start(moons):
    film = animate_boundary([moons(steps=30)])
    (axes,) = film.figure.axes
    film.show(0)
    assert "step 0 " in axes.get_title(loc="left")
    before = classes(axes)
    film.show(film.frames - 1)
    assert "step 30 " in axes.get_title(loc="left")
    assert (classes(axes) != before).any()
    assert len(axes.images) == 1


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        ({"name": "rosenbrock"}, "a is no classifier: its problem is rosenbrock"),
        ({"name": "mlp", "data": {"name": "sine"}}, "a has numbers as targets, and no classes"),
        ({"name": "softmax", "data": {"name": "iris"}}, "a has 4 inputs, and a plane has 2"),
    ],
)
def test_what_has_no_boundary_in_a_plane_is_said(stored, problem, why):
    run = stored(problem=problem, optimizer={"name": "gd", "lr": 1e-3}, steps=1)
    with pytest.raises(UsageError, match=f"there is nothing to draw: {why}"):
        draw_boundary([run])


def test_three_classes_can_be_saved(stored, tmp_path):
    data = {"name": "blobs", "rows": 30}
    run = stored(problem={"name": "softmax", "data": data}, optimizer={"name": "gd", "lr": 0.1}, steps=50)
    picture = draw_boundary([run])
    save(picture.figure, tmp_path / "b.png")
    assert set(np.unique(classes(picture.figure.axes[0]))) == {0, 1, 2}
