"""The first steps with their numbers: those of the run, and those that the rule's formula needs."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from gdlab.autodiff.methods import DualNumbers, Reverse
from gdlab.experiment.spec import Experiment
from gdlab.experiment.trace import MOST_COORDINATES, trace
from gdlab.experiment.train import train
from gdlab.optimizers import (
    ASGD,
    BB,
    CG,
    GD,
    LAMB,
    NAG,
    OPTIMIZERS,
    Adadelta,
    Adagrad,
    Adam,
    AMSGrad,
    Around,
    Coordinate,
    GaussNewton,
    LevenbergMarquardt,
    Lion,
    Momentum,
    NAdam,
    NewtonCG,
    Noise,
    Optimizer,
    Polyak,
    PolyakAverage,
    RAdam,
    RMSprop,
    SteepestDescent,
    Yogi,
)
from gdlab.optimizers.schedules import Cosine
from gdlab.problems import PROBLEMS


def traced(rule, steps=5, problem="rosenbrock", method=None, **options):
    return trace(Experiment(PROBLEMS[problem](), method or Reverse(), rule, **options), steps)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=lambda method: method.name)
def test_its_steps_are_those_of_the_run(name, method):
    rule = OPTIMIZERS[name]()
    found = traced(rule, method=method, steps=4)
    run = train(Experiment(PROBLEMS["rosenbrock"](), method, rule, steps=4), record_points=True)
    assert len(found.steps) >= len(run.points) - 1
    for step, before, after in zip(found.steps, run.points, run.points[1:], strict=False):
        np.testing.assert_allclose(step.vectors["w"], before, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(step.vectors["step_taken"], after - before, rtol=1e-6, atol=1e-9)


def test_adam_in_full():
    """Algorithm 1 of Kingma & Ba with the numbers of f(x, y) = x²y + y + 2 at (3, 4), where g = (24, 10)."""
    (step, *_) = traced(Adam(lr=1.0), problem="polynomial", steps=1).steps
    expected = {
        "w": [3, 4],
        "g": [24, 10],
        "m": [2.4, 1],
        "v": [0.576, 0.1],
        "m̂": [24, 10],
        "v̂": [576, 100],
        "step_taken": [-1, -1],
        "effective_lr": [1 / 24, 1 / 10],
    }
    assert list(step.vectors) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(step.vectors[name], values, rtol=1e-8)
    assert (step.k, step.lr, step.numbers) == (0, 1.0, {"k": 1.0})


HATS = [name for name, kind in OPTIMIZERS.items() if "v̂ = v/" in kind.formula and "lr·m̂/(√v̂ + eps)" in kind.formula]


@pytest.mark.parametrize("name", HATS)
def test_hats_are_those_that_the_step_used(name):
    rule = OPTIMIZERS[name]()
    assert HATS
    for step in traced(rule).steps:
        v = step.vectors
        np.testing.assert_allclose(v["step_taken"], -rule.lr * v["m̂"] / (np.sqrt(v["v̂"]) + rule.eps), rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_hat_of_a_formula_is_shown(name):
    rule = OPTIMIZERS[name]()
    names = {key for step in traced(rule).steps for key in (*step.vectors, *step.numbers)}
    assert {hat for hat in ("m̂", "v̂", "ŝ") if f"{hat} = " in rule.formula} <= names


def test_gradient_is_where_the_rule_takes_it():
    """Nesterov's: J'(w − γv) with J' = 2w − 2; from 0 with lr 0.1 the first steps lead to 0.2 and 0.504."""
    first, second = traced(NAG(lr=0.1), problem="quadratic", steps=2).steps
    np.testing.assert_allclose(first.vectors["g"], [-2])
    np.testing.assert_allclose(second.vectors["g"], [2 * (0.2 + 0.9 * 0.2) - 2])
    np.testing.assert_allclose(second.vectors["w"] + second.vectors["step_taken"], [0.504])


@dataclass(frozen=True)
class EveryOther(Optimizer):
    """A user's rule that looks at the gradient at every second step only, from the second on."""

    def init(self, w):
        return Looked(np.zeros(()), np.zeros_like(w))

    def step(self, objective, w, state):
        g = objective.gradient(w) if state.w % 2 else state.g
        return w - 0.001 * g, Looked(state.w + 1, g)


class Looked(NamedTuple):
    """Fields that are called as a trace calls its own."""

    w: Any
    g: Any


def test_steps_may_differ_in_what_they_ask_for_and_parts_are_called_anything():
    found = traced(EveryOther(), steps=4)
    assert ["g" in step.vectors for step in found.steps] == [False, True, False, True]
    own = ("step", "coordinate", "lr", "state_w")
    assert found.columns() == (*own, "w", "g", "state_g", "step_taken", "effective_lr")
    rows = [dict(zip(found.columns(), row, strict=True)) for row in found.rows()]
    assert [row["g"] is None for row in rows] == [True, True, False, False, True, True, False, False]
    assert [row["w"] for row in rows[2:4]] == [-1.2, 1.0]
    assert [row["state_w"] for row in rows] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert [row["state_g"] for row in rows[2:4]] == [row["g"] for row in rows[2:4]]


