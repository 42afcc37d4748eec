"""How runs end, what they log, and what they cost."""

import math
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff import Cost
from gdlab.autodiff.methods import DualNumbers, Method, Numeric, Reverse
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Experiment, Log, Stop
from gdlab.experiment.train import columns, train
from gdlab.optimizers import GD, NAG, OPTIMIZERS, Adam, Coordinate, Optimizer, Rprop, SignSGD
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.store.status import Status

METHODS: list[Method] = [Reverse(), Reverse(retrace=True), DualNumbers(), Numeric(), Numeric(scheme="forward")]
IDS = ["reverse", "retraced", "dual", "central", "forward"]


class Plain(Problem):
    """A function and a start."""

    name = "plain"

    def __init__(self, function: Any, start: Any, infimum: float | None = None) -> None:
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "start", np.asarray(start, float))
        object.__setattr__(self, "least", infimum)

    def loss(self, w: Any, rows: Any = None) -> Any:
        return self.function(w)

    def initial(self, rng: np.random.Generator) -> Any:
        return self.start

    @property
    def infimum(self) -> float | None:
        return self.least


def _train(function: Any, start: Any, optimizer: Optimizer, method: Method | None = None, **options: Any) -> Any:
    infimum = options.pop("infimum", None)
    record = {key: options.pop(key) for key in ("record_losses", "record_points") if key in options}
    experiment = Experiment(Plain(function, start, infimum), method or Reverse(), optimizer, **options)
    return train(experiment, **record)


def parabola(w: Any) -> Any:
    return np.sum((w - 1) ** 2)


# -- outcomes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_nan_at_the_start_is_non_finite_with_its_step(method: Method) -> None:
    result = _train(lambda w: np.sum(w) * math.nan, [1.0], GD(), method, steps=10)
    assert result.outcome.status == Status.NON_FINITE
    assert result.outcome.step == 0
    assert "NaN at step 0" in result.outcome.reason
    assert result.cost == Cost()


@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_nan_later_names_the_last_finite_value(method: Method) -> None:
    result = _train(lambda w: np.sum(np.log(w)), [1.5], GD(lr=1), method, steps=100)
    assert result.outcome.status == Status.NON_FINITE
    assert result.outcome.step == 2
    assert "last finite loss was" in result.outcome.reason
    assert f"{math.log(1.5 - 1 / 1.5):.3f}"[:5] in result.outcome.reason
    assert np.isfinite(result.w).all()


def test_nan_in_the_gradient_alone_never_counts_as_converged() -> None:
    result = _train(lambda w: np.sum(np.sqrt(w * w)), [0.0, 1.0], GD(lr=0.1), steps=50, stop=Stop(grad_tol=1e-3))
    assert result.outcome.status == Status.NON_FINITE


