import numpy as np
import pytest

from gdlab.optimizers import Coordinate


def test_reaches_the_minimum_of_the_parabola_in_ten_sweeps_and_stops_there(parabola, path):
    walked = path(Coordinate(c=0.1), parabola, [0.0], 15)[:, 0]
    np.testing.assert_allclose(walked[:11], np.linspace(0, 1, 11), rtol=1e-14)
    assert (walked[10:] == walked[10]).all()


def test_a_sweep_costs_two_evaluations_for_each_coordinate(parabola, path):
    path(Coordinate(), parabola, np.zeros(7), 5)
    assert parabola.calls == {"value": 1 + 5 * 2 * 7, "gradient": 0}


def test_coordinates_move_one_after_the_other(polynomial, path):
    walked = path(Coordinate(c=1.0), polynomial, [3.0, 4.0], 2)
    # From (3, 4) x goes to 2 and y to 3; from there f(1, ·) < f(2, ·) takes x to 1, and y to 2.
    np.testing.assert_array_equal(walked, [[3, 4], [2, 3], [1, 2]])


def test_the_better_side_wins_when_both_improve(path):
    class Hill:
        def value(self, w):
            return np.sum(-np.abs(w - 0.25), axis=0)

    assert path(Coordinate(c=1.0), Hill(), [0.0], 1)[1, 0] == -1
    assert path(Coordinate(c=1.0), Hill(), [0.5], 1)[1, 0] == 1.5


def test_a_plateau_or_nan_on_both_sides_moves_nothing(path):
    class Trap:
        def value(self, w):
            return np.where(w[0] == 0, 1.0, np.nan)

    class Plateau:
        def value(self, w):
            return 0 * w[0]

    assert (path(Coordinate(), Trap(), [0.0], 3) == 0).all()
    assert (path(Coordinate(), Plateau(), [0.0], 3) == 0).all()


def test_shrinking_c_reaches_what_a_fixed_c_steps_over(parabola, path):
    fixed = path(Coordinate(c=0.3), parabola, [0.0], 200)[-1, 0]
    shrinking = path(Coordinate(c=0.3, shrink=0.5), parabola, [0.0], 200)[-1, 0]
    assert fixed == pytest.approx(0.9, rel=1e-14)
    assert shrinking == pytest.approx(1.0, abs=1e-7)  # where f can no longer tell two points apart


def test_runs_in_lanes_though_it_cannot_be_traced(bowl, walk):
    w = np.array([[0.3, 2.0, -1.0], [-0.7, 0.1, 3.0], [2.0, -2.0, 0.0]])
    rule = Coordinate(c=np.array([0.1, 0.2, 0.5]), shrink=0.5)
    points = np.array(walk(rule, bowl, w, 8)[0])
    for i, c in enumerate([0.1, 0.2, 0.5]):
        alone = np.array(walk(Coordinate(c=c, shrink=0.5), bowl, w[:, i], 8)[0])
        np.testing.assert_allclose(points[:, :, i], alone, rtol=1e-12)


def test_a_sweep_leaves_its_arguments_alone(parabola):
    w = np.zeros(3)
    state = Coordinate().init(w)
    Coordinate().step(parabola, w, state)
    assert (w == 0).all()
    assert np.isnan(state.f)
    assert state.c == 0.1
