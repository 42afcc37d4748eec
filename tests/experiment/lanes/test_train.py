"""Lanes against runs by themselves."""

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff.methods import DualNumbers, Method, Numeric, Reverse, Symbolic
from gdlab.errors import UsageError
from gdlab.experiment.lanes import LaneCallbacks, LaneResults, group, train_lanes
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Experiment, Log, Stop
from gdlab.experiment.train import columns, train
from gdlab.optimizers import (
    ASGD,
    BB,
    GD,
    LAMB,
    NAG,
    OPTIMIZERS,
    Adam,
    Around,
    ExponentialAverage,
    Momentum,
    NAdam,
    Noise,
    Optimizer,
    Polyak,
    PolyakAverage,
    RAdam,
    Rprop,
    SignSGD,
)
from gdlab.optimizers.schedules import SCHEDULES
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.problems.xor import XOR
from gdlab.store.status import Status

LRS = (1e-3, 0.03, 0.3, 2.0)


def agree(experiments: list[Experiment], rtol: float = 1e-7, block: int | None = None) -> LaneResults:
    """Hold lanes to the runs by themselves: outcome, summary and every logged number but the seconds."""
    found = train_lanes(experiments, block=block)
    assert len(found) == len(experiments)
    for lane, experiment in enumerate(experiments):
        rows: list[Any] = []
        alone = train(experiment, Callbacks(rows=rows.extend))
        outcome = found.outcome(lane)
        assert (outcome.status, outcome.step) == (alone.outcome.status, alone.outcome.step), (outcome, alone.outcome)
        assert _words(outcome.reason) == _words(alone.outcome.reason)
        curve = found.curve(lane)
        assert tuple(curve) == columns(experiment)
        for name, values in zip(columns(experiment), np.array(rows, float).T, strict=True):
            if name != "seconds":
                _close(curve[name], values, rtol, f"{experiment.optimizer}: {name} of seed {experiment.seed}")
        summary = found.summary_of(lane)
        assert list(summary) == list(alone.summary)
        for name, value in alone.summary.items():
            if name not in ("seconds", "best_step"):
                _close(summary[name], value, rtol, name)
        _close(found.w[:, lane], alone.w, rtol, "w")
        _close(found.solution[:, lane], alone.solution, rtol, "solution")
    return found


def _close(actual: Any, expected: Any, rtol: float, what: str) -> None:
    # Beyond 1e12 a run is on its way out of the range of numbers, and what is left of it is rounding.
    usual = ~(np.abs(np.asarray(expected)) > 1e12)
    np.testing.assert_allclose(
        np.asarray(actual)[usual], np.asarray(expected)[usual], rtol, atol=rtol * 1e-3, err_msg=what
    )


def _words(reason: str) -> str:
    """A sentence without its numbers."""
    return " ".join(word for word in reason.split() if not any(c.isdigit() for c in word))


def of(problem: Problem, optimizers: list[Any], method: Method | None = None, **options: Any) -> list[Experiment]:
    """A cell for each optimizer and two seeds."""
    options = {"steps": 60, "log": Log(every=7)} | options
    return [
        Experiment(problem, method or Reverse(), optimizer, seed=seed, **options)
        for optimizer in optimizers
        for seed in (0, 1)
    ]


TRACEABLE = sorted(name for name, rule in OPTIMIZERS.items() if rule.traceable)


@pytest.mark.parametrize("name", TRACEABLE)
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=str)
def test_every_traceable_rule(name: str, method: Method) -> None:
    rule: Any = OPTIMIZERS[name]
    lrs = [{"lr": lr} for lr in (1e-3, 0.03, 0.1)] if "lr" in {p.name for p in rule.parameters()} else [{}]
    agree(of(XOR(), [rule(**lr) for lr in lrs], method))


VARIANTS = [(name, variant) for name in TRACEABLE for variant in OPTIMIZERS[name].variants if variant != "published"]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_every_variant(name: str, variant: str) -> None:
    rule: Any = OPTIMIZERS[name]
    agree(of(XOR(), [rule(variant=variant), rule(variant=variant)]))


