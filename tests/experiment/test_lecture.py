"""The numbers of the lecture, obtained as a user obtains them: by `minimize`, with every gradient method."""

from typing import Any

import numpy as np
import pytest

import gdlab

METHODS = ["reverse", "dual", {"name": "numeric", "scheme": "central"}]
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def J(w: Any) -> Any:  # noqa: N802 - the lecture's name
    return w[0] ** 2 - 2 * w[0] + 5


def f(w: Any) -> Any:
    return w[0] ** 2 * w[1] + w[1] + 2


CASES = {
    # item of the lecture: function, start, optimizer, w after each step
    "10, mu=.1": (J, [0], {"name": "gd", "lr": 0.1}, [[0.2], [0.36], [0.488], [0.5904], [0.67232]]),
    "10, mu=.5": (J, [0], {"name": "gd", "lr": 0.5}, [[1]]),
    "10, mu=1": (J, [0], {"name": "gd", "lr": 1.0}, [[2], [0], [2], [0]]),
    "24": (J, [0], {"name": "momentum", "lr": 0.1, "gamma": 0.9}, [[0.2], [0.54], [0.938], [1.3086], [1.58042]]),
    "25": (J, [0], {"name": "nag", "lr": 0.1, "gamma": 0.9}, [[0.2], [0.504], [0.82208], [1.0866816], [1.259858432]]),
    "26, J": (
        J,
        [0],
        {"name": "adagrad", "eps": 1e-8, "variant": "lecture"},
        [[20000], [1.0000249987460847], [1.0000249974960849]],
    ),
    "26, f": (f, [3, 4], {"name": "adagrad", "eps": 1e-8, "variant": "lecture"}, [[-239997, -99996]]),
    "27, J": (
        J,
        [0],
        {"name": "adam", "variant": "lecture"},
        [[0.9999999950000007], [1.6700582481198722], [1.7443756207991012], [1.4902276011621727]],
    ),
    "27, f": (f, [3, 4], {"name": "adam", "variant": "lecture"}, [[2.07692308, 3.61538462]]),
    "27, f published": (f, [3, 4], {"name": "adam", "lr": 1.0}, [[2, 3]]),
}


@pytest.mark.parametrize("method", METHODS, ids=["reverse", "dual", "numeric"])
@pytest.mark.parametrize("case", CASES)
def test_trajectories(case: str, method: Any) -> None:
    function, start, optimizer, expected = CASES[case]
    result = gdlab.minimize(function, start, optimizer, method, steps=len(expected), record_points=True)
    tolerance = EXACT if method in ("reverse", "dual") else {"rtol": 1e-6, "atol": 1e-8}
    if case in ("27, f", "27, f published"):
        tolerance = {"rtol": 1e-7}  # the digits that are given
    assert len(result.points) == 1 + len(expected)
    np.testing.assert_allclose(result.points[1:], expected, **tolerance)


def test_losses_of_gd_on_j() -> None:
    result = gdlab.minimize(J, [0], {"name": "gd", "lr": 0.1}, steps=3)
    np.testing.assert_allclose(result.losses, [5, 4.64, 4.4096, 4.262144], **EXACT)


def test_adam_of_the_lecture_at_step_20() -> None:
    result = gdlab.minimize(J, [0], {"name": "adam", "variant": "lecture"}, steps=20)
    assert result.w[0] == pytest.approx(0.7299175510724498, rel=1e-12)


@pytest.mark.parametrize("mu", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_gd_on_j_converges_for_mu_between_0_and_1(mu: float) -> None:
    result = gdlab.minimize(J, [0], {"name": "gd", "lr": mu}, steps=5000)
    assert result.outcome.status == "converged"
    assert result.w[0] == pytest.approx(1, abs=1e-7)


def test_gd_on_j_diverges_for_mu_above_1_and_says_what_to_try() -> None:
    result = gdlab.minimize(J, [0], {"name": "gd", "lr": 1.1}, steps=5000)
    assert result.outcome.status == "diverged"
    assert "curvature at the start is 2, so try lr below 1" in result.outcome.reason


def test_f_under_gd_looks_healthy_at_first() -> None:
    result = gdlab.minimize(f, [3, 4], {"name": "gd", "lr": 0.1}, steps=3)
    np.testing.assert_allclose(result.losses[1:], [6.08, 5.0289664, 4.78723], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS, ids=["reverse", "dual", "numeric"])
@pytest.mark.parametrize("lr", [0.1, 0.01, 0.5])
def test_f_under_gd_is_never_called_converged(lr: float, method: Any) -> None:
    result = gdlab.minimize(f, [3, 4], {"name": "gd", "lr": lr}, method, steps=5000)
    assert result.outcome.status in ("unbounded", "diverged")
    assert result.outcome.step < 5000


def test_f_under_gd_is_seen_to_run_away_before_it_overflows() -> None:
    result = gdlab.minimize(f, [3, 4], {"name": "gd", "lr": 0.01}, steps=5000)
    assert result.outcome.step < 710  # where it is no longer finite


@pytest.mark.parametrize("method", METHODS, ids=["reverse", "dual", "numeric"])
def test_coordinate_search_reaches_1_in_10_sweeps_and_stops(method: Any) -> None:
    result = gdlab.minimize(J, [0], {"name": "coordinate", "c": 0.1}, method, steps=100, record_points=True)
    np.testing.assert_allclose(result.points[:11, 0], np.arange(11) / 10, atol=1e-12)
    assert result.points[-1, 0] == result.points[10, 0]
    assert result.outcome.status in ("converged", "stalled")


@pytest.mark.parametrize(
    ("method", "evaluations", "dual_passes", "reverse_passes"),
    [
        ({"name": "numeric", "scheme": "forward"}, 3, 0, 0),
        ({"name": "numeric", "scheme": "central"}, 4, 0, 0),
        ("dual", 0, 2, 0),
        ("reverse", 1, 0, 1),
    ],
)
@pytest.mark.parametrize("optimizer", ["gd", "adam", "nag"])
def test_cost_of_a_step_in_two_dimensions(
    method: Any, evaluations: int, dual_passes: int, reverse_passes: int, optimizer: str
) -> None:
    cost = gdlab.minimize(f, [3, 4], {"name": optimizer, "lr": 1e-3}, method, steps=10).cost
    assert cost == gdlab.Cost(10 * evaluations, 10 * dual_passes, 10 * reverse_passes)


def test_cost_of_a_sweep_is_2n_evaluations() -> None:
    cost = gdlab.minimize(f, [3, 4], "coordinate", steps=10).cost
    assert cost == gdlab.Cost(evaluations=1 + 10 * 2 * 2)  # and one for the value at the start