class Broken(Plain):
    """A loss that is NaN on one side of a line, a known minimum, and residuals that are NaN where it is."""

    name = "broken"

    @property
    def residuals(self) -> Any:
        return lambda w, rows: np.stack([w[0] - 3, w[1]]) * np.sqrt(2 - w[0]) / np.sqrt(2 - w[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("start", [[2.5, 1.0], [1.9, 1.0]], ids=["NaN at once", "NaN ahead"])
def test_no_optimizer_converges_on_nan(name: str, start: Any) -> None:
    def loss(w: Any) -> Any:
        return np.sum((w - np.array([3.0, 0.0])) ** 2) * np.sqrt(2 - w[0]) / np.sqrt(2 - w[0])

    problem = Broken(loss, start, infimum=0.0)
    result = train(Experiment(problem, Reverse(), OPTIMIZERS[name](), steps=200))
    if start[0] > 2:
        assert result.outcome.status == Status.NON_FINITE
    else:  # what goes into the NaN ends as non_finite; a search does not go there
        assert result.outcome.status != Status.CONVERGED


@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_unbounded_below(method: Method) -> None:
    result = _train(lambda w: -np.sum(w**3), [1.0], GD(lr=0.1), method, steps=1000)
    assert result.outcome.status == Status.UNBOUNDED


def test_minus_infinity_at_once_is_unbounded() -> None:
    result = _train(lambda w: -np.sum(np.exp(w)), [5.0], GD(lr=100), steps=1000)
    assert result.outcome.status == Status.UNBOUNDED


def test_growing_beyond_all_bounds_is_diverged() -> None:
    result = _train(parabola, [3.0], GD(lr=1.5), steps=1000)
    assert result.outcome.status == Status.DIVERGED
    assert "try lr below 1" in result.outcome.reason
    assert np.isfinite(result.w).all()


@pytest.mark.parametrize("method", METHODS, ids=IDS)
@pytest.mark.parametrize("optimizer", [GD(lr=0.1), NAG(lr=0.05), Adam(lr=0.1), Coordinate(c=0.5)], ids=lambda o: o.name)
def test_target_loss_ends_a_run_where_it_is_reached(optimizer: Optimizer, method: Method) -> None:
    result = _train(
        parabola, [3.0, -1.0], optimizer, method, steps=1000, stop=Stop(target_loss=0.5), record_losses=True
    )
    assert result.outcome.status == Status.CONVERGED
    assert result.losses[-1] <= 0.5 < result.losses[-2]
    assert len(result.losses) == result.outcome.step + 1
    assert parabola(result.w) == pytest.approx(result.losses[-1])


@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_grad_tol_ends_a_run(method: Method) -> None:
    result = _train(parabola, [3.0, -1.0], GD(lr=0.1), method, steps=1000, stop=Stop(grad_tol=1e-3))
    assert result.outcome.status == Status.CONVERGED
    assert result.summary["grad_norm"] <= 1e-3
    assert np.linalg.norm(2 * (result.w - 1)) == pytest.approx(result.summary["grad_norm"], rel=1e-3)


def test_max_seconds() -> None:
    result = _train(parabola, [3.0], GD(lr=1e-9), steps=10**9, stop=Stop(max_seconds=0.05))
    assert result.outcome.status == Status.TIMEOUT


def test_zero_steps_is_a_look_at_the_start() -> None:
    result = _train(parabola, [3.0], GD(), steps=0, record_losses=True, record_points=True)
    assert result.outcome.status == Status.MAX_STEPS
    assert result.cost == Cost()
    np.testing.assert_array_equal(result.losses, [4.0])


def test_bouncing_between_two_points_is_not_an_end() -> None:
    result = _train(parabola, [3.0], GD(lr=1.0), steps=50)
    assert result.outcome.status == Status.MAX_STEPS


@pytest.mark.parametrize("optimizer", [SignSGD(lr=0.3), Rprop()], ids=lambda o: o.name)
def test_a_cycle_is_no_rest_whatever_its_length(optimizer: Optimizer) -> None:
    """Signs of gradients keep bouncing across a minimum, with periods that divide many a round number."""
    result = _train(parabola, [0.05], optimizer, steps=2000, record_points=True)
    assert result.outcome.status == Status.MAX_STEPS
    assert not np.array_equal(result.points[-1], result.points[-2])


def test_a_stationary_point_that_is_no_minimum_is_not_converged() -> None:
    saddle = _train(lambda w: w[0] ** 2 - w[1] ** 2, [1.0, 0.0], GD(lr=0.25), steps=5000, infimum=-math.inf)
    assert saddle.outcome.status == Status.STALLED
    assert "no minimum" in saddle.outcome.reason
    start = train(Experiment(PROBLEMS["xor"](init="zeros"), Reverse(), GD(), steps=100))
    assert start.outcome.status == Status.STALLED
    assert "start elsewhere" in start.outcome.reason


def test_slopes_of_any_size() -> None:
    steep = _train(lambda w: 1e200 * np.sum(w), [1.0], GD(lr=1e-201), steps=3, stop=Stop(grad_tol=1e-3))
    assert steep.outcome.status == Status.MAX_STEPS
    assert steep.summary["grad_norm"] == pytest.approx(1e200)
    flat = _train(lambda w: 1e-170 * np.sum(w), [1.0], GD(lr=1), steps=1, stop=Stop(grad_tol=1e-300))
    assert flat.summary["grad_norm"] == pytest.approx(1e-170)


def test_a_nan_gradient_is_no_matter_of_the_lr() -> None:
    result = train(Experiment(PROBLEMS["ackley"](start=[0.0, 0.0]), Reverse(), GD(), steps=10))
    assert result.outcome.status == Status.NON_FINITE
    assert "smaller lr" not in result.outcome.reason
    assert "gradient is NaN" in result.outcome.reason


def test_a_search_without_gradients_asks_for_none() -> None:
    """Not even to log: the loss branches on its value, which reverse mode could not trace."""
    result = _train(lambda w: np.sum(np.abs(w)) if w[0] > 0 else w[1] ** 2, [1.0, 2.0], Coordinate(), steps=5)
    assert result.outcome.status == Status.MAX_STEPS
    assert result.logging.reverse_passes == 0
    assert "grad_norm" not in result.summary


def test_setting_up_is_not_on_the_clock() -> None:
    """Tracing and compiling are done before the first step, whatever the method."""
    for method in METHODS:
        short = _train(parabola, np.ones(20), Adam(), method, steps=1).seconds
        per_step = _train(parabola, np.ones(20), Adam(), method, steps=400).seconds / 400
        assert short < 0.001 + 20 * per_step


def test_a_flat_point_is_converged_and_a_step_below_rounding_is_stalled() -> None:
    flat = _train(lambda w: np.sum(0 * w), [3.0], GD(lr=0.1), steps=50)
    assert flat.outcome.status == Status.CONVERGED
    tiny = _train(lambda w: np.sum(w), [1e6], GD(lr=1e-12), steps=50)
    assert tiny.outcome.status == Status.STALLED
    assert "gradient norm is 1" in tiny.outcome.reason


def test_a_plateau_above_the_start_is_not_converged() -> None:
    """A step that is far too long throws a sigmoid into saturation, where the gradient vanishes."""
    result = _train(lambda w: np.sum(1 - 1 / (1 + np.exp(-w)) * np.exp(-(w**2) / 50)), [1.0], GD(lr=1e4), steps=50)
    assert result.outcome.status == Status.STALLED
    assert "smaller lr" in result.outcome.reason


def test_a_known_minimum_is_converged_even_without_gradients() -> None:
    result = _train(lambda w: np.sum(np.abs(w)), [0.5], Coordinate(c=0.25), steps=50, infimum=0.0)
    assert result.outcome.status == Status.CONVERGED
    assert "known minimum" in result.outcome.reason


def test_stop_when_told_to() -> None:
    asked = iter([False] * 5 + [True] * 1000)
    experiment = Experiment(Plain(parabola, [3.0]), Reverse(), GD(lr=1e-6), steps=10**8)
    result = train(experiment, Callbacks(stopped=lambda: next(asked)))
    assert result.outcome.status == Status.INTERRUPTED
    assert 0 < result.outcome.step < 10**8


# -- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS, ids=IDS)
@pytest.mark.parametrize("optimizer", [GD(lr=0.1), NAG(lr=0.05), Coordinate(c=0.3)], ids=lambda o: o.name)
def test_a_row_is_about_one_point(optimizer: Optimizer, method: Method) -> None:
    """Loss, gradient norm and cost of row k belong to w after k steps, whatever the optimizer looks at."""
    rows: list[Any] = []
    experiment = Experiment(Plain(parabola, [3.0, -1.0]), method, optimizer, steps=20, log=Log(every=3))
    result = train(experiment, Callbacks(rows=rows.extend), record_points=True)
    assert columns(experiment)[:3] == ("step", "loss", "grad_norm")
    assert [row[0] for row in rows] == [*range(0, result.outcome.step, 3), result.outcome.step]
    for row in rows:
        point = result.points[int(row[0])]
        assert row[1] == pytest.approx(parabola(point), rel=1e-12, abs=1e-15)
        if optimizer.uses_gradient:
            assert row[2] == pytest.approx(np.linalg.norm(2 * (point - 1)), rel=1e-4, abs=1e-6)
        else:
            assert row[2] is None
    assert rows[0][4:7] == (0, 0, 0)
    assert list(rows[-1][4:7]) == [result.cost.evaluations, result.cost.dual_passes, result.cost.reverse_passes]


@pytest.mark.parametrize("every", [1, 2, 7, 1000])
@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_logging_changes_neither_path_nor_cost(every: int, method: Method) -> None:
    reference = _train(parabola, [3.0, -1.0], Adam(lr=0.1), method, steps=30, log=Log(every=30))
    result = _train(parabola, [3.0, -1.0], Adam(lr=0.1), method, steps=30, log=Log(every=every))
    np.testing.assert_array_equal(result.w, reference.w)
    assert result.cost == reference.cost


def test_what_is_only_logged_is_charged_to_logging() -> None:
    sparse = _train(parabola, [3.0, -1.0], NAG(lr=0.01), steps=30, log=Log(every=30))
    dense = _train(parabola, [3.0, -1.0], NAG(lr=0.01), steps=30, log=Log(every=1))
    assert dense.cost == sparse.cost == Cost(evaluations=30, reverse_passes=30)
    assert dense.logging.evaluations > sparse.logging.evaluations


@pytest.mark.parametrize("every", [1, 3, 7, 100])
@pytest.mark.parametrize("method", METHODS, ids=IDS)
def test_best_is_the_best_of_all_steps_however_few_are_logged(method: Method, every: int) -> None:
    def f(w: Any) -> Any:
        return np.sum(np.cos(w))

    losses = _train(f, [0.5], GD(lr=2.5), method, steps=40, record_losses=True).losses
    result = _train(f, [0.5], GD(lr=2.5), method, steps=40, log=Log(every=every))
    assert result.summary["best_loss"] == min(losses)
    assert result.summary["best_step"] == np.argmin(losses)
    assert min(losses) < losses[-1]


def test_without_a_finite_loss_there_is_no_best() -> None:
    result = _train(lambda w: np.sum(w) * math.nan, [1.0], GD(), steps=10)
    assert "best_loss" not in result.summary
    assert "best_step" not in result.summary


def test_memory_does_not_grow_with_the_steps() -> None:
    import tracemalloc

    def peak(steps: int) -> int:
        tracemalloc.start()
        _train(parabola, [3.0, -1.0], Adam(lr=1e-5), steps=steps, log=Log(every=10**6))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and cached at the first run
    assert peak(20_000) < peak(200) + 50_000


# -- the same whatever the path -------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ["quadratic", "xor", "rosenbrock", "least_squares"])
@pytest.mark.parametrize("name", [n for n, rule in OPTIMIZERS.items() if rule.traceable])
def test_compiled_steps_are_python_steps(name: str, problem: str) -> None:
    """One program for gradient and update walks the path that the optimizer's own code walks."""
    optimizer = OPTIMIZERS[name]()
    steps = 20 if optimizer.uses_more else 40  # small differences of f grow rounding faster
    compiled = train(Experiment(PROBLEMS[problem](), Reverse(), optimizer, steps=steps), record_points=True)
    python = train(Experiment(PROBLEMS[problem](), Reverse(retrace=True), optimizer, steps=steps), record_points=True)
    np.testing.assert_allclose(compiled.points, python.points, rtol=1e-7, atol=1e-9)
    assert compiled.cost == python.cost


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_same_seed_same_path_and_paired_starts(name: str) -> None:
    def run(seed: int, optimizer: Optimizer) -> Any:
        experiment = Experiment(PROBLEMS["xor"](), Reverse(), optimizer, steps=5, seed=seed)
        return train(experiment, record_points=True).points

    first = run(3, OPTIMIZERS[name]())
    np.testing.assert_array_equal(first, run(3, OPTIMIZERS[name]()))
    np.testing.assert_array_equal(first[0], run(3, GD())[0])
    assert not np.array_equal(first[0], run(4, OPTIMIZERS[name]())[0])