METHODS = [
    (Reverse(), 1e-7),
    (Symbolic(), 1e-7),
    (DualNumbers(), 1e-7),
    (Numeric(), 1e-6),
    (Numeric(scheme="forward"), 1e-4),  # u/ε of a difference is rounding, and sixty steps of it add up
    (Numeric(scheme="central", eps=1e-4), 1e-6),
    (Numeric(scheme="forward", eps=1e-5), 1e-4),
]
RULES = [
    [GD(lr=lr) for lr in LRS],
    [Momentum(lr=lr, gamma=gamma) for lr in (0.01, 0.2) for gamma in (0.5, 0.9)],
    [NAG(lr=lr, gamma=gamma) for lr in (0.01, 0.2) for gamma in (0.5, 0.9)],
    [Adam(lr=lr, beta1=beta1) for lr in LRS[:3] for beta1 in (0.8, 0.9)],
]


@pytest.mark.parametrize(("method", "rtol"), METHODS, ids=str)
@pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules[0].name)
def test_every_method_that_runs_in_lanes(method: Method, rtol: float, rules: list[Optimizer]) -> None:
    agree(of(XOR(), rules, method, steps=40), rtol)


def _runs(name: str) -> bool:
    return bool(PROBLEMS[name]().dim <= 100)


@pytest.mark.parametrize("name", sorted(filter(_runs, PROBLEMS)))
def test_every_problem(name: str) -> None:
    cells = of(PROBLEMS[name](), [GD(lr=1e-4), GD(lr=1e-3), GD(lr=0.01)], steps=25)
    groups, alone = group(cells)
    assert not alone
    for cells_of_one_program in groups:  # two, where the seed draws the data
        agree([cells[i] for i in cells_of_one_program], 1e-6)


SCHEDULED = [
    {"name": "step", "start": 0.1, "factor": 0.5, "every": 10},
    {"name": "exponential", "start": 0.1, "factor": 0.97},
    {"name": "inverse_time", "start": 0.1, "rate": 0.1},
    {"name": "inverse_sqrt", "start": 0.1, "rate": 0.1},
    {"name": "polynomial", "start": 0.1, "end": 0.01},
    {"name": "cosine", "start": 0.1, "end": 0.01},
    {"name": "cosine_restarts", "start": 0.1, "end": 0.01, "steps": 20},
    {"name": "one_cycle", "peak": 0.1},
]


@pytest.mark.parametrize("options", SCHEDULED, ids=lambda options: options["name"])
def test_schedules(options: dict[str, Any]) -> None:
    kind: Any = SCHEDULES[options["name"]]
    given = {key: value for key, value in options.items() if key != "name"}
    first = next(iter(given))
    cells = [Around(Adam(), {"lr": kind(**{**given, first: value})}) for value in (0.03, 0.1)]
    found = agree(of(XOR(), cells))
    assert not np.allclose(found.curve(0)["lr"], found.curve(2)["lr"])


AROUND: list[list[Optimizer]] = [
    [Around(Momentum(lr=0.1), clip_norm=most) for most in (0.01, 0.05)],
    [Around(Momentum(lr=0.1), clip_value=most) for most in (0.01, 0.05)],
    [Around(Momentum(lr=0.1), weight_decay=decay) for decay in (0.01, 0.1)],
    [Around(Adam(lr=0.1), weight_decay=decay, decay="decoupled") for decay in (0.01, 0.1)],
    [Around(Momentum(lr=lr), restart=10) for lr in (0.1, 0.2)],
    [Around(NAdam(lr=0.1, beta1=beta1), restart=10) for beta1 in (0.8, 0.9)],
    [Around(GD(lr=lr), average=PolyakAverage(start=5)) for lr in (0.1, 0.2)],
    [Around(Adam(lr=0.1), average=ExponentialAverage(decay=decay)) for decay in (0.8, 0.9)],
    [Around(GD(lr=0.1), noise=Noise(variance)) for variance in (1e-4, 1e-3)],
    [Around(NAG(lr=lr), noise=Noise(1e-4), average=PolyakAverage()) for lr in (0.1, 0.2)],
    [ASGD(lr=lr) for lr in (0.1, 0.2)],
    [Polyak(f_star=least) for least in (0.0, 0.01)],
    [Adam(eps_root=root) for root in (1e-8, 1e-4)],
    [RAdam(beta2=beta2) for beta2 in (0.9, 0.999)],
    [Rprop(lr=lr) for lr in (0.01, 0.1)],
    [LAMB(lr=lr) for lr in (0.01, 0.1)],
]