def test_parts_without_a_name_go_by_their_number():
    @dataclass(frozen=True)
    class Unnamed(EveryOther):
        def init(self, w):
            return (np.zeros(()), np.zeros_like(w))

        def step(self, objective, w, state):
            return w, (state[0] + 1, state[1] + 2)

    (step,) = traced(Unnamed(), steps=1).steps
    assert (step.numbers, list(step.vectors["state_1"])) == ({"state_0": 1.0}, [2.0, 2.0])


def test_a_history_is_no_vector_though_it_is_as_long_as_one():
    for step in traced(BB(memory=2), steps=3).steps:
        assert list(step.vectors) == ["w", "g", "step_taken", "effective_lr"]
        assert step.numbers["f_most"] > 0
    steps = traced(RMSprop(), steps=1).steps
    assert [name for name in steps[0].vectors if name in ("v", "m", "b")] == ["v"]


def test_a_rule_derived_from_another_is_not_called_as_that():
    @dataclass(frozen=True)
    class MyAdam(Adam):
        def step(self, objective, w, state):
            return w, state

    found = traced(MyAdam(), steps=1)
    assert (found.optimizer, found.formula) == ("MyAdam", "")


def test_effective_step_size_is_the_step_over_the_gradient():
    for step in traced(GD(lr=0.001)).steps:
        np.testing.assert_allclose(step.vectors["effective_lr"], 0.001)
    (step,) = traced(GD(), problem="xor", steps=1).steps
    zero = step.vectors["g"] == 0
    np.testing.assert_array_equal(np.isnan(step.vectors["effective_lr"]), zero)


@pytest.mark.parametrize(("rule", "name"), [(Momentum(lr=1e-3), "v"), (NAG(lr=1e-3), "v"), (Adagrad(), "G")])
def test_a_state_without_names_is_called_as_its_step_calls_it(rule, name):
    assert name in traced(rule).columns()


def test_what_goes_around_is_shown():
    rule = Around(Adam(), {"lr": Cosine(0.1)}, clip_norm=1.0, average=PolyakAverage())
    found = traced(rule, steps=3)
    for step in found.steps:
        v = step.vectors
        np.testing.assert_allclose(np.linalg.norm(v["g_used"]), min(1, np.linalg.norm(v["g"])))
        np.testing.assert_allclose(v["effective_lr"], -v["step_taken"] / v["g"])
    assert [step.lr for step in found.steps] == [pytest.approx(0.05 * (1 + np.cos(np.pi * k / 1000))) for k in range(3)]
    points = [step.vectors["w"] + step.vectors["step_taken"] for step in found.steps]
    np.testing.assert_allclose(found.steps[-1].vectors["average"], np.mean(points, axis=0))
    assert "g_used" not in traced(Around(Adam(), {"lr": Cosine(0.1)})).columns()


def test_noise_is_that_of_the_run():
    rule = Around(GD(lr=1e-3), noise=Noise(1.0))
    for step in traced(rule, seed=5).steps:
        drawn = Noise(1.0, seed=5).draw(step.vectors["w"], step.k)
        np.testing.assert_allclose(step.vectors["g_used"], step.vectors["g"] + drawn)


def test_a_search_has_no_gradient():
    found = traced(Coordinate())
    assert found.columns() == ("step", "coordinate", "lr", "c", "f", "w", "step_taken")
    assert {step.lr for step in found.steps} == {None}


def test_rows_are_steps_times_coordinates():
    found = traced(Adam(), steps=3)
    rows = found.rows()
    assert [row[:2] for row in rows] == [(k, i) for k in range(3) for i in range(2)]
    assert {len(row) for row in rows} == {len(found.columns())}


def test_no_more_steps_than_the_run_has_and_no_more_coordinates_than_a_file_can_bear():
    assert len(traced(Adam(), steps=7, problem="rosenbrock").steps) == 7
    experiment = Experiment(PROBLEMS["rosenbrock"](), Reverse(), Adam(), steps=2)
    assert len(trace(experiment, 7).steps) == 2
    assert trace(Experiment(PROBLEMS["rosenbrock"](), Reverse(), Adam(), steps=0), 7).rows() == []
    wide = trace(Experiment(PROBLEMS["rosenbrock"](dim=MOST_COORDINATES + 9), Reverse(), Adam()), 2)
    assert wide.size == MOST_COORDINATES + 9
    assert len(wide.rows()) == 2 * MOST_COORDINATES