@pytest.mark.parametrize("rules", AROUND, ids=lambda rules: f"{rules[0].name}")
@pytest.mark.parametrize("method", [Reverse(), Symbolic()], ids=str)
def test_what_is_around(rules: list[Optimizer], method: Method) -> None:
    agree(of(XOR(), rules, method, steps=40))


STOPS = [
    (Stop(target_loss=0.2), [GD(lr=lr) for lr in (0.5, 1.0)]),
    (Stop(target_loss=0.2), [NAG(lr=lr) for lr in (0.1, 0.2)]),
    (Stop(grad_tol=0.02), [GD(lr=lr) for lr in (0.5, 1.0)]),
    (Stop(grad_tol=0.02), [NAG(lr=lr) for lr in (0.1, 0.2)]),
    (Stop(grad_tol=0.02, target_loss=0.1), [Adam(lr=lr) for lr in (0.01, 0.1)]),
]


@pytest.mark.parametrize(("stop", "rules"), STOPS, ids=str)
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=str)
def test_stop_rules(stop: Stop, rules: list[Optimizer], method: Method) -> None:
    found = agree(of(XOR(), rules, method, steps=300, stop=stop))
    assert Status.CONVERGED in found.statuses


ENDS: list[tuple[str, dict[str, Any], list[Optimizer], set[Status]]] = [
    ("quadratic", {}, [GD(lr=lr) for lr in (0.1, 0.5, 1.0, 1.1, 3.0)], {Status.CONVERGED, Status.DIVERGED}),
    ("quadratic", {}, [Momentum(lr=lr) for lr in (0.1, 0.5, 3.9, 5.0)], {Status.CONVERGED, Status.DIVERGED}),
    ("quadratic", {}, [NAG(lr=lr) for lr in (0.1, 0.5, 2.0)], {Status.CONVERGED, Status.DIVERGED}),
    ("polynomial", {}, [GD(lr=lr) for lr in (0.1, 0.2, 1.0)], {Status.UNBOUNDED}),
    ("rosenbrock", {}, [GD(lr=lr) for lr in (1e-3, 0.1, 10.0, 1e6)], {Status.MAX_STEPS, Status.DIVERGED}),
    ("quadratic", {}, [GD(lr=1e200), GD(lr=0.1)], {Status.NON_FINITE, Status.CONVERGED}),
    ("styblinski_tang", {}, [SignSGD(lr=lr) for lr in (1e-3, 0.5)], {Status.MAX_STEPS}),
]


@pytest.mark.parametrize(
    ("name", "options", "rules", "expected"),
    ENDS,
    ids=lambda part: " ".join(sorted(part)) if isinstance(part, set) else str(part),
)
@pytest.mark.parametrize("method", [Reverse(), Symbolic()], ids=str)
def test_how_lanes_end(
    name: str, options: dict[str, Any], rules: list[Optimizer], expected: set[Status], method: Method
) -> None:
    found = agree(of(PROBLEMS[name](**options), rules, method, steps=400), 1e-6)
    assert expected <= set(found.statuses)


def test_lanes_that_end_leave_and_the_others_go_on_as_before() -> None:
    lrs = np.linspace(0.99, 1.5, 100)  # all but a few diverge, sooner or later
    cells = [Experiment(PROBLEMS["quadratic"](), Reverse(), GD(lr=lr), steps=300) for lr in lrs.tolist()]
    found = agree(cells, 1e-6)
    assert len(set(found.steps.tolist())) > 10


@given(
    st.lists(st.tuples(st.floats(1e-4, 0.9), st.integers(0, 3)), min_size=1, max_size=12),
    st.sampled_from([1, 2, 5, None]),
    st.sampled_from([1, 3, 50]),
)
@settings(max_examples=20, deadline=None)
def test_any_cells_in_blocks_of_any_size(cells: list[tuple[float, int]], block: int | None, every: int) -> None:
    agree(
        [
            Experiment(XOR(), Reverse(), Momentum(lr=lr), steps=30, seed=seed, log=Log(every=every))
            for lr, seed in cells
        ],
        block=block,
    )


def test_starts_may_differ() -> None:
    polynomial: Any = PROBLEMS["polynomial"]
    cells = [Experiment(polynomial(start=(x, 4.0)), Reverse(), GD(lr=0.1), steps=30) for x in (3.0, -1.0, 0.5)]
    agree(cells)


def test_cells_that_are_made_one_by_one() -> None:
    cells = [Experiment(XOR(), Reverse(), Adam(lr=lr), steps=20, seed=seed) for lr in (0.01, 0.1) for seed in (0, 1)]
    found = agree(cells)
    assert (found.curves["loss"][0, :2] == found.curves["loss"][0, 2:]).all()  # the same seed, the same start


def test_single_precision_stays_single() -> None:
    class Single(XOR):
        def initial(self, rng: np.random.Generator) -> Any:
            return super().initial(rng).astype(np.float32)

    found = agree(of(Single(), [Adam(lr=lr) for lr in (0.01, 0.1)], steps=20), 1e-3)
    assert found.w.dtype == np.float32


def test_no_steps() -> None:
    found = agree(of(XOR(), [GD()], steps=0))
    assert found.steps.tolist() == [0, 0]


def test_interrupted() -> None:
    asked: list[int] = []
    told: list[tuple[int, int]] = []
    callbacks = LaneCallbacks(
        lambda done, step: told.append((done, step)), lambda: bool(asked.append(1)) or len(asked) > 2
    )
    found = train_lanes(of(XOR(), [GD(lr=0.1)], steps=10**9), callbacks)
    assert set(found.statuses) == {Status.INTERRUPTED}
    assert told[0] == (0, 0)
    assert [found.curve(lane)["step"][-1] for lane in (0, 1)] == found.steps.tolist()


def test_seconds_are_shares_and_bound_a_run() -> None:
    cells = of(XOR(), [GD(lr=0.1)], steps=10**9, log=Log(), stop=Stop(max_seconds=0.02))
    found = train_lanes(cells)
    assert set(found.statuses) == {Status.TIMEOUT}
    assert (found.summary["seconds"] >= 0.02).all()


def test_the_advice_knows_the_curvature() -> None:
    cells = [Experiment(PROBLEMS["quadratic"](), Reverse(), GD(lr=lr), steps=100) for lr in (1.5, 2.5)]
    found = train_lanes(cells)
    assert all("try lr below 1" in reason for reason in found.reasons)


def test_memory_grows_with_logged_points_and_not_with_steps() -> None:
    def size(steps: int, every: int) -> int:
        found = train_lanes(of(XOR(), [Adam(lr=0.01)], steps=steps, log=Log(every=every)))
        return sum(column.nbytes for column in found.curves.values())

    assert size(4000, 400) == size(400, 40)
    assert size(400, 20) < 2.2 * size(400, 40)


def test_each_lane_has_its_noise() -> None:
    cells = of(XOR(), [Around(GD(lr=0.1), noise=Noise(1e-2))], steps=3)
    found = agree(cells)
    assert not np.allclose(found.w[:, 0] - found.w[:, 1], train_lanes(of(XOR(), [GD(lr=0.1)], steps=3)).w @ [1, -1])


REFUSED: list[tuple[list[Experiment], str]] = [
    ([], "no experiments"),
    ([Experiment(XOR(), Reverse(), BB())], "branches on the values"),
    ([Experiment(XOR(), Reverse(), GD()), Experiment(XOR(), Reverse(), Momentum())], "cannot share a program"),
    ([Experiment(XOR(), Reverse(), GD()), Experiment(XOR(), Reverse(), GD(), steps=7)], "cannot share a program"),
]


@pytest.mark.parametrize(("cells", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_what_cannot_share_a_program_is_refused(cells: list[Experiment], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        train_lanes(cells)


def test_results_go_through_a_pickle_of_modest_size() -> None:
    found = train_lanes(of(XOR(), [GD(lr=0.1), GD(lr=0.2)]))
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - its own
    assert again.reasons == found.reasons
    assert (again.column("evaluations") == found.column("evaluations")).all()