# For each rule: what its formula makes of the numbers beside it.
REBUILT = [
    (GD(lr=1e-3), lambda v, x: -1e-3 * v["g"]),
    (Polyak(lr=0.5), lambda v, x: -0.5 * x["α"] * v["g"]),
    (Polyak(), lambda v, x: -x["f"] / np.sum(v["g"] ** 2) * v["g"]),
    (SteepestDescent(), lambda v, x: -x["α"] * v["g"]),
    (SteepestDescent(search="strong_wolfe"), lambda v, x: -x["α"] * v["g"]),
    (BB(), lambda v, x: -x["α"] * v["g"]),
    (CG(), lambda v, x: x["α"] * v["d"]),
    (Lion(), lambda v, x: -1e-4 * np.sign(v["c"])),
    (LAMB(), lambda v, x: -1e-3 * x["‖w‖/‖u‖"] * v["u"]),
    (Adadelta(lr=0.5), lambda v, x: -0.5 * v["Δ"]),
    (ASGD(lr=1e-3, lambd=0.0), lambda v, x: -x["η"] * v["g"]),
    (Adam(variant="lecture"), lambda v, x: -v["m̂"] / (np.sqrt(x["v̂"]) + 1e-8)),
    (Adam(eps_root=1.0), lambda v, x: -1e-3 * v["m̂"] / (np.sqrt(v["v̂"] + 1.0) + 1e-8)),
    (AMSGrad(variant="torch"), lambda v, x: -1e-3 * v["m̂"] / (np.sqrt(v["v̂_max"]) + 1e-8)),
    (AMSGrad(variant="optax"), lambda v, x: -1e-3 * v["m̂"] / (np.sqrt(v["v_max"]) + 1e-8)),
    (Yogi(variant="optax"), lambda v, x: -1e-2 * v["m̂"] / (np.sqrt(v["v̂"]) + 1e-3)),
    (RAdam(), lambda v, x: -1e-3 * v["m̂"]),
    (RMSprop(momentum=0.9, centered=True), lambda v, x: -1e-3 * v["b"]),
    (
        NAdam(),
        lambda v, x: (
            -0.002
            * ((1 - x["μₖ"]) / (1 - x["p"]) * v["g"] + x["μₖ₊₁"] / (1 - x["p"] * x["μₖ₊₁"]) * v["m"])
            / (np.sqrt(v["v̂"]) + 1e-8)
        ),
    ),
]


@pytest.mark.parametrize(("rule", "step"), REBUILT, ids=[rule.name for rule, _ in REBUILT])
def test_the_numbers_beside_a_rule_are_those_in_it(rule, step):
    for seen in traced(rule, steps=4).steps:
        np.testing.assert_allclose(seen.vectors["step_taken"], step(seen.vectors, seen.numbers), rtol=1e-6, atol=1e-12)


def test_cg_tells_how_much_of_the_direction_before_it_keeps():
    first, *others = traced(CG(), steps=4).steps
    assert first.numbers["β"] == 0
    for before, after in zip((first, *others), others, strict=False):
        d = -after.vectors["g"] + after.numbers["β"] * before.vectors["d"]
        np.testing.assert_allclose(after.vectors["d"], d, rtol=1e-9)


def test_newton_cg_tells_its_inner_iterations_and_its_step_size():
    for step in traced(NewtonCG(), steps=4).steps:
        assert 1 <= step.numbers["inner"] <= 4
        assert 0 < step.numbers["α"] <= 1


@pytest.mark.parametrize("rule", [GaussNewton(), LevenbergMarquardt()])
def test_rules_on_residuals_have_a_gradient_too(rule):
    for step in traced(rule, steps=2).steps:
        x, y = step.vectors["w"]
        np.testing.assert_allclose(step.vectors["g"], [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])


def test_a_step_before_a_restart_shows_what_made_it():
    rule = Around(Adam(lr=0.1), restart=2)
    for step in traced(rule, steps=5).steps:
        v = step.vectors
        assert step.numbers["k"] == 1 + step.k % 2
        np.testing.assert_allclose(v["step_taken"], -0.1 * v["m̂"] / (np.sqrt(v["v̂"]) + 1e-8), rtol=1e-6)
    run = train(Experiment(PROBLEMS["rosenbrock"](), Reverse(), rule, steps=5), record_points=True)
    np.testing.assert_allclose([step.vectors["w"] for step in traced(rule, steps=5).steps], run.points[:-1])


def test_what_follows_a_schedule_is_told_at_each_step():
    rule = Around(Momentum(lr=1e-3), {"gamma": Cosine(0.9, steps=2)})
    assert [step.numbers["gamma"] for step in traced(rule, steps=3).steps] == pytest.approx([0.9, 0.45, 0.0])
    assert "gamma" not in traced(rule).settings
    assert traced(Momentum()).settings == {"gamma": 0.9, "variant": "published"}


def test_the_rule_is_that_of_the_variant_with_what_is_around_it():
    assert traced(NAG(variant="torch", lr=1e-4)).formula == NAG.formulas["torch"]
    around = Around(NAG(lr=1e-4), clip_norm=1.0, noise=Noise(0.1), weight_decay=0.1, restart=3, average=PolyakAverage())
    found = traced(around)
    assert found.formula.splitlines() == [
        "∇f ← ∇f·clip_norm/max(‖∇f‖, clip_norm)",
        "∇f ← ∇f + N(0, variance/(1 + k)^decay)",
        "∇f ← ∇f + weight_decay·w",
        "v ← γv + lr·∇f(w − γv)",
        "w ← w − v",
        "after every 3 steps the state begins anew",
        PolyakAverage.formula,
    ]
    assert found.settings["clip_norm"] == 1
    assert found.settings["variance"] == 0.1
